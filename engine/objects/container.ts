/** A container as described: a root file system, an image config, mounts and bindings. Immutable; every change is a new value. */
import { posix } from 'node:path';
import { emptyConfig, type ImageConfig, pairValue } from './image-config.js';
import {
  type Binding,
  defineOp,
  type ExecOp,
  emptyTree,
  type Mount,
  type Op,
  type ProcessSpec,
  type TreeRef,
} from './op.js';
import { cleanPath } from './patterns.js';

export interface ContainerState {
  readonly platform: string;
  readonly rootfs: Op;
  readonly config: ImageConfig;
  readonly mounts: readonly Mount[];
  /** Variables of processes alone: no part of the config, their values in no key. */
  readonly volatileEnv: readonly (readonly [name: string, value: string])[];
  readonly secretEnv: readonly (readonly [name: string, secret: string])[];
  readonly bindings: readonly Binding[];
  readonly lastExec?: ExecOp;
  readonly imageRef?: string;
  readonly registryAuth: readonly { readonly address: string; readonly username: string; readonly secret: string }[];
  readonly terminalArgs: readonly string[];
  /** Default args were set here, not by the image. */
  readonly defaultArgsSet?: boolean;
}

/** The empty container of a platform such as `linux/amd64`. */
export function emptyContainer(platform: string): ContainerState {
  return {
    platform,
    rootfs: emptyTree,
    config: emptyConfig,
    mounts: [],
    volatileEnv: [],
    secretEnv: [],
    bindings: [],
    registryAuth: [],
    terminalArgs: ['sh'],
  };
}

/** PATH of a process whose container sets none, as BuildKit has it. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Makes a path absolute in the container's working directory; one that is absolute already stays as it is written. */
export function absolutePath(container: ContainerState, path: string): string {
  return path.startsWith('/') ? path : cleanPath(posix.join(container.config.workdir || '/', path));
}

