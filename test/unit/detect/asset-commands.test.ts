/** Commands of manage.py that make static files. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { DJANGO, detectFiles, type Files, withFiles } from './apps.js';

const SETTINGS = 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\nSTATIC_ROOT = "static"\n';

const django = (more: Files, requirements = ''): Files =>
  withFiles(DJANGO, {
    'site_/settings.py': SETTINGS,
    'requirements.txt': `${DJANGO['requirements.txt']}${requirements}`,
    ...more,
  });

/** Words of manage.py in the step that collects static files, in their order. */
async function collected(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const steps = makePlan(facts!, {}).stages.flatMap(stage => stage.steps);
  const lines = steps.flatMap(step => (step.kind === 'script' && /collect static/.test(step.title) ? step.lines : []));
  return [...new Set(lines.map(line => line.replace(/^.* manage\.py /, '')))];
}

const COLLECT = 'collectstatic --noinput';
const OWN = { 'shop/__init__.py': '', 'shop/management/commands/compile_themes.py': '' };

describe('static files that commands make', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    [
      "the site's own, as CI runs it",
      django({
        ...OWN,
        '.github/workflows/test.yml': 'jobs:\n  a:\n    steps:\n      - run: python ./manage.py compile_themes\n',
      }),
      ['compile_themes', COLLECT],
    ],
    [
      'of packages, before and behind',
      django(
        {
          'entrypoint.sh':
            '#!/bin/sh\npython manage.py compress --force\nmanage.py compilescss\nexec gunicorn site_.wsgi\n',
        },
        'django-compressor==4.5\ndjango-sass-processor==1.4\n',
      ),
      ['compilescss', COLLECT, 'compress --force'],
    ],
    ['of a package that is not there', django({ 'entrypoint.sh': 'python manage.py compress\n' }), [COLLECT]],
    ['that nothing runs', django(OWN), [COLLECT]],
    [
      'with words of a variable',
      django({ ...OWN, 'entrypoint.sh': 'python manage.py compile_themes $1\n' }),
      [COLLECT],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await collected(files)).toEqual(expected);
  });
});
