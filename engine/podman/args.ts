/** Builds podman's command lines. Pure: values that are secret never come in here. */

export type BindMount =
  | { readonly kind: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly size?: number };

export interface RunOptions {
  readonly rootfs: string;
  readonly args: readonly string[];
  /** Given by value. */
  readonly env: readonly (readonly [string, string])[];
  /** Given by name: podman takes the value from its own environment, so that it stands in no command line. */
  readonly envNames: readonly string[];
  readonly user: string;
  readonly workdir: string;
  readonly mounts: readonly BindMount[];
  readonly network: string;
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly mode: 'attached' | 'detached' | 'terminal';
  readonly stdin: boolean;
  readonly name?: string;
  readonly hostname?: string;
  /** A name by which others on the network find it, unlike any other's. */
  readonly networkAlias?: string;
  readonly logFile?: string;
  /** Where podman writes the number of the first process. */
  readonly pidFile?: string | undefined;
}

const csv = (fields: readonly string[]): string =>
  fields.map(f => (/[",]/.test(f) ? `"${f.replaceAll('"', '""')}"` : f)).join(',');

function mountArgument(mount: BindMount): string {
  switch (mount.kind) {
    case 'bind':
      return csv([
        'type=bind',
        `source=${mount.source}`,
        `destination=${mount.target}`,
        ...(mount.readOnly ? ['ro=true'] : []),
      ]);
    case 'tmpfs':
      return csv([
        'type=tmpfs',
        `destination=${mount.target}`,
        ...(mount.size === undefined ? [] : [`tmpfs-size=${mount.size}`]),
        'tmpfs-mode=1777',
        'notmpcopyup',
      ]);
  }
}

/** Annotation of containers whose processes get no HOSTNAME. */
export const unnamed = 'quayside.unnamed';

/** The arguments of `podman run` after podman's global options. */
export function runArguments(o: RunOptions): string[] {
  const log =
    o.logFile === undefined ? ['--log-driver', 'none'] : ['--log-driver', 'k8s-file', '--log-opt', `path=${o.logFile}`];
  return [
    'run',
    '--rm',
    ...(o.mode === 'detached' ? ['--detach'] : []),
    ...(o.mode === 'terminal' ? ['--tty', '--interactive'] : o.stdin ? ['--interactive'] : []),
    ...(o.name === undefined ? [] : ['--name', o.name]),
    // Podman would tell the process its host's name in a variable, and Dagger does not.
    ...(o.env.some(([name]) => name === 'HOSTNAME') ? [] : ['--annotation', `${unnamed}=1`]),
    '--hostname',
    o.hostname ?? 'dagger',
    ...(o.networkAlias === undefined ? [] : ['--network-alias', o.networkAlias]),
    '--init',
    '--unsetenv-all',
    '--passwd=false',
    ...log,
    ...(o.pidFile === undefined ? [] : ['--pidfile', o.pidFile]),
    '--network',
    o.network,
    ...o.hosts.flatMap(h => ['--add-host', `${h.name}:${h.address}`]),
    ...(o.user === '' ? [] : ['--user', o.user]),
    '--workdir',
    o.workdir,
    ...o.env.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...o.envNames.flatMap(name => ['--env', name]),
    ...o.mounts.flatMap(m => ['--mount', mountArgument(m)]),
    '--rootfs',
    o.rootfs,
    ...o.args,
  ];
}
