/** Flag values → the objects a function takes: host paths become Directories and Files, references become Secrets and Containers. */

import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Directory, dag } from '@dagger.io/dagger';
import { UsageError } from './exit-codes.js';
import { type FunctionArgument, kebabCase, type ValueType } from './functions.js';
import type { FlagValues } from './invocation.js';
import { ARCHIVAL, archivalText, outwardLinks, repositoryAround, trackedIgnoredFiles } from './repository.js';

export interface HostContext {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told each secret's value, so that nothing that is printed shows it. */
  readonly onSecret: (value: string) => void;
}

/**
 * Takes a function's arguments and the flags given, returns the values to call it with, in order. An argument without flag, default
 * path or value is undefined, so that the function's own default holds. Throws a UsageError that names the flag and the path.
 */
export function hostArguments(
  list: readonly FunctionArgument[],
  values: FlagValues,
  context: HostContext,
): readonly unknown[] {
  return list.map(argument => {
    const value = values[argument.name];
    if (value !== undefined) return convert(argument, argument.type, value, context);
    if (argument.defaultPath === undefined) return undefined;
    return convert(argument, argument.type, join(repositoryRoot(context.cwd), argument.defaultPath), context);
  });
}

/** The nearest directory upwards that holds `.git`; the directory itself when there is none. What `defaultPath: "/"` means. */
export function repositoryRoot(cwd: string): string {
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.git'))) return dir;
    if (dir === dirname(dir)) return resolve(cwd);
  }
}

/** The directory of the source that a call means. */
export function sourceDirectory({ source }: FlagValues, cwd: string): string {
  return source === undefined ? repositoryRoot(cwd) : resolve(cwd, String(source));
}

/** Makes a value of the type, which is the argument's or that of its items. */
function convert(argument: FunctionArgument, type: ValueType, value: unknown, context: HostContext): unknown {
  if (type.kind === 'list') {
    const items = value as unknown[];
    const isNamed = type.of.kind === 'object' && type.of.name === 'Secret';
    return items.map(item =>
      isNamed ? namedSecret(argument, String(item), context) : convert(argument, type.of, item, context),
    );
  }
  if (type.kind !== 'object') return value;
  const text = String(value);
  const flag = `--${kebabCase(argument.name)}`;
  switch (type.name) {
    case 'Directory':
      return hostDirectory(hostPath(text, flag, 'directory', context.cwd), argument.ignore);
    case 'File':
      return dag.host().file(hostPath(text, flag, 'file', context.cwd));
    case 'Secret': {
      const secret = readSecret(text, flag, context);
      context.onSecret(secret);
      return dag.setSecret(argument.name, secret);
    }
    case 'Container':
      return dag.container().from(text);
    default:
      throw new UsageError(
        `${flag}: the command line cannot make a ${type.name}; call the function with the Dagger CLI`,
      );
  }
}

/** One of several secrets: `NAME=env:OTHER`, or a reference that has a name itself, as a variable and a file have. */
function namedSecret(argument: FunctionArgument, text: string, context: HostContext): unknown {
  const flag = `--${kebabCase(argument.name)}`;
  const [, written, reference = ''] = /^(?:([A-Za-z_]\w*)=)?(.*)$/s.exec(text) ?? [];
  const value = readSecret(reference, flag, context);
  context.onSecret(value);
  const own = /^(?:env:(?:\/\/)?(\w+)|file:(?:.*\/)?\.?([^/]+))$/s.exec(reference);
  const name = written ?? own?.[1] ?? own?.[2]?.toUpperCase().replaceAll(/[.-]/g, '_');
  if (name === undefined) throw new UsageError(`${flag}: the secret has no name; write NAME=${reference}`);
  return dag.setSecret(name, value);
}

/** Files that say how an app is meant: what stands in their place and is none would be passed over, since nothing of it is taken in. */
const SAID = ['quayside.yaml', 'quayside.lock', '.dockerignore'];

