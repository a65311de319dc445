import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkWritable } from '../../../cli/outputs.js';
import { joinsSource } from '../../../cli/repository.js';
import { run } from '../../../cli/run.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-outputs-'));
  mkdirSync(join(dir, 'directory'));
  writeFileSync(join(dir, 'file'), 'old');
  symlinkSync('file', join(dir, 'link'));
  symlinkSync('gone/far', join(dir, 'dangling'));
  symlinkSync('loop', join(dir, 'loop'));
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
    expect(readdirSync(dir).sort()).toEqual(['dangling', 'directory', 'file', 'link', 'loop']);
    expect(readdirSync(join(dir, 'directory'))).toEqual([]);
  });

  test.each<[Wanted, string, RegExp]>([
    ['file', 'directory', /a directory is there, and a file is wanted/],
    ['directory', 'file', /a file is there, and a directory is wanted/],
    ['file', 'file/below', /\/file is no directory/],
    ['directory', 'file/far/below', /\/file is no directory/],
    ['file', '/dev/null', /something that is no file is there/],
    ['file', '/proc/sys/new', /cannot be written/],
    ['directory', '/proc/new', /cannot be written/],
    ['directory', '/dev/null', /something that is no file is there/],
    ['file', 'dangling', /a link that leads nowhere is there/],
    ['directory', 'dangling', /a link that leads nowhere is there/],
    ['directory', 'dangling/below', /\/dangling is no directory but a link that leads nowhere/],
    ['file', 'loop', /a link that leads nowhere is there/],
    ['directory', 'x'.repeat(300), /cannot be written: ENAMETOOLONG/],
    ['file', 'x'.repeat(300), /cannot be written: ENAMETOOLONG/],
  ])('that is a %s may not go to %s', (wanted, path, message) => {
    expect(() => checkWritable('--output', path.startsWith('/') ? path : join(dir, path), wanted)).toThrow(message);
  });

  test.each([
    ['app.tar', true],
    ['new/deep/app.tar', true],
    ['ignored/app.tar', false],
    ['../beside.tar', false],
  ])('%s in a source of which git ignores a part becomes part of it: %s', (path, joins) => {
    const source = join(dir, 'directory', 'source');
    mkdirSync(source, { recursive: true });
    try {
      expect(joinsSource(join(source, path), source)).toBe(!path.startsWith('..'));
      execFileSync('git', ['init', '-q', source]);
      writeFileSync(join(source, '.gitignore'), 'ignored/\n');
      expect(joinsSource(join(source, path), source)).toBe(joins);
    } finally {
      rmSync(source, { recursive: true });
    }
  });

  test.each([
    ['build', '--output=directory'],
    ['build', '--output=dangling'],
    ['format', '--output=/dev/null'],
    ['reports', '--output=dangling/below'],
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
