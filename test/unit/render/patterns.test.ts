/** Patterns as commands: what is left of a directory after them, and what a .dockerignore leaves out of what .gitignore files name. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dockerPatterns, keeping, removing } from '../../../src/render/patterns.js';

/** The files that are left when the commands have run among these. */
function leftOf(files: readonly string[], commands: readonly string[]): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'quayside-patterns-'));
  try {
    for (const file of files) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      writeFileSync(join(root, file), '');
    }
    execFileSync('sh', ['-ec', commands.join('\n')], { cwd: root });
    return execFileSync('find', ['.', '!', '-type', 'd'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter(line => line !== '')
      .map(line => line.slice(2))
      .sort();
  } finally {
    rmSync(root, { recursive: true });
  }
}

const FILES = [
  '.env',
  '.env.local',
  'Dockerfile',
  'Dockerfile.dev',
  'a b/c d.py',
  'app/.env',
  'app/__init__.py',
  'app/tests/test_a.py',
  'app/venv/bin/python',
  'app/x$py.class',
  'data/keep/me.txt',
  'data/x.txt',
  'notes.(1).md',
  'tests/test_b.py',
];

describe('what is removed', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['a directory at the top alone', ['tests'], FILES.filter(file => !file.startsWith('tests/'))],
    ['names at any depth', ['**/.env', '**/venv'], FILES.filter(file => !/(^|\/)(\.env$|venv\/)/.test(file))],
    ['names with a star at any depth', ['**/.env.*'], FILES.filter(file => file !== '.env.local')],
    ['names with a star at the top', ['Dockerfile*'], FILES.filter(file => !file.startsWith('Dockerfile'))],
    ['paths with blanks', ['a b/c d.py'], FILES.filter(file => file !== 'a b/c d.py')],
    ['characters that expressions know', ['notes.(1).md'], FILES.filter(file => file !== 'notes.(1).md')],
    ['names with a dollar at any depth', ['**/*$py.class'], FILES.filter(file => file !== 'app/x$py.class')],
    ['paths with a dollar', ['app/*$py.class'], FILES.filter(file => file !== 'app/x$py.class')],
    ['all with a dollar but an exception', ['**/*$py.class', '!app/x$py.class'], FILES],
    ['a dot is no other character', ['notes_(1)_md'], FILES],
    ['directories in the middle', ['app/**/test_a.py'], FILES.filter(file => file !== 'app/tests/test_a.py')],
    ['all but an exception', ['data', '!data/keep'], FILES.filter(file => file !== 'data/x.txt')],
    [
      'an exception, and what comes after it',
      ['data', '!data/keep', '**/me.txt'],
      FILES.filter(file => !file.startsWith('data/')),
    ],
    ['nothing that is not there', ['absent', '**/absent'], FILES],
  ])('%s', (_, patterns, left) => {
    expect(leftOf(FILES, removing(patterns))).toEqual([...left].sort());
  });
});

describe('what is kept', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['files by name', ['Dockerfile', 'absent'], ['Dockerfile']],
    ['all below a directory', ['tests/**'], ['tests/test_b.py']],
    ['a directory', ['data'], ['data/keep/me.txt', 'data/x.txt']],
    ['a name at any depth', ['**/__init__.py'], ['app/__init__.py']],
  ])('%s', (_, patterns, left) => {
    expect(leftOf(FILES, keeping(patterns))).toEqual(left);
  });

  it('leaves no empty directories', () => {
    const root = mkdtempSync(join(tmpdir(), 'quayside-patterns-'));
    mkdirSync(join(root, 'a/b/c'), { recursive: true });
    writeFileSync(join(root, 'kept'), '');
    execFileSync('sh', ['-ec', keeping(['kept']).join('\n')], { cwd: root });
    expect(execFileSync('find', ['.'], { cwd: root, encoding: 'utf8' })).toBe('.\n./kept\n');
    rmSync(root, { recursive: true });
  });
});

describe('.gitignore as .dockerignore', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['', 'node_modules', ['**/node_modules']],
    ['', 'dist/', ['**/dist']],
    ['', '/build', ['build']],
    ['', 'a/b', ['a/b']],
    ['', '**/cache', ['**/cache']],
    ['', '*.pyc\n!keep.pyc', ['**/*.pyc', '!**/keep.pyc']],
    ['', '# a comment\n\n\\#file\n', ['**/#file']],
    ['', 'trailing   ', ['**/trailing']],
    ['frontend', 'dist\n/out', ['frontend/**/dist', 'frontend/out']],
  ])('in "%s": %j', (directory, text, patterns) => {
    expect(dockerPatterns(directory, text)).toEqual(patterns);
  });
});
