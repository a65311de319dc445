/** Podman's configuration of one session: its own storage on tmpfs, and what this machine needs, found by looking. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAddressHook } from './bridge.js';
import { writeHostnameHook } from './hostname.js';
import { isRootless } from './rootless.js';
import { seccompProfile } from './seccomp.js';
import { wallsScript } from './walls.js';

export interface PodmanPaths {
  /** Environment for every podman call. */
  readonly env: NodeJS.ProcessEnv;
  /** Options for every podman call. */
  readonly options: readonly string[];
  /** Podman's storage. */
  readonly root: string;
  /** Where it keeps what it knows of each container. */
  readonly containers: string;
  /** Where network configurations lie. */
  readonly networks: string;
}

/** What containers.conf depends on. */
interface MachineTraits {
  readonly cgroupV2: boolean;
  readonly systemd: boolean;
  /** Hard limits of this process, `unlimited` as podman writes it. */
  readonly openFiles: string;
  readonly processes: string;
}

function hardLimit(limits: string, label: string, ceiling: number): string {
  const value = new RegExp(`^${label}\\s+\\S+\\s+(\\S+)`, 'm').exec(limits)?.[1] ?? 'unlimited';
  return value === 'unlimited' ? String(ceiling) : String(Math.min(Number(value), ceiling));
}

/** podman lowers its own process limit to this, and without CAP_SYS_RESOURCE a container's cannot be above it. */
const loweredProcesses = 32_768;
const capSysResource = 24n;

/** In a user namespace the capability is there and is none: limits are the whole machine's. */
function mayRaiseLimits(env: NodeJS.ProcessEnv): boolean {
  if (isRootless(env)) return false;
  const effective = /^CapEff:\s+([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> capSysResource) & 1n) === 1n;
}

/** Looks at this machine. */
function readTraits(env: NodeJS.ProcessEnv): MachineTraits {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return {
    cgroupV2: existsSync('/sys/fs/cgroup/cgroup.controllers'),
    systemd: existsSync('/run/systemd/system'),
    openFiles: hardLimit(limits, 'Max open files', 1_048_576),
    processes: hardLimit(limits, 'Max processes', mayRaiseLimits(env) ? 1_048_576 : loweredProcesses),
  };
}

/**
 * What Docker and BuildKit give: more than podman does. Given as the default, since podman makes those that are added for one container ambient
 * ones of whoever is not root in it.
 */
const capabilities = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Renders containers.conf. What this machine's /etc/hosts says is true of this machine alone. crun refuses hybrid cgroups, and a limit above the hard one cannot be set: both are avoided. */
function renderContainersConf(traits: MachineTraits, hooks: string, seccomp: string | undefined): string {
  return `[containers]
default_ulimits = ["nofile=${traits.openFiles}:${traits.openFiles}", "nproc=${traits.processes}:${traits.processes}"]
log_driver = "k8s-file"
base_hosts_file = "none"
default_capabilities = [${capabilities.map(name => `"${name}"`).join(', ')}]
${seccomp === undefined ? '' : `seccomp_profile = "${seccomp}"\n`}
[engine]
${traits.cgroupV2 ? '' : 'runtime = "runc"\n'}cgroup_manager = "${traits.cgroupV2 && traits.systemd ? 'systemd' : 'cgroupfs'}"
events_logger = "none"
hooks_dir = ["/usr/share/containers/oci/hooks.d", "/etc/containers/oci/hooks.d", "${hooks}"]

[network]
network_backend = "netavark"
`;
}

/** Writes the configuration into a session's directory. The user's own configuration is not read and not changed. */
export function configurePodman(sessionDir: string, sessionId: string, env: NodeJS.ProcessEnv): PodmanPaths {
  const at = (name: string) => join(sessionDir, name);
  mkdirSync(at('podman'), { recursive: true });
  writeAddressHook(at('podman/hooks'), sessionId, env, wallsScript(at('podman'), sessionId, env));
  writeHostnameHook(at('podman/hooks'));
  const profile = seccompProfile();
  if (profile !== undefined) writeFileSync(at('seccomp.json'), profile);
  const seccomp = profile === undefined ? undefined : at('seccomp.json');
  writeFileSync(at('containers.conf'), renderContainersConf(readTraits(env), at('podman/hooks'), seccomp));
  writeFileSync(
    at('storage.conf'),
    `[storage]\ndriver = "vfs"\ngraphroot = "${at('podman/root')}"\nrunroot = "${at('podman/run')}"\n`,
  );
  return {
    env: { ...env, CONTAINERS_CONF: at('containers.conf'), CONTAINERS_STORAGE_CONF: at('storage.conf') },
    options: [
      '--tmpdir',
      at('podman/tmp'),
      '--network-config-dir',
      at('podman/networks'),
      '--root',
      at('podman/root'),
      '--runroot',
      at('podman/run'),
    ],
    root: at('podman/root'),
    containers: at('podman/root/vfs-containers'),
    networks: at('podman/networks'),
  };
}
