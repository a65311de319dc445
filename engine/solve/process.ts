/** Runs one process of a description with podman: its root file system mounted, mounts, secrets, hosts and trust in place. */
import { basename, dirname, join, posix, relative } from 'node:path';
import { makeDirectories } from '../fs/copy.js';
import { firstBytes } from '../fs/first-bytes.js';
import type { RealPlace } from '../fs/held.js';
import { resolveProcessUser } from '../fs/owner.js';
import { rootPath, statEntry } from '../fs/root-path.js';
import { watchStubs } from '../fs/stubs.js';
import { defaultPath } from '../objects/container.js';
import { pairValue } from '../objects/image-config.js';
import type { ProcessSpec } from '../objects/op.js';
import type { RunOptions } from '../podman/args.js';
import { requireRunnable } from '../podman/emulation.js';
import type { Engine } from './context.js';
import { type MountPlace, type PreparedMount, prepareMount } from './mounts.js';

/** A process ready to start: podman's options, the environment of podman itself, and what to do afterwards. */
export interface PreparedProcess {
  readonly run: Omit<RunOptions, 'mode' | 'stdin'>;
  /** Values of secret variables, for podman's environment. */
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly mounts: readonly (PreparedMount & { readonly path: string })[];
  /** Removes the mount points that the run made. */
  readonly clearStubs: () => void;
  release(): Promise<void>;
}

/** Where a path of a process lies on this machine: in what is mounted there, or in its root file system. */
export function placeInMounts(
  root: string,
  mounts: readonly (PreparedMount & { readonly path: string })[],
  path: string,
): RealPlace {
  const mount = mounts.findLast(m => path === m.path || path.startsWith(m.path === '/' ? '/' : `${m.path}/`))?.mount;
  const [top, inside] =
    mount?.kind === 'bind' ? [mount.source, posix.relative(mount.target, path)] : ([root, path] as const);
  // A file is mounted as itself.
  if (inside === '') return { root: dirname(top), path: basename(top) };
  return { root: top, path: relative(top, rootPath(top, inside)) };
}

const absolute = ({ root, path }: RealPlace): string => join(root, path);

/** Prepares a process over a root file system that is mounted writable. */
export async function prepareProcess(engine: Engine, spec: ProcessSpec, place: MountPlace): Promise<PreparedProcess> {
  const { root } = place;
  const { context, services } = engine;
  requireRunnable(spec.platform);
  const hosts = await services.bind(spec.bindings);
  const mounts: (PreparedMount & { readonly path: string })[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(mounts.map(m => m.release()));
  };
  try {
    for (const mount of spec.mounts) mounts.push({ ...(await prepareMount(engine, mount, place)), path: mount.path });
    makeDirectories(absolute(placeInMounts(root, mounts, spec.workdir)), {
      owner: resolveProcessUser(root, spec.user),
    });
    const clearStubs = watchStubs(
      root,
      spec.mounts.map(m => m.path),
    );
    const secretEnv: Record<string, string> = {};
    for (const [name, secret] of spec.secretEnv) secretEnv[name] = await context.secrets.plaintext(secret);
    const own = [...spec.env, ...spec.volatileEnv];
    const names = new Set([...own.map(([name]) => name), ...Object.keys(secretEnv)]);
    const env = [
      ...own,
      ...(names.has('PATH') ? [] : [['PATH', defaultPath] as const]),
      ...context.trust.env.filter(([name]) => !names.has(name)),
    ];
    return {
      run: {
        rootfs: root,
        args: spec.args,
        env,
        envNames: Object.keys(secretEnv),
        user: numericUser(root, spec.user),
        workdir: spec.workdir,
        mounts: [...context.trust.mounts, ...mounts.map(m => m.mount)],
        network: await context.podman.network(),
        hosts,
      },
      secretEnv,
      mounts,
      clearStubs,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** A number is given with its group: podman would look neither up. */
function numericUser(root: string, user: string): string {
  if (!/^\d+$/.test(user)) return user;
  const { uid, gid } = resolveProcessUser(root, user);
  return `${uid}:${gid}`;
}

/**
 * Why a command cannot be started, in the words of Go's os/exec as Dagger's init prints them; undefined when it can.
 * @param root where the process's root file system is mounted
 */
export function whyNotStartable(root: string, spec: ProcessSpec): string | undefined {
  const [command = ''] = spec.args;
  const mounted = (path: string) => spec.mounts.some(m => path === m.path || path.startsWith(`${m.path}/`));
  const problem = (path: string): string | undefined => {
    if (mounted(path)) return undefined;
    const real = rootPath(root, path);
    const stats = statEntry(real);
    if (stats === undefined) return 'no such file or directory';
    if (stats.isDirectory() || (stats.mode & 0o111) === 0) return 'permission denied';
    return undefined;
  };
  const unreadable = (path: string): string | undefined => {
    if (mounted(path)) return undefined;
    const start = firstBytes(rootPath(root, path));
    const interpreter = /^#!\s*(\S+)/.exec(start)?.[1];
    if (interpreter !== undefined) return problem(posix.resolve('/', spec.workdir, interpreter));
    return start.startsWith('\x7fELF') ? undefined : 'exec format error';
  };
  if (command === '' || command.includes('/')) {
    const path = posix.resolve('/', spec.workdir, command);
    const found = command === '' ? 'no such file or directory' : (problem(path) ?? unreadable(path));
    return found === undefined ? undefined : `fork/exec ${command}: ${found}`;
  }
  const place = (pairValue(spec.env, 'PATH') ?? defaultPath)
    .split(':')
    .map(directory => posix.resolve('/', spec.workdir, directory, command))
    .find(path => problem(path) === undefined);
  if (place === undefined) return `exec: ${JSON.stringify(command)}: executable file not found in $PATH`;
  const found = unreadable(place);
  return found === undefined ? undefined : `fork/exec ${place}: ${found}`;
}
