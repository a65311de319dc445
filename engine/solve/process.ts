/** Runs one process of a description with podman: its root file system mounted, mounts, secrets, hosts and trust in place. */
import { readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { makeDirectories } from '../fs/copy.js';
import { rootPath } from '../fs/root-path.js';
import { defaultPath } from '../objects/container.js';
import { pairValue } from '../objects/image-config.js';
import type { ProcessSpec } from '../objects/op.js';
import type { RunOptions } from '../podman/args.js';
import type { EngineContext, Services, Solver } from './context.js';
import { type PreparedMount, prepareMount } from './mounts.js';
import { watchStubs } from './stubs.js';

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

/** Prepares a process over a root file system mounted writable at `root`. */
export async function prepareProcess(
  context: EngineContext,
  solver: Solver,
  services: Services,
  spec: ProcessSpec,
  root: string,
): Promise<PreparedProcess> {
  const hosts = await services.bind(spec.bindings);
  const mounts: (PreparedMount & { readonly path: string })[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(mounts.map(m => m.release()));
  };
  try {
    for (const mount of spec.mounts)
      mounts.push({ ...(await prepareMount(context, solver, mount, root)), path: mount.path });
    if (!spec.mounts.some(m => spec.workdir === m.path || spec.workdir.startsWith(`${m.path}/`))) {
      makeDirectories(rootPath(root, spec.workdir), { owner: undefined });
    }
    const clearStubs = watchStubs(
      root,
      spec.mounts.map(m => m.path),
    );
    const secretEnv: Record<string, string> = {};
    for (const [name, secret] of spec.secretEnv) secretEnv[name] = await context.secrets.plaintext(secret);
    const names = new Set([...spec.env.map(([name]) => name), ...Object.keys(secretEnv)]);
    const env = [
      ...(names.has('PATH') ? [] : [['PATH', defaultPath] as const]),
      ...spec.env,
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

/** A bare uid gets the same gid, as Dagger has it; podman would look for a passwd entry and take group 0. */
function numericUser(root: string, user: string): string {
  if (!/^\d+$/.test(user)) return user;
  const entry = resolvePasswd(root, user);
  return entry ?? user;
}

function resolvePasswd(root: string, uid: string): string | undefined {
  try {
    const line = readFileSync(rootPath(root, '/etc/passwd'), 'utf8')
      .split('\n')
      .map(l => l.split(':'))
      .find(fields => fields[2] === uid);
    return line ? `${uid}:${line[3]}` : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why a command cannot be started, in the words of Go's os/exec as Dagger's init prints them; undefined when it can.
 * @param root where the process's root file system is mounted
 */
export function whyNotStartable(root: string, spec: ProcessSpec): string | undefined {
  const [command = ''] = spec.args;
  const mounted = (path: string) => spec.mounts.some(m => path === m.path || path.startsWith(`${m.path}/`));
  const problem = (path: string): 'missing' | 'denied' | undefined => {
    if (mounted(path)) return undefined;
    const real = rootPath(root, path);
    const stats = statSync(real, { throwIfNoEntry: false });
    if (stats === undefined) return 'missing';
    if (stats.isDirectory() || (stats.mode & 0o111) === 0) return 'denied';
    return undefined;
  };
  if (command.includes('/')) {
    const found = problem(posix.resolve('/', spec.workdir, command));
    if (found === undefined) return undefined;
    return `fork/exec ${command}: ${found === 'missing' ? 'no such file or directory' : 'permission denied'}`;
  }
  const path = pairValue(spec.env, 'PATH') ?? defaultPath;
  const found = path
    .split(':')
    .some(directory => problem(posix.resolve('/', spec.workdir, directory, command)) === undefined);
  return found ? undefined : `exec: ${JSON.stringify(command)}: executable file not found in $PATH`;
}
