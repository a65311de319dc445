/** Files of 400,000 keys: each is read, left unread or refused, in a time that nobody notices as one of waiting. */
import { expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';

const FLASK = {
  'requirements.txt': 'flask==3.1.0\n',
  'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
};
const PYPROJECT = '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["flask"]\n';

const each = (line: (index: number) => string): string => Array.from({ length: 400_000 }, (_, i) => line(i)).join('');

/** Without it, an app is understood all the same. */
const IS_EVIDENCE = /ci\.yml$/;

/** In CPU: others work on the machine, too. */
const mostSeconds = 10;

it.each<readonly [path: string, text: string, code: string | undefined]>([
  ['quayside.yaml', each(i => `k${i}: ${i}\n`), 'QS108'],
  ['quayside.yaml', `{${each(i => `k${i}: ${i}, `)}}`, 'QS108'],
  ['compose.yaml', `services:\n${each(i => `  k${i}:\n    image: x\n`)}`, 'QS108'],
  ['pyproject.toml', `${PYPROJECT}[tool.x]\n${each(i => `k${i} = ${i}\n`)}`, 'QS108'],
  ['quayside.lock', `{"lockVersion":1,"images":{${each(i => `\n"k${i}":"",`)}"k":""}}`, 'QS108'],
  ['quayside.lock', '['.repeat(3_000_000), 'QS106'],
  ['requirements.txt', `flask==3.1.0\n${each(i => `k${i}==1.0\n`)}`, 'QS108'],
  ['Procfile', `web: gunicorn app:app\n${each(i => `k${i}: x\n`)}`, 'QS108'],
  ['.env.example', each(i => `K${i}=${i}\n`), 'QS108'],
  ['.github/workflows/ci.yml', `on: push\njobs:\n${each(i => `  k${i}:\n    runs-on: x\n`)}`, undefined],
  ['uv.lock', `version = 1\n${each(i => `[[package]]\nname = "k${i}"\nversion = "1"\n`)}`, undefined],
  ['package.json', `{"name": "x", "x": {${each(i => `"k${i}": ${i}, `)} "k": 1}}`, undefined],
])('%s ends well', { timeout: 120_000 }, async (path, text, code) => {
  const files = path === 'uv.lock' ? { ...FLASK, 'pyproject.toml': PYPROJECT } : FLASK;
  const start = process.cpuUsage();
  const { app, diagnostics } = await understand(memoryTree({ ...files, [path]: text }));
  const { user, system } = process.cpuUsage(start);
  expect(diagnostics.map(found => [found.code, found.place?.file])).toEqual(code === undefined ? [] : [[code, path]]);
  expect((user + system) / 1e6).toBeLessThan(mostSeconds);
  if (IS_EVIDENCE.test(path)) expect(app?.facts.unread).toEqual([{ file: path, lines: 5000, bytes: 256 * 1024 }]);
});

it('tells of a file that was not read where an app is not understood', async () => {
  const unread = { '.github/workflows/ci.yml': '# a line\n'.repeat(5001) };
  const { diagnostics } = await understand(memoryTree({ 'requirements.txt': 'flask==3.1.0\n', ...unread }));
  expect(diagnostics.map(({ code }) => code)).toContain('QS109');
});

it('tells of none that nothing would have been looked for in', async () => {
  const { app } = await understand(memoryTree({ ...FLASK, 'data/rows.yaml': 'a: b\n'.repeat(6000) }));
  expect(app?.facts.unread).toBeUndefined();
});

/** Texts within the bounds that are slow for whoever looks again from each place: half of one takes a quarter of the time then, not half. */
it.each<readonly [path: string, start: string, unit: string]>([
  ['fly.toml', '', 'a.'],
  ['fly.toml', '', 'a'],
  ['fly.toml', '', '../'],
  ['.env.example', 'A=', '${'],
  ['.env.example', 'A=', '${A:-'],
  ['uwsgi.ini', '[uwsgi]\nmodule = ', '/*'],
  ['Dockerfile', '', ' \n'],
  ['.github/workflows/ci.yml', '', '[]'],
  ['compose.yaml', '', '"'],
  ['.github/workflows/ci.yml', '', '*a '],
  ['requirements.txt', 'flask==3.1.0\n', 'a\n'],
  ['requirements.txt', '-c constraints.txt\nflask\n', 'a\n'],
])('%s of %j and %j takes as long as it is', { timeout: 60_000 }, async (path, start, unit) => {
  const secondsOf = async (bytes: number): Promise<number> => {
    const text = start + unit.repeat(Math.floor(bytes / unit.length));
    const begin = process.cpuUsage();
    await understand(memoryTree({ ...FLASK, 'constraints.txt': text, [path]: text }));
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1e6;
  };
  const isInProportion = async () => {
    const half = await secondsOf(16 * 1024);
    return (await secondsOf(32 * 1024)) < Math.max(0.4, half * 3);
  };
  await secondsOf(1000);
  // What else the machine does, and the collection of garbage, only add: who looks again from each place is above it every time.
  for (let tries = 1; tries < 5; tries++) if (await isInProportion()) return;
  expect(await isInProportion()).toBe(true);
});

it('takes parentheses without end for no marker', async () => {
  const { diagnostics } = await understand(
    memoryTree({ ...FLASK, 'requirements-dev.txt': `flask; ${'('.repeat(200_000)}` }),
  );
  expect(diagnostics).toEqual([]);
});

/** What readers go down into, and do not come back from when there is no end of it. */
it.each<readonly [path: string, unit: string, code: string | undefined]>([
  ['.github/workflows/ci.yml', '[', undefined],
  ['.github/workflows/ci.yml', '{a: ', undefined],
  ['.github/workflows/ci.yml', '- ', undefined],
  ['compose.yaml', '[', 'QS108'],
  ['quayside.yaml', '[{', 'QS108'],
  ['quayside.yaml', '? - ', 'QS108'],
  ['package.json', '[', undefined],
  ['frontend/vite.config.js', '({[', undefined],
  ['other.py', '(', undefined],
  ['pnpm-lock.yaml', '[', undefined],
])('%s of nothing but %j ends well', async (path, unit, code) => {
  const { diagnostics } = await understand(memoryTree({ ...FLASK, [path]: unit.repeat(250_000 / unit.length) }));
  expect(diagnostics.map(found => found.code)).toEqual(code === undefined ? [] : [code]);
});

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...[...'bcdefghi'].map((name, at) => `${name}: &${name} [${`*${'abcdefghi'[at]},`.repeat(9)}]`),
].join('\n');

