/** Command lines of Procfiles, Dockerfiles and scripts: what runs in the end, and what it says of the server. */
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../src/detect/files/command-line.js';
import { commandWords } from '../../../src/detect/files/command-words.js';
import { readOptions } from '../../../src/detect/files/options.js';
import { readProcfile } from '../../../src/detect/files/procfile.js';
import { programsOf } from '../../../src/detect/files/runners.js';
import { readWebCommand } from '../../../src/detect/files/web-command.js';
import { memoryTree } from '../../../src/source/tree.js';
import { objectReference } from '../../../src/support/app-object.js';

const words = (text: string) => text.split(' ').map((word, at) => ({ text: word, isKnown: true, at }));

describe('options', () => {
  const TAKING = ['-w', '-k', '-b', '--workers', '--bind'];
  it.each<readonly [string, string]>([
    ['-w 1 a:b', '-w=1 | a:b'],
    ['-w1 a:b', '-w=1 | a:b'],
    ['-w=1 a:b', '-w=1 | a:b'],
    ['-kgevent a:b', '-k=gevent | a:b'],
    ['-DRw2 a:b', '-D -R -w=2 | a:b'],
    ['--workers 1 a:b', '--workers=1 | a:b'],
    ['--workers=1 a:b', '--workers=1 | a:b'],
    ['--bind=0.0.0.0:80 a:b', '--bind=0.0.0.0:80 | a:b'],
    ['a:b --reload --workers 1', '--reload --workers=1 | a:b'],
    ['-w 1 -- -b', '-w=1 | -b'],
    ['- --workers', '--workers | -'],
  ])('%s', (text, expected) => {
    const { options, operands } = readOptions(words(text), TAKING);
    const read = options.map(({ name, value }) => (value ? `${name}=${value.text}` : name));
    expect([read.join(' '), operands.map(word => word.text).join(' ')].join(' | ')).toBe(expected);
  });
});

describe('what a command runs in the end', () => {
  it.each<readonly [string, string]>([
    ['celery -A shop worker', 'celery -A shop worker'],
    ['/opt/venv/bin/celery -A shop', 'celery -A shop'],
    ['exec celery -A shop', 'celery -A shop'],
    ['A=b exec celery -A shop', 'celery -A shop'],
    ['env -u X A=b celery -A shop', 'celery -A shop'],
    ['PYTHONPATH=. python -m celery -A shop', 'celery -A shop'],
    ['python3.12 -u -X dev -m celery -A shop', 'celery -A shop'],
    ['python manage.py migrate', 'python manage.py migrate'],
    ['poetry run celery -A shop', 'celery -A shop'],
    ['poetry -C back run celery', 'celery'],
    ['uv run --no-sync --with x --env-file .env -- celery -A shop', 'celery -A shop'],
    ['uv run -m celery -A shop', 'celery -A shop'],
    ['uv sync', 'uv sync'],
    ['pipenv run python -m celery', 'celery'],
    ['bin/start-pgbouncer-stunnel pipenv run celery', 'celery'],
    ['newrelic-admin run-program celery -A shop', 'celery -A shop'],
    ['opentelemetry-instrument --traces_exporter console --service_name=x celery', 'celery'],
    ['ddtrace-run celery', 'celery'],
    ['./wait-for-it.sh db:5432 -t 60 -- celery -A shop', 'celery -A shop'],
    ['dockerize -wait tcp://db:5432 -timeout 60s celery', 'celery'],
    ['tini -g -- celery', 'celery'],
    ['timeout -k 5 30 nice -n 5 gosu app celery', 'celery'],
    ['honcho run celery', 'celery'],
    ['sh -c "exec celery -A shop"', 'celery -A shop'],
    ['bash -lc "cd /app/back && celery -A shop"', 'back> celery -A shop'],
    ['cd back && cd shop && celery', 'back/shop> celery'],
    ['(cd back; celery) && flower', 'back> celery; flower'],
    ['cd /elsewhere && celery', 'celery'],
    ['if true; then celery; else flower; fi', 'true; celery; flower'],
    ['for q in a b; do celery -Q x; done', 'celery -Q x'],
    ['APP=shop; celery -A "$APP"', 'celery -A shop'],
    ["export OPTS='-A shop'\ncelery $OPTS", 'export OPTS=-A shop; celery -A shop'],
    ['celery -A ${APP:-shop}', 'celery -A ${APP:-shop}'],
    ["echo 'celery -A shop' # celery", 'echo celery -A shop'],
    ['celery -A shop \\\n  worker', 'celery -A shop worker'],
  ])('%s', async (text, expected) => {
    const { commands } = await readCommandLine(text);
    const programs = (await Promise.all(commands.map(command => programsOf(command)))).flat();
    const shown = programs.map(({ program, args, directory }) => {
      const line = [program, ...args.map(word => word.text)].join(' ');
      return directory === '' ? line : `${directory}> ${line}`;
    });
    expect(shown.join('; ')).toBe(expected);
  });
});

