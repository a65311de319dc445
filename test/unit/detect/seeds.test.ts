/** What is run behind a migration in the script that runs both. */
import { describe, expect, it } from 'vitest';
import { DJANGO, detectFiles, FASTAPI, type Files, withFiles } from './apps.js';

async function migrate(files: Files): Promise<string> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!.migrate!.value.join(' ');
}

const ALEMBIC = withFiles(FASTAPI, {
  'requirements.txt': `${FASTAPI['requirements.txt']}alembic==1.14.0\n`,
  'alembic.ini': '[alembic]\nscript_location = migrations\n',
  'migrations/env.py': '',
  'app/initial_data.py': 'def main():\n    print("a first user")\n\nmain()\n',
  'app/worker.py': 'while True:\n    work()\n',
});

const script = (lines: readonly string[], runs = 'bash scripts/prestart.sh'): Files =>
  withFiles(ALEMBIC, {
    'scripts/prestart.sh': ['#!/bin/bash', 'set -e', ...lines, ''].join('\n'),
    'compose.yaml': `services:\n  prestart:\n    build: .\n    command: ${runs}\n`,
  });

const ALONE = 'alembic upgrade head';

describe('what is run behind a migration', () => {
  it.each<readonly [string, Files, string]>([
    [
      'a script of the app',
      script(['alembic upgrade head', '', '# A first user', 'python app/initial_data.py']),
      'sh -c alembic upgrade head && python app/initial_data.py',
    ],
    [
      'a module of the app, in its place in an image',
      script(['python app/initial_data.py', 'alembic upgrade head', 'python -m app.initial_data --quiet']),
      'sh -c alembic upgrade head && python -m app.initial_data --quiet',
    ],
    [
      'under a condition',
      script(['alembic upgrade head', 'if [ "$DEMO" ]; then', '  python app/initial_data.py', 'fi']),
      ALONE,
    ],
    [
      'under a condition of one line',
      script(['alembic upgrade head', '[ "$DEMO" ] && python app/initial_data.py']),
      ALONE,
    ],
    ['in the background', script(['alembic upgrade head', 'python app/initial_data.py &']), ALONE],
    ['what does not end', script(['alembic upgrade head', 'python app/worker.py']), ALONE],
    ['before it', script(['python app/initial_data.py', 'alembic upgrade head']), ALONE],
    ['words of a variable', script(['alembic upgrade head', 'python app/initial_data.py $WHO']), ALONE],
    [
      'a script that nothing runs',
      script(['alembic upgrade head', 'python app/initial_data.py'], 'echo nothing'),
      ALONE,
    ],
    [
      'commands of manage.py that are its own, and no others',
      withFiles(DJANGO, {
        'shop/__init__.py': '',
        'shop/management/commands/load_countries.py': '',
        'entrypoint.sh':
          '#!/bin/sh\npython manage.py migrate --noinput\npython manage.py createsuperuser --noinput\npython manage.py load_countries\nexec gunicorn site_.wsgi\n',
        Dockerfile: 'FROM python:3.13\nCOPY . /app\nENTRYPOINT ["/app/entrypoint.sh"]\n',
      }),
      'sh -c python manage.py migrate --noinput && python manage.py load_countries',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await migrate(files)).toBe(expected);
  });
});
