/** What a command is started with under a debugger: programs of Python are, others are started as they are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../docker/debug.py', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));

beforeAll(() => {
  // In place of debugpy: it says what it is asked for.
  mkdirSync(join(dir, 'debugpy'));
  writeFileSync(join(dir, 'debugpy/__main__.py'), 'import sys\nprint(*sys.argv[1:])\n');
  writeFileSync(join(dir, 'served'), '#!/opt/venv/bin/python\n', { mode: 0o755 });
  writeFileSync(join(dir, 'start.sh'), '#!/bin/sh\necho "as it is: $*"\n', { mode: 0o755 });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each([
  [['python', 'manage.py', 'runserver'], 'manage.py runserver'],
  [['python3', '-m', 'uvicorn', 'app:app'], '-m uvicorn app:app'],
  [['served', 'run', '--port', '8000'], `${join(dir, 'served')} run --port 8000`],
])('%s is debugged', async (command, expected) => {
  const env = { PATH: `${dir}:${process.env.PATH}`, PYTHONPATH: dir };
  const { stdout } = await execa('python3', [PROGRAM, '5678', ...command], { env });
  expect(stdout).toBe(`--listen 0.0.0.0:5678 ${expected}`);
});

test('a script of the shell is not, and says so', async () => {
  const env = { PATH: `${dir}:${process.env.PATH}`, PYTHONPATH: dir };
  const { stdout, stderr } = await execa('python3', [PROGRAM, '5678', 'start.sh', 'now'], { env });
  expect(stdout).toBe('as it is: now');
  expect(stderr).toContain('start.sh is no program of Python, and is not debugged');
});
