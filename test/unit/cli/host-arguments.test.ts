import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Directory, File, Secret } from '@dagger.io/dagger';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../../cli/exit-codes.js';
import type { FunctionArgument } from '../../../cli/functions.js';
import { hostArguments, repositoryRoot } from '../../../cli/host-arguments.js';

const object = (name: string, argument: Partial<FunctionArgument> = {}): FunctionArgument => ({
  name: 'theThing',
  description: '',
  type: { kind: 'object', name },
  optional: true,
  ...argument,
});

let root: string;
let secrets: string[];
let notices: string[];
const convert = (argument: FunctionArgument, value?: unknown, cwd = root): unknown =>
  hostArguments([argument], value === undefined ? {} : { theThing: value }, {
    cwd,
    env: { TOKEN: 'from-env' },
    onSecret: secret => secrets.push(secret),
    notice: text => notices.push(text),
  })[0];

/** The query that the client would send, as data. */
const queryOf = (value: unknown): unknown => (value as { _ctx: { _queryTree: unknown } })._ctx._queryTree;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quayside-host-'));
  secrets = [];
  notices = [];
  mkdirSync(join(root, 'repo/.git'), { recursive: true });
  mkdirSync(join(root, 'repo/app'), { recursive: true });
  writeFileSync(join(root, 'token'), 'from-file');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('arguments from the host', () => {
  test('a directory is a host path, less what the argument ignores', () => {
    const directory = convert(object('Directory', { ignore: ['.git', '**/x'] }), 'repo/app');
    expect(directory).toBeInstanceOf(Directory);
    expect(queryOf(directory)).toEqual([
      { operation: 'host', args: undefined },
      { operation: 'directory', args: { path: join(root, 'repo/app'), exclude: ['.git', '**/x'] } },
    ]);
  });

  test('of a whole repository, what git ignores is not taken in', () => {
    const ignore = ['**/x'];
    const args = { path: join(root, 'repo'), exclude: ignore, gitignore: true };
    expect(queryOf(convert(object('Directory', { ignore }), 'repo'))).toMatchObject([{}, { args }]);
    expect(notices).toEqual([]);
  });

  test('files that git tracks all the same are named', () => {
    const repository = join(root, 'tracked');
    mkdirSync(join(repository, 'ui/lib'), { recursive: true });
    for (const file of ['.gitignore', 'main.py', 'ui/lib/a.ts', 'ui/lib/b.ts'])
      writeFileSync(join(repository, file), 'lib/\n');
    for (const words of [
      ['init', '--quiet'],
      ['add', '--force', '.'],
    ])
      execFileSync('git', words, { cwd: repository });
    convert(object('Directory', { ignore: ['x'] }), 'tracked');
    expect(notices).toEqual([
      'left out: ui/lib/a.ts and 1 more, which git tracks and .gitignore names; add a line such as "!/ui/lib/" to it',
    ]);
  });

  test('without a flag, "/" is the repository around the current directory', () => {
    const directory = convert(object('Directory', { defaultPath: '/' }), undefined, join(root, 'repo/app'));
    expect(queryOf(directory)).toMatchObject([{}, { args: { path: join(root, 'repo') } }]);
  });

  test('without a flag and a default path, the function decides', () => {
    expect(convert(object('File'))).toBeUndefined();
  });

  test('a file is a host path', () => {
    expect(convert(object('File'), join(root, 'token'))).toBeInstanceOf(File);
  });

  test.each([
    ['env:TOKEN', 'from-env'],
    ['env://TOKEN', 'from-env'],
    ['file:token', 'from-file'],
    ['cmd:echo from-cmd', 'from-cmd'],
  ])('a secret comes from %s', (reference, value) => {
    expect(convert(object('Secret'), reference)).toBeInstanceOf(Secret);
    expect(secrets).toEqual([value]);
  });

  test.each<[FunctionArgument, string, RegExp]>([
    [object('Directory'), 'nowhere', /--the-thing: no such directory: .*\/nowhere$/],
    [object('Directory'), 'token', /--the-thing: not a directory: .*\/token$/],
    [object('File'), 'nowhere', /--the-thing: no such file: .*\/nowhere$/],
    [object('File'), 'repo', /--the-thing: not a file: .*\/repo$/],
    [object('Secret'), 'env:MISSING', /--the-thing: the environment variable MISSING is not set/],
    [object('Secret'), 'file:nowhere', /--the-thing: no such file/],
    [object('Secret'), 'cmd:exit 3', /--the-thing: the command failed: exit 3/],
    [object('Socket'), 'x', /--the-thing: the command line cannot make a Socket/],
  ])('%j with %s is wrong usage', (argument, value, message) => {
    expect(() => convert(argument, value)).toThrow(UsageError);
    expect(() => convert(argument, value)).toThrow(message);
  });

  test('a secret given as plain text is refused and not repeated', () => {
    expect(() => convert(object('Secret'), 'hunter2')).toThrow(/env:NAME, file:PATH or cmd:COMMAND/);
    expect(() => convert(object('Secret'), 'hunter2')).not.toThrow(/hunter2/);
  });
});

test('the repository’s root is the nearest one upwards, else the directory itself', () => {
  expect(repositoryRoot(join(root, 'repo/app'))).toBe(join(root, 'repo'));
  expect(repositoryRoot(root)).toBe(root);
});