describe('a command as arguments', () => {
  it.each<readonly [string, readonly string[]]>([
    ['celery -A shop worker', ['celery', '-A', 'shop', 'worker']],
    ['python run.py --name "a b" \'c\'', ['python', 'run.py', '--name', 'a b', 'c']],
    ['exec celery -A shop', ['celery', '-A', 'shop']],
    ['poetry run celery -A shop', ['celery', '-A', 'shop']],
    ['exec uv run -- celery -A shop', ['celery', '-A', 'shop']],
    ['PYTHONPATH=. python -m shop.jobs', ['env', 'PYTHONPATH=.', 'python', '-m', 'shop.jobs']],
    ['FOO=bar exec celery -A shop', ['env', 'FOO=bar', 'celery', '-A', 'shop']],
    ['python jobs.py --every $EVERY', ['sh', '-c', 'exec python jobs.py --every $EVERY']],
    ['A=$B python jobs.py', ['sh', '-c', 'A=$B exec python jobs.py']],
    ['poetry run python jobs.py $EVERY', ['sh', '-c', 'exec python jobs.py $EVERY']],
    ['python *.py', ['sh', '-c', 'exec python *.py']],
    ['python ~/x.py', ['sh', '-c', 'exec python ~/x.py']],
    ['cd back && celery -A shop', ['sh', '-c', 'cd back && exec celery -A shop']],
    ['cd back && exec uv run celery', ['sh', '-c', 'cd back && exec celery']],
    ['python a.py; python b.py', ['sh', '-c', 'python a.py; exec python b.py']],
    ['python a.py & python b.py', ['sh', '-c', 'python a.py & exec python b.py']],
    ['python a.py | tee log', ['sh', '-c', 'python a.py | tee log']],
    ['python a.py > log', ['sh', '-c', 'exec python a.py > log']],
    ['python a.py &', ['sh', '-c', 'python a.py &']],
    ["sh -c 'python a.py'", ['sh', '-c', 'python a.py']],
  ])('%s', async (text, expected) => {
    expect(commandWords(await readCommandLine(text))).toEqual(expected);
  });

  it("is that of a package manager's script where it runs one", async () => {
    const files = {
      Procfile: 'a: pipenv run jobs --fast\nb: pdm run jobs-too\nc: pipenv run python jobs.py\n',
      Pipfile: '[scripts]\njobs = "python -m jobs"\n',
      'pyproject.toml': '[tool.pdm.scripts]\njobs-too = { cmd = "python too.py" }\n',
    };
    const procfile = await readProcfile(memoryTree(files));
    expect([...procfile.values()].map(({ command }) => commandWords(command).join(' '))).toEqual([
      'python -m jobs --fast',
      'python too.py',
      'python jobs.py',
    ]);
  });
});

/** What is read of the command that starts the app, in short. */
async function web(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const command = await readWebCommand(memoryTree(files));
  if (!command) return undefined;
  const { server, app, directory, workerClass, settings, single, place } = command;
  const rest = { in: directory, class: workerClass, settings, single: single ? 'yes' : undefined };
  const options = Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return [server, app ? objectReference(app) : '-', ...options, `${place.file}:${place.line}`].join(' ');
}

const START = '#!/bin/sh\nif [ -n "$MIGRATE" ]; then flask db upgrade; fi\nexec gunicorn -b ":$PORT" shop:app\n';

function image(lines: string, more: Readonly<Record<string, string>> = {}) {
  return { Dockerfile: `FROM python:3.13\n${lines}\n`, ...more };
}

