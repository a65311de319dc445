/** cli/start.cjs: a bundle runs as it would by itself, and what was compiled of it is kept for the next start. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const STARTER = new URL('../../../cli/start.cjs', import.meta.url).pathname;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-start-'));
  writeFileSync(
    join(dir, 'main.cjs'),
    'require("node:fs").writeSync(1, JSON.stringify([process.argv.slice(1), __filename, require.main === undefined])); process.exit(3);\n',
  );
});
afterEach(() => rmSync(dir, { recursive: true }));

const start = (...words: readonly string[]) =>
  spawnSync(process.execPath, [STARTER, join(dir, 'main.cjs'), ...words], { encoding: 'utf8' });
const kept = (): readonly string[] => readdirSync(dir).filter(name => name.endsWith('.cache'));

test('the bundle finds its own arguments and ends in its own code', () => {
  const { status, stdout, stderr } = start('explain', '--source=x y');
  expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
  expect(JSON.parse(stdout).slice(0, 2)).toEqual([
    [join(dir, 'main.cjs'), 'explain', '--source=x y'],
    join(dir, 'main.cjs'),
  ]);
});

test('what was compiled is kept by a call, not by a look at the help, and used by the next', () => {
  start('explain', '--help');
  expect(kept()).toEqual([]);
  start('explain');
  const [cache] = kept();
  expect(cache).toBeDefined();
  expect(start('explain')).toMatchObject({ status: 3, stderr: '' });
  expect(kept()).toEqual([cache]);
});

test('what is damaged counts as nothing', () => {
  start('explain');
  writeFileSync(join(dir, kept()[0]!), 'damaged');
  expect(start('explain')).toMatchObject({ status: 3, stderr: '' });
});