/** `$name`, `${anything}`, and the shell's variables of one character, as Go's os.Expand finds them. */
const variable = /\$(?:\{(?<braced>[^}]*)\}|(?<open>\{)|(?<special>[*#$@!?\-0-9])|(?<plain>\w+))/g;

/**
 * Replaces $NAME and ${NAME} by the container's variables, an unknown one by nothing (Go's os.Expand).
 * @throws Error when a secret variable is named
 */
export function expandVariables(container: ContainerState, text: string): string {
  return text.replace(variable, (...match) => {
    const { braced, open, special, plain } = match.at(-1) as Record<string, string | undefined>;
    // A brace that is never closed is eaten, and so is an empty pair.
    if (open !== undefined || braced === '') return '';
    const name = braced ?? special ?? plain ?? '';
    if (container.secretEnv.some(([n]) => n === name))
      throw new Error(`expand cannot be used with secret env variable "${name}"`);
    return pairValue(container.config.env, name) ?? '';
  });
}

/** Mounts as a process gets them: in clean places, outer ones first, of two in one place the later. */
function processMounts(mounts: readonly Mount[]): readonly Mount[] {
  const places = new Map(mounts.map(m => [posix.resolve('/', m.path), m]));
  return [...places].map(([path, m]) => ({ ...m, path })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The process that runs in a container with these arguments. */
export function processSpec(container: ContainerState, args: readonly string[]): ProcessSpec {
  return {
    rootfs: container.rootfs,
    args,
    env: container.config.env,
    volatileEnv: container.volatileEnv,
    secretEnv: container.secretEnv,
    user: container.config.user,
    workdir: posix.resolve('/', container.config.workdir),
    mounts: processMounts(container.mounts),
    bindings: container.bindings,
    platform: container.platform,
  };
}

/**
 * Arguments of a process: the given ones or the default ones, after the entrypoint where that is asked for.
 * @throws Error when nothing is left to run
 */
export function commandLine(
  container: ContainerState,
  given: readonly string[],
  useEntrypoint: boolean,
): readonly string[] {
  const args = given.length > 0 ? given : container.config.defaultArgs;
  const all = useEntrypoint ? [...container.config.entrypoint, ...args] : args;
  if (all.length === 0) throw new Error('no command has been set: give args, or set default args or an entrypoint');
  return all;
}

/** The arguments of a service: an entrypoint counts unless default args or other arguments were set. @throws Error when nothing is left to run */
export function serviceCommandLine(
  { config, defaultArgsSet }: ContainerState,
  given: readonly string[],
  useEntrypoint: boolean,
): readonly string[] {
  const entrypoint = useEntrypoint || (given.length === 0 && !defaultArgsSet) ? config.entrypoint : [];
  const all = [...entrypoint, ...(given.length > 0 ? given : config.defaultArgs)];
  if (all.length === 0)
    throw new Error('no service command has been set: give args, or set default args or an entrypoint');
  return all;
}

/** What is there for processes alone, beside the container's files: it hides nothing, and nothing hides it. */
export const isBeside = ({ kind }: Mount): boolean => kind === 'secret' || kind === 'socket';

/** The mount that a path lies in, the latest of those; what is there for processes alone does not count. */
export function mountAt(container: ContainerState, path: string): Mount | undefined {
  return container.mounts.findLast(m => !isBeside(m) && (path === m.path || path.startsWith(`${m.path}/`)));
}

/**
 * Where a path of the container really lies: in its root file system or in a mounted directory or file.
 * @throws Error when it lies in a cache or a tmpfs, whose contents are no part of the container
 */
export function locate(container: ContainerState, path: string): TreeRef {
  const absolute = absolutePath(container, path);
  const mount = mountAt(container, absolute);
  if (mount === undefined) return { op: container.rootfs, path: cleanPath(absolute) };
  if (mount.kind === 'directory' || mount.kind === 'file')
    return { op: mount.source.op, path: posix.join(mount.source.path, posix.relative(mount.path, absolute)) };
  throw new Error(`${absolute}: cannot retrieve path from ${mount.kind === 'temp' ? 'tmpfs' : mount.kind}`);
}

/** The container without what is mounted at exactly this path: the latest mount, and the latest secret. */
export function withoutMount(container: ContainerState, path: string): ContainerState {
  const absolute = absolutePath(container, path);
  const gone = [
    container.mounts.findLastIndex(m => !isBeside(m) && m.path === absolute),
    container.mounts.findLastIndex(m => m.kind === 'secret' && m.path === absolute),
  ];
  return { ...container, mounts: container.mounts.filter((_, i) => !gone.includes(i)) };
}

/** The container without the socket at exactly this path. */
export function withoutSocket(container: ContainerState, path: string): ContainerState {
  const absolute = absolutePath(container, path);
  return { ...container, mounts: container.mounts.filter(m => m.kind !== 'socket' || m.path !== absolute) };
}

/** The container with one more mount, which hides those in the same place and below it. */
export function withMount(container: ContainerState, mount: Mount): ContainerState {
  const hidden = (m: Mount) => !isBeside(m) && (m.path === mount.path || m.path.startsWith(`${mount.path}/`));
  const kept = isBeside(mount) ? container.mounts : container.mounts.filter(m => !hidden(m));
  return { ...container, mounts: [...kept, mount] };
}

/**
 * The container whose file tree at `path` (root file system or mounted directory) is replaced by an operation made of it.
 * What is mounted at exactly that path is unmounted first; a directory only when the change `replaces` what is there.
 */
export function updateTree(
  container: ContainerState,
  path: string,
  replaces: boolean,
  change: (at: TreeRef) => Op,
): ContainerState {
  const absolute = absolutePath(container, path);
  const mount = mountAt(container, absolute);
  const at = locate(container, path);
  if (mount === undefined) return { ...container, rootfs: change(at) };
  const exact = posix.relative(mount.path, absolute) === '';
  if (exact && (replaces || mount.kind === 'file'))
    return updateTree(withoutMount(container, mount.path), path, replaces, change);
  if (mount.kind !== 'directory') throw new Error(`${absolute} does not lie in a directory`);
  const source: TreeRef = { op: change(at), path: mount.source.path };
  return { ...container, mounts: container.mounts.map(m => (m === mount ? { ...mount, source } : m)) };
}

/** The container after a process: its root file system and what is mounted writable hold what the process wrote. */
export function afterExec(container: ContainerState, exec: ExecOp): ContainerState {
  return {
    ...container,
    rootfs: exec,
    lastExec: exec,
    mounts: container.mounts.map(m => {
      if (m.kind !== 'file' && (m.kind !== 'directory' || m.readOnly)) return m;
      const path = posix.resolve('/', m.path);
      return { ...m, source: { op: defineOp({ kind: 'mounted', exec, path }), path: m.source.path } };
    }),
  };
}