function refuseOddFiles(path: string): void {
  for (const name of SAID) {
    const found = lstatSync(join(path, name), { throwIfNoEntry: false });
    if (found === undefined || found.isFile() || found.isSymbolicLink()) continue;
    const what = found.isDirectory() ? 'a directory' : 'a pipe, a socket or a device';
    throw new UsageError(
      `${join(path, name)} is ${what}: put the file there that is meant, or remove it to go on without (\`rm -r ${name}\`)`,
    );
  }
}

/** A directory as a function takes it; of one that ignores patterns, with all that belongs to it for git. */
function hostDirectory(path: string, ignore: readonly string[] | undefined): Directory {
  if (ignore === undefined) return dag.host().directory(path);
  refuseOddFiles(path);
  const top = repositoryAround(path);
  if (top === undefined) return asItLies(path, ignore);
  return withVersion(withLinks(checkout(path, ignore), { path, top, ignore }), path);
}

function checkout(path: string, ignore: readonly string[]): Directory {
  const tracked = trackedIgnoredFiles(path);
  if (tracked.length > 0) {
    // What git ignores is left out here, so that the rules, which the functions would go by, need not come along.
    const counted = dag.host().directory(path, { exclude: [...ignore, '**/.gitignore'], gitignore: true });
    return counted.withDirectory(
      '/',
      dag.host().directory(path, { include: tracked.map(literal), exclude: [...ignore] }),
    );
  }
  return asItLies(path, ignore);
}

function asItLies(path: string, ignore: readonly string[]): Directory {
  // What git ignores is left out by the functions themselves; of a whole repository it is not even taken in.
  const isRepository = existsSync(join(path, '.git'));
  return dag.host().directory(path, { exclude: [...ignore], ...(isRepository ? { gitignore: true } : {}) });
}

/** A path as a pattern that means nothing else. */
function literal(path: string): string {
  return path.replace(/[\\*?[\]!]/g, '\\$&');
}

/** A source that git knows, and the top of its repository. */
interface Source {
  readonly path: string;
  readonly top: string;
  readonly ignore: readonly string[];
}

function withLinks(directory: Directory, { path, top, ignore }: Source): Directory {
  return outwardLinks(path, top).reduce((all, link) => {
    const without = all.withoutFile(link.path);
    return link.isDirectory
      ? without.withDirectory(link.path, dag.host().directory(link.target, { exclude: [...ignore], gitignore: true }))
      : without.withFile(link.path, dag.host().file(link.target));
  }, directory);
}

function withVersion(directory: Directory, path: string): Directory {
  const text = archivalText(path);
  return text === undefined ? directory : directory.withNewFile(ARCHIVAL, text);
}

function hostPath(text: string, flag: string, wanted: 'directory' | 'file', cwd: string): string {
  const path = resolve(cwd, text);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${flag}: no such ${wanted}: ${path}`);
  if (wanted === 'directory' ? !found.isDirectory() : !found.isFile())
    throw new UsageError(`${flag}: not a ${wanted}: ${path}`);
  return path;
}

/** `env:NAME`, `file:PATH` or `cmd:COMMAND`, with or without the `//` that Dagger's own command line writes. */
function readSecret(text: string, flag: string, { cwd, env }: HostContext): string {
  const [, scheme, rest = ''] = /^(env|file|cmd):(?:\/\/)?(.+)$/s.exec(text) ?? [];
  switch (scheme) {
    case 'env': {
      const value = env[rest];
      if (value === undefined) throw new UsageError(`${flag}: the environment variable ${rest} is not set`);
      return value;
    }
    case 'file':
      return readFileSync(hostPath(rest.replace(/^~(?=\/)/, env.HOME ?? '~'), flag, 'file', cwd), 'utf8');
    case 'cmd':
      try {
        return execFileSync('sh', ['-c', rest], {
          cwd,
          env,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'inherit'],
        }).replace(/\n$/, '');
      } catch (error) {
        throw new UsageError(`${flag}: the command failed: ${rest}`, { cause: error });
      }
    default:
      // The text itself may be the secret: it is not repeated.
      throw new UsageError(`${flag}: a secret is given as env:NAME, file:PATH or cmd:COMMAND, never as its plain text`);
  }
}
