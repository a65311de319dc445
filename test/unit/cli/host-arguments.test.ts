import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
const convert = (argument: FunctionArgument, value?: unknown, cwd = root): unknown =>
  hostArguments([argument], value === undefined ? {} : { theThing: value }, {
    cwd,
    env: { TOKEN: 'from-env' },
    onSecret: secret => secrets.push(secret),
  })[0];

/** The query that the client would send, as data. */
const queryOf = (value: unknown): unknown => (value as { _ctx: { _queryTree: unknown } })._ctx._queryTree;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quayside-host-'));
  secrets = [];
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

  test.each(['quayside.yaml', 'quayside.lock', '.dockerignore'])('a source whose %s is no file is refused', name => {
    const source = object('Directory', { ignore: [] });
    const path = join(root, 'repo/app', name);
    mkdirSync(path);
    expect(() => convert(source, 'repo/app')).toThrow(
      new UsageError(
        `${path} is a directory: put the file there that is meant, or remove it to go on without (\`rm -r ${name}\`)`,
      ),
    );
    rmSync(path, { recursive: true });
    execFileSync('mkfifo', [path]);
    expect(() => convert(source, 'repo/app')).toThrow(/is a pipe, a socket or a device: put the file there/);
    rmSync(path);
    writeFileSync(path, '');
    expect(convert(source, 'repo/app')).toBeInstanceOf(Directory);
  });

  test('of a whole repository, what git ignores is not taken in', () => {
    const ignore = ['**/x'];
    const args = { path: join(root, 'repo'), exclude: ignore, gitignore: true };
    expect(queryOf(convert(object('Directory', { ignore }), 'repo'))).toMatchObject([{}, { args }]);
  });

  /** A repository with all that is in it committed. */
  const repositoryOf = (name: string, files: Readonly<Record<string, string>>, tag?: string): string => {
    const directory = join(root, name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(directory, path));
      else writeFileSync(join(directory, path), text);
    }
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
    const commands = [
      ['init', '-q'],
      ['add', '--force', '.'],
      [...identity, 'commit', '-qm', 'one'],
      ...(tag ? [['tag', tag]] : []),
    ];
    for (const words of commands) execFileSync('git', words, { cwd: directory });
    return directory;
  };
  const whole = (name: string) => convert(object('Directory', { ignore: ['x'] }), name);

  test.each([
    ['a whole repository', '', 'ui/lib/\\[a\\].ts'],
    ['a directory in one', '/ui', 'lib/\\[a\\].ts'],
  ])('files that git tracks although a .gitignore names them belong to %s', (_, inside, pattern) => {
    repositoryOf('tracked', { '.gitignore': 'lib/\n', 'main.py': '', 'ui/a.py': '', 'ui/lib/[a].ts': '' });
    const query = queryOf(whole(`tracked${inside}`)) as { operation: string; args: Record<string, unknown> }[];
    expect(query).toMatchObject([
      {},
      { args: { path: join(root, `tracked${inside}`), exclude: ['x', '**/.gitignore'], gitignore: true } },
      { operation: 'withDirectory', args: { path: '/' } },
    ]);
    expect(queryOf(query[2]!.args.source ?? query[2]!.args.directory)).toMatchObject([
      {},
      { args: { include: [pattern], exclude: ['x'] } },
    ]);
  });

  test('links out of a directory that stay in its repository are followed', () => {
    const files = {
      'common/a.py': '',
      'one.txt': '',
      'app/common': '-> ../common',
      'app/one.txt': '-> ../one.txt',
      'app/own.txt': '-> main.py',
      'app/main.py': '',
      'app/up': '-> ..',
      'app/gone': '-> ../gone',
      'app/etc': '-> /etc',
    };
    repositoryOf('linked', files);
    const query = queryOf(whole('linked/app')) as { operation: string; args: Record<string, unknown> }[];
    expect(query.slice(2).map(({ operation, args }) => `${operation} ${args.path}`)).toEqual([
      'withoutFile common',
      'withDirectory common',
      'withoutFile one.txt',
      'withFile one.txt',
    ]);
  });

  test.each([
    ['a tag', 'v1.4.0', '[tool.setuptools_scm]\n', 'describe-name: v1.4.0\n'],
    ['no tag', undefined, '[tool.setuptools_scm]\n', undefined],
    ['no such tool', 'v1.4.0', '[project]\n', undefined],
  ])('the version that git knows comes along: %s', (_, tag, manifest, text) => {
    repositoryOf('versioned', { 'pyproject.toml': manifest }, tag);
    const query = queryOf(whole('versioned')) as { operation: string; args: Record<string, unknown> }[];
    const written = query.filter(({ operation }) => operation === 'withNewFile').map(({ args }) => args.contents);
    expect(written).toEqual(text === undefined ? [] : [text]);
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

  const several = { ...object('Secret'), type: { kind: 'list', of: { kind: 'object', name: 'Secret' } } } as const;

  test.each([
    ['CORP=env:TOKEN', 'CORP', 'from-env'],
    ['env:TOKEN', 'TOKEN', 'from-env'],
    ['env://TOKEN', 'TOKEN', 'from-env'],
    ['CORP=file:token', 'CORP', 'from-file'],
    ['file:token', 'TOKEN', 'from-file'],
    ['CORP=cmd:echo a,b', 'CORP', 'a,b'],
  ])('one of several secrets has a name: %s', (reference, name, plaintext) => {
    const [secret] = convert(several, [reference]) as unknown[];
    expect(queryOf(secret)).toEqual([{ operation: 'setSecret', args: { name, plaintext } }]);
    expect(secrets).toEqual([plaintext]);
  });

  test.each([
    ['cmd:echo x', /the secret has no name; write NAME=cmd:echo x/],
    ['hunter2', /env:NAME, file:PATH or cmd:COMMAND/],
    ['CORP=hunter2', /^(?!.*hunter2).*env:NAME, file:PATH or cmd:COMMAND/],
    ['CORP=env:MISSING', /the environment variable MISSING is not set/],
  ])('one of several secrets is wrong usage: %s', (reference, message) => {
    expect(() => convert(several, [reference])).toThrow(UsageError);
    expect(() => convert(several, [reference])).toThrow(message);
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
