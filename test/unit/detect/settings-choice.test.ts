/** Settings that choose one of several modules by a variable: what people, tests and developers get. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { DJANGO, detectFiles, type Files, withFiles } from './apps.js';

const { 'site_/settings.py': _module, ...OTHERS } = DJANGO;

/** A package of settings whose own module says which of the others counts. */
const choosing = (text: string, files: Files = {}): Files =>
  withFiles(OTHERS, {
    'site_/settings/__init__.py': text,
    'site_/settings/base.py': 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n',
    'site_/settings/production.py': 'from .base import *\n\nALLOWED_HOSTS = ["shop.example.org"]\n',
    'site_/settings/staging.py': 'from .base import *\n\nALLOWED_HOSTS = ["staging.example.org"]\n',
    'site_/settings/development.py': 'from .base import *\n\nALLOWED_HOSTS = ["localhost"]\n',
    'site_/settings/testing.py': 'from .base import *\n\nALLOWED_HOSTS = ["testserver"]\n',
    ...files,
  });

const BRANCHES = 'from .production import *\nelse:\n    from .development import *\n';

/** A module that asks a name for being "production", after what gives it a value. */
const asking = (...lines: readonly string[]): string =>
  `import os\n${lines.join('\n')}\nif ENV == "production":\n    ${BRANCHES}`;

const MATCH = `import os

match os.environ["DJANGO_ENV"].lower():
    case "development":
        from .development import *
    case "testing":
        from .testing import *
    case "staging" | "production":
        from .production import *
    case _:
        raise ValueError("which?")
`;

async function factsOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!;
}

/** What stages set a variable to, by their ids. */
async function valuesIn(files: Files, name: string) {
  const { stages } = makePlan(await factsOf(files), {});
  const set = stages.flatMap(({ id, steps }) =>
    steps.flatMap(step => (step.kind === 'env' && name in step.values ? [[id, step.values[name]] as const] : [])),
  );
  return Object.fromEntries(set);
}

const workflow = (env: string): Files => ({
  '.github/workflows/test.yml': `jobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n      ${env}\n    steps:\n      - run: python manage.py test\n`,
});