it.each([
  ['quayside.yaml', `env: &e { A: *e }\n`],
  ['quayside.yaml', bomb],
  ['compose.yaml', `services:\n  ${bomb.replaceAll('\n', '\n  ')}`],
  ['.github/workflows/ci.yml', `jobs:\n  ${bomb.replaceAll('\n', '\n  ')}\n  run: *i`],
  ['.github/workflows/ci.yml', 'jobs: &a\n  steps: [ *a, *a, *a, *a, *a, *a, *a ]\n'],
])('aliases of %s that stand for no end of others are not followed', async (path, text) => {
  const begin = process.cpuUsage();
  const { app, diagnostics } = await understand(memoryTree({ ...FLASK, [path]: text }));
  const { user, system } = process.cpuUsage(begin);
  if (path === 'quayside.yaml') expect(diagnostics.map(({ code }) => code)).toEqual(['QS101']);
  else expect(app).toBeDefined();
  expect((user + system) / 1e6).toBeLessThan(5);
});

it('reads lists of requirements that name each other in many ways once', async () => {
  const layers = Array.from({ length: 40 }, (_, at) => at);
  const files = layers.flatMap(at =>
    ['a', 'b'].map(
      side => [`${side}${at}.txt`, at === 39 ? `${side}==1\n` : `-r a${at + 1}.txt\n-r b${at + 1}.txt\n`] as const,
    ),
  );
  const { app } = await understand(
    memoryTree({
      ...FLASK,
      ...Object.fromEntries(files),
      'requirements.txt': 'flask==3.1.0\n-r a0.txt\n-r b0.txt\n-c a0.txt\n',
    }),
  );
  expect(app?.facts.python.dependencies?.filter(({ name }) => name === 'a' || name === 'b')).toHaveLength(2);
});
