import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkWritable } from '../../../cli/outputs.js';
import { run } from '../../../cli/run.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-outputs-'));
  mkdirSync(join(dir, 'directory'));
  writeFileSync(join(dir, 'file'), 'old');
  symlinkSync('file', join(dir, 'link'));
});
afterAll(() => rmSync(dir, { recursive: true }));

type Wanted = Parameters<typeof checkWritable>[2];

describe('output', () => {
  test.each<[Wanted, string]>([
    ['file', 'file'],
    ['file', 'link'],
    ['file', 'new'],
    ['file', 'not/yet/there'],
    ['directory', 'directory'],
    ['directory', 'not/yet/there'],
  ])('that is a %s may go to %s', (wanted, path) => {
    checkWritable('--output', join(dir, path), wanted);
    expect(readdirSync(dir).sort()).toEqual(['directory', 'file', 'link']);
    expect(readdirSync(join(dir, 'directory'))).toEqual([]);
  });

  test.each<[Wanted, string, RegExp]>([
    ['file', 'directory', /a directory is there, a file cannot be written/],
    ['directory', 'file', /a file is there, a directory cannot be written/],
    ['file', 'file/below', /\/file is no directory/],
    ['directory', 'file/far/below', /\/file is no directory/],
    ['file', '/dev/null', /something that is no file is there/],
    ['file', '/proc/sys/new', /cannot be written/],
    ['directory', '/proc/new', /cannot be written/],
    ['file', 'x'.repeat(300), /cannot be written: ENAMETOOLONG/],
  ])('that is a %s may not go to %s', (wanted, path, message) => {
    expect(() => checkWritable('--output', path.startsWith('/') ? path : join(dir, path), wanted)).toThrow(message);
  });

  test.each([
    ['build', '--output=directory'],
    ['build', '--output=file/below'],
    ['reports', '--output=file'],
    ['test', '--reports=file'],
  ])('%s %s ends in 2 before an engine is asked', async (...argv) => {
    let said = '';
    const code = await run(argv, {
      stdin: Readable.from([]),
      stdout: { write: text => (said += text) },
      stderr: { write: text => (said += text) },
      env: { DAGGER_SESSION_PORT: '1', DAGGER_SESSION_TOKEN: 'x' },
      cwd: dir,
      signal: new AbortController().signal,
    });
    expect(said).toMatch(/^error: --(output|reports)=/);
    expect(code).toBe(2);
  });
});