describe('the command of the web process', () => {
  it.each<readonly [string, string]>([
    ['gunicorn shop.wsgi', 'gunicorn shop.wsgi'],
    ['gunicorn shop:app -w1 -kgevent --bind=0.0.0.0:$PORT', 'gunicorn shop:app class=gevent single=yes'],
    ['gunicorn -b :$PORT -w ${WEB_CONCURRENCY:-1} shop:app', 'gunicorn shop:app'],
    ['gunicorn --access-logfile - --log-file - shop:app', 'gunicorn shop:app'],
    ['gunicorn "shop:create_app(\'production\')"', "gunicorn shop:create_app('production')"],
    ["gunicorn shop:create_app('production')", "gunicorn shop:create_app('production')"],
    ['gunicorn shop:create_app()', 'gunicorn shop:create_app()'],
    ['gunicorn --chdir back -c conf.py shop:app', 'gunicorn shop:app in=back settings=conf.py'],
    ['cd back && gunicorn --config=./conf.py shop:app', 'gunicorn shop:app in=back settings=back/conf.py'],
    ['PYTHONPATH=src gunicorn shop:app', 'gunicorn shop:app in=src'],
    ['python -m gunicorn shop:app', 'gunicorn shop:app'],
    ['newrelic-admin run-program gunicorn shop:app', 'gunicorn shop:app'],
    ['python manage.py migrate && gunicorn shop.wsgi', 'gunicorn shop.wsgi'],
    ['bin/unknown-runner --fast gunicorn shop:app -w 1', 'gunicorn shop:app single=yes'],
    ['uvicorn --host 0.0.0.0 --port ${PORT:-8000} main:app', 'uvicorn main:app'],
    ['uvicorn --factory --app-dir back main:make', 'uvicorn main:make() in=back'],
    ['uvicorn ${APP_MODULE:-main:app} --workers 1', 'uvicorn main:app single=yes'],
    ['hypercorn asgi:main:app -b 0.0.0.0:$PORT', 'hypercorn main:app'],
    ['granian --interface asgi main:app', 'granian main:app'],
    ['waitress-serve --port=$PORT --threads 8 --call shop:create_app', 'waitress shop:create_app()'],
    ['python -m waitress --listen *:$PORT shop:app', 'waitress shop:app'],
  ])('%s', async (command, expected) => {
    expect(await web({ Procfile: `worker: rq\nweb: ${command}\n` })).toBe(`${expected} Procfile:2`);
  });

  it.each<readonly [string, string | undefined, Readonly<Record<string, string>>]>([
    ['a script of the Procfile', 'gunicorn shop:app start.sh:3', { Procfile: 'web: bash start.sh', 'start.sh': START }],
    ['nothing known', undefined, { Procfile: 'web: python app.py' }],
    ['the words of CMD', 'uvicorn main:app Dockerfile:2', image('CMD ["uvicorn", "main:app", "--port", "80"]')],
    ['the text of CMD', 'uvicorn main:app Dockerfile:2', image('CMD uvicorn main:app --port $PORT')],
    ['a shell in CMD', 'uvicorn main:app Dockerfile:2', image('CMD ["sh", "-c", "uvicorn main:app --port $PORT"]')],
    [
      'ENTRYPOINT and CMD in one',
      'gunicorn shop:app single=yes Dockerfile:3',
      image('ENTRYPOINT ["gunicorn"]\nCMD ["-w", "1", "shop:app"]'),
    ],
    [
      'what an entry script is given',
      'gunicorn shop:app Dockerfile:3',
      image('ENTRYPOINT ["/entry.sh"]\nCMD ["gunicorn", "shop:app"]', { 'entry.sh': 'set -e\nexec "$@"\n' }),
    ],
    ['a script of the image', 'gunicorn shop:app start.sh:3', image('CMD ["/app/start.sh"]', { 'start.sh': START })],
    ['a variable of the image', 'uvicorn main:app Dockerfile:3', image('ENV APP=main:app\nCMD uvicorn $APP')],
    [
      'the last stage',
      'uvicorn main:app Dockerfile:2',
      {
        Dockerfile:
          'FROM python:3.13 AS base\nCMD uvicorn main:app\nFROM base\nRUN true\nHEALTHCHECK CMD gunicorn x:y\n',
      },
    ],
    [
      'the directory of the image',
      'uvicorn main:app in=back Dockerfile:3',
      image('WORKDIR /srv\nCMD cd /srv/back && uvicorn main:app'),
    ],
    [
      'nothing, where two are started',
      undefined,
      image('CMD ["/start.sh"]', { 'start.sh': 'gunicorn a:app &\ngunicorn b:app\n' }),
    ],
  ])('is that of %s', async (_, expected, files) => {
    expect(await web(files)).toBe(expected);
  });
});
