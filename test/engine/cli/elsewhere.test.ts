/** ./quayside started from another directory, from its bundle and from its sources. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, runQuayside } from './quayside-process.js';

const dir = mkdtempSync(join(tmpdir(), 'quayside-elsewhere-'));
const copy = join(dir, 'quayside');
beforeAll(() => {
  for (const name of [
    'quayside',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'src',
    'engine',
    'cli',
    'docker',
    'compose',
    'images',
  ])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'cli/bundle.mjs'), 'process.exit(1);\n');
});
afterAll(() => rmSync(dir, { recursive: true }));

it.each([
  ['its bundle', join(ROOT, 'quayside')],
  ['its sources', join(copy, 'quayside')],
])('from %s', async (_, program) => {
  const source = join(ROOT, 'examples/flask-stream');
  const run = await runQuayside(['explain', '--engine=local', `--source=${source}`], { cwd: dir, program });
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('flask') });
  expect(run.stderr.includes('no bundle could be built')).toBe(program !== join(ROOT, 'quayside'));
});

it('and what it starts from there knows nothing of its settings', async () => {
  const args = ['run', '--engine=local', '--', 'sh', '-c', 'echo "[$TSX_TSCONFIG_PATH]"'];
  const run = await runQuayside(args, { cwd: dir, program: join(copy, 'quayside') });
  expect(run).toMatchObject({ code: 0, stdout: '[]\n' });
});
