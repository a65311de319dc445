import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ROOT, sourceFiles } from './imports.js';

/** Far more than it takes, on a machine that does much else as well. */
const BUDGET_MS = 90_000;

/** Imports the files in a process of their own, as Dagger's runtime does on each call; resolves when that process ends. */
function importAll(files: readonly string[]): Promise<{ output: string; ended: boolean; code: unknown }> {
  const script = files.map(file => `await import(${JSON.stringify(pathToFileURL(file).href)});`).join('\n');
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return new Promise(resolve => {
    execFile(process.execPath, args, { cwd: ROOT, timeout: BUDGET_MS }, (error, stdout, stderr) => {
      resolve({ output: stdout + stderr, ended: error?.killed !== true, code: error?.code ?? 0 });
    });
  });
}

describe('importing the module', () => {
  test(
    'prints nothing, leaves nothing open and ends',
    async () => {
      const files = sourceFiles('src').map(file => join(ROOT, file));
      expect(files.length).toBeGreaterThan(10);
      expect(await importAll(files)).toEqual({ output: '', ended: true, code: 0 });
    },
    BUDGET_MS + 5000,
  );

  test('a file that prints or throws on import is noticed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'quayside-import-'));
    try {
      const file = join(dir, 'loud.mts');
      writeFileSync(file, "console.log('hello'); throw new Error('no');");
      const { output, code } = await importAll([file]);
      expect(output).toMatch(/^hello[\s\S]*Error: no/);
      expect(code).toBe(1);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 90_000);
});
