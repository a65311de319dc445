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

export interface ContainerState {
  readonly platform: string;
  readonly rootfs: Op;
  readonly config: ImageConfig;
  readonly mounts: readonly Mount[];
  readonly secretEnv: readonly (readonly [name: string, secret: string])[];
  /** Variables that reach processes but are part of no digest. */
  readonly volatileEnv: readonly string[];
  readonly bindings: readonly Binding[];
  readonly lastExec?: ExecOp;
  readonly imageRef?: string;
  readonly registryAuth: readonly { readonly address: string; readonly username: string; readonly secret: string }[];
  readonly terminalArgs: readonly string[];
  readonly error?: string;
}

/** The empty container of a platform such as `linux/amd64`. */
export function emptyContainer(platform: string): ContainerState {
  return {
    platform,
    rootfs: emptyTree,
    config: emptyConfig,
    mounts: [],
    secretEnv: [],
    volatileEnv: [],
    bindings: [],
    registryAuth: [],
    terminalArgs: ['sh'],
  };
}

/** PATH of a process whose container sets none, as BuildKit has it. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Makes a path absolute in the container's working directory. */
export function absolutePath(container: ContainerState, path: string): string {
  return posix.resolve('/', container.config.workdir, path);
}

/**
 * Replaces $NAME and ${NAME} by the container's variables, an unknown one by nothing (Go's os.Expand).
 * @throws Error when a secret variable is named
 */
export function expandVariables(container: ContainerState, text: string): string {
  return text.replace(/\$(?:\{([^}]*)\}|(\w+))/g, (_, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? '';
    if (container.secretEnv.some(([n]) => n === name))
      throw new Error(`expand cannot be used with secret env variable "${name}"`);
    return pairValue(container.config.env, name) ?? '';
  });
}

/** The process that runs in a container with these arguments. */
export function processSpec(container: ContainerState, args: readonly string[]): ProcessSpec {
  return {
    rootfs: container.rootfs,
    args,
    env: container.config.env,
    secretEnv: container.secretEnv,
    user: container.config.user,
    workdir: container.config.workdir || '/',
    mounts: container.mounts,
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

const within = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(parent === '/' ? '/' : `${parent}/`);

/** The mount that a path lies in; the innermost, and of two at one path the later. */
export function mountAt(container: ContainerState, path: string): Mount | undefined {
  return container.mounts
    .filter(m => within(path, m.path))
    .reduce<Mount | undefined>(
      (best, m) => (best === undefined || m.path.length >= best.path.length ? m : best),
      undefined,
    );
}

/**
 * Where a path of the container really lies: in its root file system or in a mounted directory or file.
 * @throws Error when it lies in a cache, a tmpfs or a secret, whose contents are no part of the container
 */
export function locate(container: ContainerState, path: string): TreeRef {
  const absolute = absolutePath(container, path);
  const mount = mountAt(container, absolute);
  if (mount === undefined) return { op: container.rootfs, path: absolute };
  if (mount.kind === 'directory' || mount.kind === 'file')
    return { op: mount.source.op, path: posix.join(mount.source.path, posix.relative(mount.path, absolute)) };
  throw new Error(`${absolute} lies in a mounted ${mount.kind}, which is not part of the container's files`);
}

/** The container whose file tree at `path` (root file system or mounted directory) is replaced by an operation made of it. */
export function updateTree(container: ContainerState, path: string, change: (at: TreeRef) => Op): ContainerState {
  const absolute = absolutePath(container, path);
  const mount = mountAt(container, absolute);
  const at = locate(container, path);
  if (mount?.kind === 'directory') {
    const source: TreeRef = { op: change(at), path: mount.source.path };
    return { ...container, mounts: container.mounts.map(m => (m === mount ? { ...mount, source } : m)) };
  }
  if (mount !== undefined) throw new Error(`${absolute} lies in a mounted ${mount.kind}: it cannot be changed there`);
  return { ...container, rootfs: change(at) };
}

/** The container after a process: its root file system and mounted directories hold what the process wrote. */
export function afterExec(container: ContainerState, exec: ExecOp): ContainerState {
  return {
    ...container,
    rootfs: exec,
    lastExec: exec,
    mounts: container.mounts.map(m =>
      m.kind === 'directory' && !m.readOnly
        ? { ...m, owner: '', source: { op: defineOp({ kind: 'mounted', exec, path: m.path }), path: m.source.path } }
        : m,
    ),
  };
}
