/** Apps whose web process is any command: the configured one, or that of their deployment. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

const STREAMLIT: Files = {
  'requirements.txt': 'streamlit==1.40.0\n',
  'app.py': 'import os\nimport streamlit as st\n\nst.title(os.environ["SHOP_TITLE"])\n',
};

const STREAMLIT_COMMAND = 'streamlit run app.py --server.port $PORT';

describe('the command', () => {
  it.each<readonly [string, Files, readonly string[], string | undefined]>([
    [
      'is configured',
      { 'quayside.yaml': 'server: { command: [python, main.py] }\n' },
      ['python', 'main.py'],
      undefined,
    ],
    [
      'is configured with its port',
      { 'quayside.yaml': 'server: { command: [gradio, app.py], port: 7860 }\n' },
      ['gradio', 'app.py'],
      '7860',
    ],
    [
      'is configured and names a port',
      { 'quayside.yaml': 'server: { command: [panel, serve, app.py, --port=5006] }\n' },
      ['panel', 'serve', 'app.py', '--port=5006'],
      '5006',
    ],
    [
      'is configured with a variable in it',
      { 'quayside.yaml': "server: { command: [streamlit, run, app.py, --server.port, $PORT, --theme, it's] }\n" },
      ['sh', '-c', "exec streamlit run app.py --server.port \"$PORT\" --theme 'it'\\''s'"],
      undefined,
    ],
    [
      "is the Procfile's",
      { Procfile: `web: ${STREAMLIT_COMMAND}\n` },
      ['sh', '-c', `exec ${STREAMLIT_COMMAND}`],
      undefined,
    ],
    [
      "is the Dockerfile's, with the port that it exposes",
      { Dockerfile: 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nEXPOSE 8501\nCMD ["streamlit", "run", "app.py"]\n' },
      ['streamlit', 'run', 'app.py'],
      '8501',
    ],
    [
      "is the Dockerfile's entry point with its arguments",
      {
        Dockerfile:
          'FROM python:3.13\nEXPOSE 80\nENTRYPOINT ["streamlit", "run"]\nCMD ["app.py", "--server.port=8080", "--server.address=0.0.0.0"]\n',
      },
      ['streamlit', 'run', 'app.py', '--server.port=8080', '--server.address=0.0.0.0'],
      '8080',
    ],
    [
      "is the compose file's",
      {
        Dockerfile: 'FROM python:3.13\n',
        'compose.yaml': 'services:\n  web:\n    build: .\n    command: python app.py\n    ports: ["9000:7860"]\n',
      },
      ['python', 'app.py'],
      '7860',
    ],
  ])('%s', async (_, more, command, port) => {
    const { facts, diagnostics } = await detectFiles(withFiles(STREAMLIT, more));
    expect(diagnostics).toEqual([]);
    expect(facts?.started?.command.value).toEqual(command);
    expect(facts?.started?.port?.value).toBe(port);
    expect(facts).not.toHaveProperty('entry');
    expect(facts?.needed).toMatchObject([{ name: 'SHOP_TITLE' }]);
  });

  it.each<readonly [string, Files]>([
    ['of nothing', {}],
    ['of a container that answers nobody', { Dockerfile: 'FROM python:3.13\nCMD ["python", "bot.py"]\n' }],
  ])('%s is none', async (_, more) => {
    const { diagnostics } = await detectFiles(withFiles(STREAMLIT, more));
    expect(diagnostics).toMatchObject([{ code: 'QS301' }]);
  });

  it('is not taken from a Procfile where a framework is known', async () => {
    const { facts } = await detectFiles(withFiles(FLASK, { Procfile: 'web: ./start-everything\n' }));
    expect(facts?.started).toBeUndefined();
    expect(facts?.server?.value).toBe('gunicorn');
  });

  const MADE = 'from shop import create_app\n\ndef main():\n    store = open_store()\n    serve(create_app(CALL))\n';
  const IMAGE =
    'FROM python:3.13\nENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["python", "./run.py", "-d", "/data"]\nEXPOSE 5000\n';
  it.each<readonly [string, Files, readonly string[] | undefined]>([
    [
      'runs a program that gives the factory objects',
      { 'run.py': MADE.replace('CALL', 'None, store'), Dockerfile: IMAGE },
      ['python', './run.py', '-d', '/data'],
    ],
    [
      'runs a program that gives a factory what it asks for',
      {
        'shop/__init__.py': FLASK['shop/__init__.py']!.replace('config=None', 'store'),
        'run.py': MADE.replace('CALL', 'store'),
        Dockerfile: IMAGE,
      },
      ['python', './run.py', '-d', '/data'],
    ],
    [
      'is not needed where the program gives it settings',
      { 'run.py': MADE.replace('CALL', 'config'), Dockerfile: IMAGE },
      undefined,
    ],
    ['is not needed where it gives it nothing', { 'run.py': MADE.replace('CALL', ''), Dockerfile: IMAGE }, undefined],
  ])('of a container %s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(withFiles(FLASK, files));
    expect(diagnostics).toEqual([]);
    expect(facts!.started?.command.value).toEqual(expected);
  });

  it('that is configured goes before the framework, which is known all the same', async () => {
    const yaml = 'server: { command: [python, manage.py, runserver, "0.0.0.0:8000"] }\n';
    const { facts, diagnostics } = await detectFiles(withFiles(DJANGO, { 'quayside.yaml': yaml }));
    expect(diagnostics).toEqual([]);
    expect(facts).toMatchObject({ framework: { value: 'django' }, started: { port: { value: '8000' } } });
    expect(facts?.migrate?.value).toContain('migrate');
  });

  it('leaves no room for a server', async () => {
    const yaml = 'server: { command: [python, main.py], kind: gunicorn }\n';
    const { app, diagnostics } = await understand(memoryTree(withFiles(STREAMLIT, { 'quayside.yaml': yaml })));
    expect(app).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'QS103', place: { file: 'quayside.yaml', line: 1 } }]);
  });
});

it('is what the image starts, on its port, and what is started once', async () => {
  const yaml = 'server: { command: [python, main.py], port: 7860 }\n';
  const { app } = await understand(memoryTree(withFiles(STREAMLIT, { 'quayside.yaml': yaml })));
  const { plan } = app!;
  const web = plan.processes.find(({ role }) => role === 'web')!;
  expect(web).toMatchObject({ port: 7860, probe: { kind: 'tcp', port: 7860 } });
  expect(web).not.toHaveProperty('portVariable');
  const env = plan.stages.flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'env' ? [step.values] : [])));
  expect(Object.assign({}, ...env)).toMatchObject({ PORT: '7860', STREAMLIT_SERVER_PORT: '7860' });
  const steps = plan.stages.flatMap(stage => stage.steps);
  expect(steps).toContainEqual(expect.objectContaining({ kind: 'entrypoint', command: ['python', 'main.py'] }));
  expect(plan.suites.find(({ kind }) => kind === 'smoke')?.args.at(-1)).toBe('[["web",["python","main.py"]]]');
});
