/** How the app's own command serves it, and what the locked version of its server can do, come into the image's command. */
import { describe, expect, test } from 'vitest';
import { imageSettings } from '../../../src/plan/look-up.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { memoryTree } from '../../../src/source/tree.js';
import { runServer } from '../../../src/support/run-servers.js';
import { understand } from '../../../src/understand.js';
import { detectFiles } from './apps.js';

const FLASK = "from flask import Flask\napp = Flask(__name__)\n@app.get('/health')\ndef health():\n    return 'ok'\n";
const FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/health')\ndef health():\n    return 'ok'\n";
const lists = { '.python-version': '3.11\n' };

/** The command of the image, its variables, and what is said of the options. */
async function served(files: Readonly<Record<string, string>>) {
  const { facts, diagnostics } = await detectFiles({ ...lists, ...files });
  expect(diagnostics).toEqual([]);
  const plan = makePlan(facts!, {});
  const env = plan.stages.flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'env' ? [step.values] : [])));
  return { command: imageSettings(plan.stages, 'production').command!, env: Object.assign({}, ...env), facts: facts! };
}

describe('options of a command are kept', () => {
  const app = { 'requirements.txt': 'flask==3.1.3\ngunicorn==27.0.1\n', 'app.py': FLASK };
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['--timeout 120 --threads 4', ['--timeout=120', '--threads=4'], []],
    ['-t 120 --preload --max-requests=500', ['-t', '120', '--preload', '--max-requests=500'], []],
    ['--max-requests ${MAX:-500}', ['--max-requests=500'], []],
    ['--max-requests $MAX', [], ['--max-requests=$MAX']],
    ['--bind 0.0.0.0:$PORT --access-logfile - --daemon -u www', [], ['--daemon', '-u www']],
    ['--error-logfile /var/log/app.log', [], ['--error-logfile=/var/log/app.log']],
    ['--graceful-timeout 900 --keep-alive 75', ['--keep-alive=75'], ['--graceful-timeout=900']],
    ['--forwarded-allow-ips=*', ['--forwarded-allow-ips=*'], []],
    ["--forwarded-allow-ips '*'", ['--forwarded-allow-ips=*'], []],
    ['-t${TIMEOUT:-90}', ['-t', '90'], []],
    ['--thread 4 --timeo=90', ['--threads=4', '--timeout=90'], []],
    ['--conf settings.py', [], ['settings.py']],
    ['--reload --preload', ['--preload'], ['--reload']],
  ])('gunicorn %s', async (options, kept, leftOut) => {
    const { command, facts } = await served({ ...app, Procfile: `web: gunicorn ${options} app:app\n` });
    expect(command).toEqual(['gunicorn', '--config', expect.any(String), ...kept, 'app:app']);
    expect(facts.workers?.leftOut?.value ?? []).toEqual(leftOut);
  });

  test('of a container, and its number of workers', async () => {
    const Dockerfile = 'FROM python:3.11\nCOPY . /app\nCMD ["gunicorn", "-w", "3", "--timeout", "90", "app:app"]\n';
    const { command, env } = await served({ ...app, Dockerfile });
    expect(command).toContain('--timeout=90');
    expect(env.WEB_CONCURRENCY).toBe('3');
  });

  test.each<readonly [string, string, readonly string[]]>([
    ['itself', 'command: gunicorn --timeout 90 app:app', ['--timeout=90']],
    ['by a shell', 'command: bash -c "flask db upgrade && gunicorn --timeout 90 app:app"', ['--timeout=90']],
    ['by a script of the image', 'command: /start', ['--timeout=60']],
    ['for those who change the code', 'command: gunicorn --reload --timeout 90 app:app', []],
    ['with a port alone', 'ports: ["8000:8000"]', []],
  ])('of a service that compose starts %s', async (_, line, kept) => {
    const { command } = await served({
      ...app,
      'docker-compose.yml': `services:\n  web:\n    build: { context: ., dockerfile: docker/web/Dockerfile }\n    ${line}\n`,
      'docker/web/Dockerfile': 'FROM python:3.11\nCOPY ./docker/web/start /start\nCOPY . /app\n',
      'docker/web/start': '#!/bin/sh\nset -e\nexec /usr/local/bin/gunicorn --timeout 60 app:app\n',
      'docker/dev/start': '#!/bin/sh\nflask run\n',
    });
    expect(command).toEqual(['gunicorn', '--config', expect.any(String), ...kept, 'app:app']);
  });

  test('of other servers', async () => {
    const uvicorn = { 'requirements.txt': 'fastapi==0.115.6\nuvicorn==0.54.0\n', 'main.py': FASTAPI };
    const Procfile = 'web: uvicorn main:app --host 0.0.0.0 --port $PORT --proxy-headers --timeout-keep-alive 75\n';
    const { command } = await served({ ...uvicorn, Procfile });
    expect(command.slice(-3)).toEqual(['--proxy-headers', '--timeout-keep-alive=75', 'main:app']);
    expect(command.filter(word => word.startsWith('--port'))).toHaveLength(1);
  });
});

