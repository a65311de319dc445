/** What is found of Django projects only, and what the plan makes of it. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { commandOf, environmentOf, isTitled, stageOf } from '../support/steps.js';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

const settings = (text: string): Files =>
  withFiles(DJANGO, { 'site_/settings.py': `import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n${text}\n` });

async function factsOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!;
}

describe('static files', () => {
  it.each([
    ['a path', 'STATIC_ROOT = BASE_DIR / "staticfiles"'],
    ['a function call', 'STATIC_ROOT = os.path.join(BASE_DIR, "static")'],
    ['a type', 'STATIC_ROOT: str = "/srv/static"'],
    ['a branch', 'if not DEBUG:\n    STATIC_ROOT = "/srv/static"'],
  ])('are collected where STATIC_ROOT is set by %s', async (_, line) => {
    const { django } = await factsOf(settings(line));
    expect(django?.collectStatic).toMatchObject({
      value: ['python', 'manage.py', 'collectstatic', '--noinput'],
      place: { file: 'site_/settings.py' },
    });
  });

  it.each([
    ['nothing says where to', settings('STATIC_URL = "static/"')],
    ['it is None', settings('STATIC_ROOT = None')],
    ['only the tests set it', withFiles(DJANGO, { 'tests/settings.py': 'STATIC_ROOT = "/tmp/static"\n' })],
    [
      'only settings that are not in use set it',
      withFiles(DJANGO, {
        'site_/wsgi.py':
          'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\napplication = None\n',
        'site_/production.py': 'from .settings import *\n\nSTATIC_ROOT = "/srv/static"\n',
      }),
    ],
    ['it is no Django project', withFiles(FLASK, { 'shop/static.py': 'STATIC_ROOT = "x"\n', 'manage.py': '' })],
  ])('are left alone where %s', async (_, files) => {
    expect((await factsOf(files)).django?.collectStatic).toBeUndefined();
  });

  it('are collected where the first of two modules that settings take everything from says where', async () => {
    const files = withFiles(settings('from .base import *\nfrom .log import *'), {
      'site_/base.py': 'STATIC_ROOT = "static"\n',
      'site_/log.py': 'LOGGING = {}\n',
    });
    expect((await factsOf(files)).django?.collectStatic?.place).toEqual({ file: 'site_/base.py', line: 1 });
  });

  it('are collected in the image and for the tests, with no real secret or address', async () => {
    const files = settings('STATIC_ROOT = "static"\nDATABASE = os.environ["DATABASE_URL"]');
    const requirements = { 'requirements.txt': 'django\ngunicorn\npsycopg[binary]\n' };
    const tests = { 'requirements-dev.txt': 'pytest\n', 'tests/test_site.py': 'def test_one():\n    pass\n' };
    const plan = makePlan(await factsOf(withFiles(files, { ...requirements, ...tests })), {});
    for (const id of ['production', 'test']) {
      const { steps } = plan.stages.find(stage => stage.id === id)!;
      const source = steps.findIndex(step => step.kind === 'copy' && step.from.kind === 'source');
      const collect = steps.findIndex(step => isTitled(step, 'collect static files'));
      expect(collect).toBeGreaterThan(source);
      expect(commandOf(steps[collect]!)).toBe(
        'env SECRET_KEY=OnlyForThisBuildStepAndNobodysSecretAAAAAAA= DATABASE_URL=postgresql://app:none@postgres:5432/app python manage.py collectstatic --noinput',
      );
    }
    expect(environmentOf(plan, 'production')).not.toHaveProperty('SECRET_KEY');
  });
});

describe('a project whose Django another package brings along', () => {
  const SETTINGS = 'INSTALLED_APPS = ["wagtail", "shop"]\nSECRET_KEY = "x"\n';
  const CASE = 'from django.test import TestCase\n\nclass OneTest(TestCase):\n    def test_one(self):\n        pass\n';
  it.each(['wagtail==6.4', 'djangorestframework==3.15.2', 'mezzanine==6.1.1', 'django-select2==8.4.1'])(
    'is one, with its migrations and its tests: %s',
    async requirement => {
      const facts = await factsOf(
        withFiles(DJANGO, {
          'requirements.txt': `${requirement}\ngunicorn==23.0.0\n`,
          'site_/settings.py': SETTINGS,
          'shop/__init__.py': '',
          'shop/tests.py': CASE,
        }),
      );
      expect(facts.framework?.value).toBe('django');
      expect(facts.migrate?.value).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
      expect(facts.suites.map(({ command }) => command.join(' '))).toContain('python manage.py test');
    },
  );

  it('has no migrations where Flask is a dependency and a tool is called after Django', async () => {
    const { framework, migrate } = await factsOf(
      withFiles(FLASK, {
        'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\ndjango-environ==0.12.0\n',
        'manage.py': '',
      }),
    );
    expect([framework?.value, migrate]).toEqual(['flask', undefined]);
  });
});

describe('the names that a site is called by', () => {
  it.each([
    ['os.environ', 'ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")', 'ALLOWED_HOSTS'],
    ['a name of their own', 'ALLOWED_HOSTS = os.environ["DJANGO_ALLOWED_HOSTS"].split()', 'DJANGO_ALLOWED_HOSTS'],
  ])('are read from %s, and a test run may use any', async (_, line, variable) => {
    const facts = await factsOf(settings(line));
    expect(facts.django?.hosts?.value).toBe(variable);
    const plan = makePlan(facts, {});
    const web = plan.processes.find(({ role }) => role === 'web')!;
    expect([web.profiles.test?.env, web.profiles.serve?.env, web.env]).toEqual([
      { [variable]: '*' },
      { [variable]: '*' },
      {},
    ]);
    // The image itself keeps to the project's own settings.
    expect(environmentOf(plan, 'production')).not.toHaveProperty(variable);
  });

  it.each<readonly [string, Files, string | undefined]>([
    ['a list', settings('ALLOWED_HOSTS = ["shop.example.org", ".example.com"]'), 'shop.example.org .example.com'],
    ['a tuple with a type', settings('ALLOWED_HOSTS: tuple[str, ...] = ("a.org",)'), 'a.org'],
    ['nothing at all', settings('DEBUG = True'), ''],
    [
      'a base that is added to',
      withFiles(settings('from .base import *\n\nALLOWED_HOSTS += ["b.org"]'), {
        'site_/base.py': 'ALLOWED_HOSTS = ["a.org"]\n',
      }),
      'a.org b.org',
    ],
    [
      'a list in the first of two modules that settings take everything from',
      withFiles(settings('from .base import *\nfrom .log import *'), {
        'site_/base.py': 'ALLOWED_HOSTS = ["a.org"]\n',
        'site_/log.py': 'LOGGING = {}\n',
      }),
      'a.org',
    ],
    ['a branch', settings('ALLOWED_HOSTS = []\nif not DEBUG:\n    ALLOWED_HOSTS = HOSTS'), undefined],
    ['a change in place', settings('ALLOWED_HOSTS = []\nALLOWED_HOSTS.append(NAME)'), undefined],
    ['a function', settings('ALLOWED_HOSTS = hosts()'), undefined],
    ['a list with names in it', settings('ALLOWED_HOSTS = ["a.org", NAME]'), undefined],
    ['a choice', settings('ALLOWED_HOSTS = ["a.org"] if DEBUG else ["b.org"]'), undefined],
    ['a base that is not there', settings('from shared.settings import *'), undefined],
  ])('are known when the settings spell them out: %s', async (_, files, expected) => {
    expect((await factsOf(files)).django?.names?.value.join(' ')).toBe(expected);
  });

  it.each<readonly [string, string, boolean]>([
    ['any', '["*"]', false],
    ['the name itself', '["web", "localhost"]', false],
    ['a domain', '[".example.org"]', true],
    ['this machine only', '["localhost", "127.0.0.1"]', true],
  ])(
    'are asked about before browser tests when they leave out the name of the test run: %s',
    async (_, list, asked) => {
      const files = withFiles(settings(`ALLOWED_HOSTS = ${list}`), {
        'requirements-dev.txt': 'pytest\npytest-playwright\nplaywright==1.58.0\n',
        'tests/test_page.py': 'def test_page(page):\n    page.goto("/")\n',
      });
      const { diagnostics } = await detectFiles(files);
      expect(diagnostics.map(({ code }) => code)).toEqual(asked ? ['QS605'] : []);
    },
  );

  it('tell the health check by which one to ask', async () => {
    const variable = async (list: string) => {
      const plan = makePlan(await factsOf(settings(`ALLOWED_HOSTS = ${list}`)), {});
      return environmentOf(plan, 'production').QUAYSIDE_HOSTS;
    };
    expect(await variable('["shop.example.org", "b.org"]')).toBe('shop.example.org,b.org');
    expect(await variable('[]')).toBeUndefined();
  });

  it('are left to the settings where the code reads no variable', async () => {
    const plan = makePlan(await factsOf(settings('ALLOWED_HOSTS = ["shop.example.org"]')), {});
    expect(plan.processes.find(({ role }) => role === 'web')?.profiles.test?.env).toEqual({});
  });
});

describe('the settings of the tests', () => {
  const INI = '[pytest]\nDJANGO_SETTINGS_MODULE = site_.checks\n';
  const TESTS = { 'requirements-dev.txt': 'pytest-django\n', 'tests/test_site.py': 'def test_one():\n    pass\n' };

  it.each<readonly [string, Files, string | undefined]>([
    ['of pytest.ini', { 'pytest.ini': INI }, 'site_.checks'],
    [
      'of pyproject.toml',
      { 'pyproject.toml': '[tool.pytest.ini_options]\nDJANGO_SETTINGS_MODULE = "site_.checks"\n' },
      'site_.checks',
    ],
    [
      'of manage.py, where the served module has others',
      { 'site_/wsgi.py': `${DJANGO['manage.py']!.replace('site_.settings', 'site_.live')}${DJANGO['site_/wsgi.py']}` },
      'site_.settings',
    ],
    ['are those of the app where nothing says otherwise', {}, undefined],
    [
      'are not those of a workflow that tests nothing',
      {
        'site_/static.py': '',
        '.github/workflows/static.yml':
          'jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python manage.py collectstatic\n        env: { DJANGO_SETTINGS_MODULE: site_.static }\n',
      },
      undefined,
    ],
    ['are those of the configuration', { 'quayside.yaml': 'env: { DJANGO_SETTINGS_MODULE: site_.live }\n' }, undefined],
  ])('%s', async (_, files, expected) => {
    const facts = await factsOf(withFiles(DJANGO, { ...TESTS, ...files }));
    expect(facts.django?.testSettings?.value).toBe(expected);
    const steps = makePlan(facts, {}).stages.find(({ id }) => id === 'test')!.steps;
    const set = steps.flatMap(step => (step.kind === 'env' ? [step.values.DJANGO_SETTINGS_MODULE] : []));
    expect(set).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('the settings of developers', () => {
  const INI = '[pytest]\nDJANGO_SETTINGS_MODULE = site_.checks\n';
  const TESTS = { 'requirements-dev.txt': 'pytest-django\n', 'tests/test_site.py': 'def test_one():\n    pass\n' };
  it.each<readonly [string, Files, string | undefined]>([
    ['of manage.py, where the tests have others', { 'pytest.ini': INI }, 'site_.settings'],
    ['those of the tests, where these are of manage.py', {}, undefined],
    [
      'those of the app, where those of manage.py are missing',
      {
        'pytest.ini': INI,
        'manage.py': DJANGO['manage.py']!.replace('site_.settings', 'site_.mine'),
        'site_/wsgi.py': `${DJANGO['manage.py']}${DJANGO['site_/wsgi.py']}`,
      },
      'site_.settings',
    ],
  ])('are %s', async (_, files, expected) => {
    const plan = makePlan(await factsOf(withFiles(DJANGO, { ...TESTS, ...files })), {});
    const set = stageOf(plan, 'development').steps.flatMap(step =>
      step.kind === 'env' ? (step.values.DJANGO_SETTINGS_MODULE ?? []) : [],
    );
    expect(set).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('settings of the image', () => {
  const named = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\napplication = None\n';
  const PACKAGE = {
    'site_/wsgi.py': named,
    'site_/settings/base.py': 'ALLOWED_HOSTS = ["*"]\n',
    'site_/settings/development.py': 'from .base import *\n',
  };

  it.each<readonly [string, Files, string]>([
    [
      'those for people, where the package that is named has nothing of its own',
      { 'site_/settings/__init__.py': '', 'site_/settings/production.py': 'from .base import *\n' },
      'site_.settings.production',
    ],
    [
      'the package, where that takes over others',
      {
        'site_/settings/__init__.py': 'from .development import *\n',
        'site_/settings/production.py': 'from .base import *\n',
      },
      'site_.settings',
    ],
    ['the package, where none of its modules is for people', { 'site_/settings/__init__.py': '' }, 'site_.settings'],
    [
      'those for people beside those for developers that the code falls back to',
      {
        'site_/settings/__init__.py': '',
        'site_/settings/local.py': 'from .base import *\n',
        'site_/settings/production.py': 'from .base import *\n',
        'site_/wsgi.py': named.replace('site_.settings', 'site_.settings.local'),
      },
      'site_.settings.production',
    ],
    [
      'those for people that are built on the ones that the code falls back to',
      {
        'site_/settings/__init__.py': '',
        'site_/settings/production.py': 'from .base import *\n',
        'site_/wsgi.py': `${named.replace('site_.settings', 'site_.settings.base')}${DJANGO['site_/wsgi.py']}`,
      },
      'site_.settings.production',
    ],
    [
      'what the code falls back to, where those for people beside it are not built on that',
      {
        'site_/settings/__init__.py': '',
        'site_/settings/production.py': 'from .development import *\n',
        'site_/wsgi.py': `${named.replace('site_.settings', 'site_.settings.base')}${DJANGO['site_/wsgi.py']}`,
      },
      'site_.settings.base',
    ],
    [
      'those for people that another module falls back to, of two',
      {
        'site_/settings/__init__.py': '',
        'site_/settings/local.py': 'from .base import *\n',
        'site_/settings/live.py': 'from .base import *\n',
        'site_/settings/production.py': 'from .base import *\n',
        'site_/asgi.py': named.replace('site_.settings', 'site_.settings.live'),
        'site_/wsgi.py': `${named.replace('site_.settings', 'site_.settings.local')}${DJANGO['site_/wsgi.py']}`,
      },
      'site_.settings.live',
    ],
    [
      'those for developers, where the code sets nothing else whatever is given',
      {
        'site_/settings/__init__.py': '',
        'site_/settings/local.py': 'from .base import *\n',
        'site_/settings/production.py': 'from .base import *\n',
        'site_/wsgi.py': `import os\n\nos.environ["DJANGO_SETTINGS_MODULE"] = "site_.settings.local"\n${DJANGO['site_/wsgi.py']}`,
      },
      'site_.settings.local',
    ],
  ])('are %s', async (_, files, expected) => {
    const { 'site_/settings.py': _module, ...others } = DJANGO;
    const { entry } = await factsOf(withFiles(others, { ...PACKAGE, ...files }));
    expect(entry?.value.settings?.value).toBe(expected);
  });

  it('are named to the check of the packages, of which some read them before they are there', async () => {
    const plan = makePlan(await factsOf(DJANGO), {});
    const { steps } = stageOf(plan, 'production');
    const check = steps.find(step => isTitled(step, 'check the Python packages'));
    const words = commandOf(check!)!.split(/\s+/);
    expect(words[words.indexOf('--own') + 1]).toBe('site_');
  });
});

describe('what its own container runs while it is made', () => {
  const DOCKERFILE = [
    'FROM python:3.13 AS base',
    'RUN pip install -r requirements.txt && python setup.py install',
    'COPY words.py words.py',
    'RUN python words.py --all',
    'FROM base',
    'RUN DEBUG=False ./manage.py collectstatic --noinput && ./manage.py compress --force',
    'RUN python manage.py migrate && python other.py && python words.py $MODE',
    'CMD ["gunicorn", "site_.wsgi"]',
    '',
  ].join('\n');

  it.each<readonly [string, Files, readonly string[] | undefined]>([
    [
      'is told of where it is a program of the app, and nobody runs it here',
      { Dockerfile: DOCKERFILE, 'words.py': '', 'setup.py': '' },
      [
        'Dockerfile:4 python words.py --all',
        'Dockerfile:6 python manage.py compress --force',
        'Dockerfile:7 python other.py; python words.py $MODE',
      ],
    ],
    [
      'is not where the configuration has commands',
      { Dockerfile: DOCKERFILE, 'words.py': '', 'quayside.yaml': 'build: { commands: [python words.py] }\n' },
      undefined,
    ],
    ['is nothing without one', { 'words.py': '' }, undefined],
  ])('%s', async (_, files, expected) => {
    const { left } = await factsOf(withFiles(DJANGO, files));
    expect(left?.map(({ value, place }) => `${place.file}:${place.line} ${value}`)).toEqual(expected);
  });
});