describe('settings that choose by a variable', () => {
  it.each<readonly [string, Files, string, Readonly<Record<string, string>>]>([
    [
      'by a name that is given it',
      choosing(asking('ENV = os.getenv("ENV", "dev")')),
      'ENV',
      { production: 'production' },
    ],
    [
      'in place',
      choosing(`import os\n\nif os.environ.get("DJANGO_ENV") == "production":\n    ${BRANCHES}`),
      'DJANGO_ENV',
      { production: 'production' },
    ],
    [
      'with the value in front, in lower case',
      choosing(`import os\n\nif os.environ.get("APP_ENV", "dev").lower() in ("prod", "production"):\n    ${BRANCHES}`),
      'APP_ENV',
      { production: 'prod' },
    ],
    [
      'with the branches turned around',
      choosing(
        'import os\n\nENV = os.getenv("ENV", "dev")\nif ENV != "production":\n    from .development import *\nelse:\n    from .production import *\n',
      ),
      'ENV',
      { production: 'production' },
    ],
    [
      'by a name that another module gives',
      choosing(`from .stage import STAGE\n\nif STAGE == "live":\n    ${BRANCHES}`, {
        'site_/settings/stage.py': 'import os\n\nSTAGE = os.environ.get("STAGE", "local")\n',
      }),
      'STAGE',
      { production: 'live' },
    ],
    [
      'by a field of an object',
      choosing(`from .environment import config\n\nif config.APP_STAGE == "production":\n    ${BRANCHES}`, {
        'site_/settings/environment.py':
          'from pydantic_settings import BaseSettings\n\n\nclass Config(BaseSettings):\n    APP_STAGE: str = "testing"\n\n\nconfig = Config()\n',
        'requirements.txt': 'Django==5.2\ngunicorn==23.0.0\npydantic-settings\n',
      }),
      'APP_STAGE',
      { production: 'production' },
    ],
    [
      'with a stage before production alone',
      choosing(
        'import os\n\nif os.getenv("ENV") == "staging":\n    from .staging import *\nelse:\n    from .development import *\n',
      ),
      'ENV',
      { production: 'staging' },
    ],
    [
      'by a match, without a default',
      choosing(MATCH),
      'DJANGO_ENV',
      { production: 'production', test: 'testing', development: 'development' },
    ],
    [
      'as CI tests, and developers as the code falls back',
      choosing(
        asking('ENV = os.getenv("ENV", "development")').replace(
          'else:',
          'elif ENV == "testing":\n    from .testing import *\nelse:',
        ),
        workflow('ENV: testing'),
      ),
      'ENV',
      { production: 'production', test: 'testing', development: 'development' },
    ],
    [
      'where a compose file for developers has theirs',
      choosing(asking('ENV = os.getenv("ENV", "production_")'), {
        'compose.yaml': 'services:\n  web:\n    build: .\n    environment:\n      ENV: development\n',
      }),
      'ENV',
      { production: 'production', test: 'development' },
    ],
    [
      'as a compose file for people says',
      choosing(
        asking('ENV = os.getenv("ENV", "dev")').replace(
          'else:',
          'elif ENV == "staging":\n    from .staging import *\nelse:',
        ),
        {
          'compose.yaml': 'services:\n  web:\n    build: .\n    environment:\n      ENV: staging\n',
        },
      ),
      'ENV',
      { production: 'staging' },
    ],
  ])('are those for people in the published image alone: %s', async (_, files, name, expected) => {
    expect(await valuesIn(files, name)).toEqual(expected);
  });

  it.each<readonly [string, Files]>([
    ['the code falls back to those for people', choosing(asking('ENV = os.getenv("ENV", "production")'))],
    [
      'none is for people',
      choosing(
        'import os\n\nif os.getenv("ENV") == "testing":\n    from .testing import *\nelse:\n    from .development import *\n',
      ),
    ],
    [
      'what is left is for people',
      choosing(
        'import os\n\nENV = os.getenv("ENV", "x")\nif ENV == "staging":\n    from .staging import *\nelse:\n    from .production import *\n',
      ),
    ],
    [
      'two conditions hold together',
      choosing(`import os\n\nif os.getenv("ENV") == "production" and SITE:\n    ${BRANCHES}`),
    ],
    ['no variable says so', choosing(`ENV = "production"\nif ENV == "production":\n    ${BRANCHES}`)],
    [
      'nothing is imported',
      choosing('import os\n\nif os.getenv("ENV") == "production":\n    DEBUG = False\nelse:\n    DEBUG = True\n'),
    ],
  ])('are left alone where %s', async (_, files) => {
    expect(await valuesIn(files, 'ENV')).toEqual({});
  });

  it.each<readonly [string, Files, string | undefined]>([
    ['the configuration', { 'quayside.yaml': 'env: { ENV: staging }\n' }, undefined],
    ['the container', { Dockerfile: 'FROM python:3.13\nENV ENV=staging\n' }, 'staging'],
  ])('are what %s says', async (_, files, expected) => {
    const { environment } = await factsOf(choosing(asking('ENV = os.getenv("ENV", "dev")'), files));
    expect(environment?.find(({ name }) => name === 'ENV')?.value.value).toBe(expected);
  });

  it('are told of with the place of their branch, and nothing else of the choice counts', async () => {
    const { environment, django, needed } = await factsOf(choosing(MATCH));
    expect(environment).toEqual([
      {
        name: 'DJANGO_ENV',
        value: {
          value: 'production',
          place: { file: 'site_/settings/__init__.py', line: 8 },
          why: 'leads to the settings for people; tests have testing',
        },
        inImage: true,
        forPeople: { tests: 'testing', developers: 'development' },
      },
    ]);
    expect(django?.names?.value).toEqual(['shop.example.org']);
    expect(needed?.map(({ name }) => name) ?? []).not.toContain('DJANGO_ENV');
  });
});

const LED = 'from django.core.management import execute_from_command_line\nexecute_from_command_line()\n';

describe('settings that an expression chooses', () => {
  const { 'manage.py': _manage, ...WITHOUT } = OTHERS;
  const chosenBy = (expression: string): Files =>
    withFiles(WITHOUT, {
      'manage.py': `import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", ${expression})\n${LED}`,
      'site_/wsgi.py': `import os\nfrom django.core.wsgi import get_wsgi_application\n\nCHOSEN = ${expression}\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", CHOSEN)\napplication = get_wsgi_application()\n`,
      'site_/settings.py': 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\nDATABASES = {}\n',
      'site_/production.py': 'from site_.settings import *\n\nALLOWED_HOSTS = ["shop.example.org"]\n',
    });

  it.each([
    '"site_.production" if os.environ.get("LIVE") else "site_.settings"',
    '("site_.settings" if os.getenv("STAGE", "dev") == "dev" else "site_.production")',
    '{"dev": "site_.settings", "prod": "site_.production"}[os.environ.get("STAGE", "dev")]',
    '{"dev": "site_.settings", "prod": "site_.production"}.get(os.environ["STAGE"], "site_.settings")',
  ])('are those for people, and the others for tests: %s', async expression => {
    const { entry, django } = await factsOf(chosenBy(expression));
    expect(entry?.value.settings?.value).toBe('site_.production');
    expect(django?.testSettings?.value).toBe('site_.settings');
    const values = await valuesIn(chosenBy(expression), 'DJANGO_SETTINGS_MODULE');
    expect(Object.values(values)).toContain('site_.production');
  });
});