describe('what stands around the app says how it is served', () => {
  const app = { 'requirements.txt': 'flask==3.1.3\ngunicorn==27.0.1\n', 'app.py': FLASK };
  const plain = 'FROM python:3.11\nCOPY . /app\n';
  const compose = (line: string, more = '') => `services:\n  web:\n    build: .\n    command: ${line}\n${more}`;

  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[], string | undefined]>([
    ['a compose file', { 'compose.yaml': compose('gunicorn app:app -b 0.0.0.0:80 -w 3 -t 300') }, ['-t', '300'], '3'],
    [
      'the one for production first',
      {
        'docker-compose.yml': compose('flask run --debug'),
        'docker-compose.other.yml': compose('gunicorn app:app --timeout 10'),
        'docker-compose.prod.yml': compose('gunicorn app:app --timeout 20'),
      },
      ['--timeout=20'],
      undefined,
    ],
    ['not one for developers', { 'compose.yaml': compose('gunicorn app:app --reload --timeout 10') }, [], undefined],
    [
      'its own Dockerfile before',
      { Dockerfile: `${plain}CMD gunicorn app:app\n`, 'compose.yaml': compose('gunicorn app:app --timeout 10') },
      [],
      undefined,
    ],
    [
      "gunicorn's variable, which the command line stands behind",
      {
        Dockerfile: `${plain}ENV GUNICORN_CMD_ARGS="--timeout=40 --workers=2 --bind=0.0.0.0:80"\nCMD gunicorn app:app --timeout 50\n`,
      },
      ['--timeout=40', '--timeout=50'],
      '2',
    ],
    [
      'the same where nothing else starts it',
      { 'compose.yaml': compose('./start', '    environment: { GUNICORN_CMD_ARGS: "--workers=5 --preload" }\n') },
      ['--preload'],
      '5',
    ],
    [
      'the number of workers that a variable gives',
      { Dockerfile: `${plain}ENV WEB_CONCURRENCY=4\nCMD gunicorn app:app\n` },
      [],
      '4',
    ],
  ])('%s', async (_, files, kept, workers) => {
    const { command, env } = await served({ ...app, ...files });
    expect(command).toEqual(['gunicorn', '--config', expect.any(String), ...kept, 'app:app']);
    expect(env.WEB_CONCURRENCY).toBe(workers);
  });

  test('a Dockerfile above the app', async () => {
    const Dockerfile = 'FROM python:3.11\nCOPY backend /app\nCMD gunicorn --chdir /app app:app --timeout 70\n';
    const below = Object.fromEntries(Object.entries(app).map(([path, text]) => [`backend/${path}`, text]));
    const { app: understood } = await understand(memoryTree({ ...below, ...lists, Dockerfile }));
    const { options } = understood!.facts.workers!;
    expect(options).toMatchObject({ value: ['--timeout=70'], place: { file: '../Dockerfile', line: 3 } });
  });
});

describe('what a version does not have is left out', () => {
  test.each<readonly [string, string, boolean]>([
    ['uvicorn', '0.20.0', false],
    ['uvicorn', '0.21.1', false],
    ['uvicorn', '0.22.0', true],
    ['uvicorn', '0.54.0', true],
    ['hypercorn', '0.9.2', false],
    ['hypercorn', '0.10.2', true],
    ['granian', '1.6.4', false],
    ['granian', '2.8.7', true],
  ])('%s %s', async (kind, version, isThere) => {
    const requirements = `fastapi==0.115.6\n${kind}==${version}\n`;
    const { command, facts } = await served({ 'requirements.txt': requirements, 'main.py': FASTAPI });
    const server = runServer(facts.server!.value);
    const options = Object.keys(server.start.since ?? {});
    const ending = options.find(option => /graceful|kill/.test(option))!;
    expect(command.includes(ending)).toBe(isThere);
    expect(command.filter(word => word === '{grace}')).toHaveLength(isThere ? 1 : 0);
    expect(command.at(-1)).toMatch(/main:app$/);
  });
});
