/**
 * This machine's own git, shut in: of the machine it sees its programs and libraries, a tree, and a directory to work in. What a repository says of
 * itself may name programs to be run, and objects that lie elsewhere; neither gets anywhere.
 */
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { answered } from './silence.js';

export interface SealedGit {
  /** Lines for a shell. The tree is at /repo, what may be written at /work. */
  readonly script: string;
  readonly args?: readonly string[];
  /** A directory of this machine. */
  readonly tree?: string;
  /** Whether the tree may be written to. */
  readonly writable?: boolean;
  /** An empty directory of this machine. */
  readonly work: string;
  /** Whether it may ask others: over HTTP and git's own protocol. Then it cannot read repositories of files. */
  readonly network: boolean;
  /** Headers for addresses, known to nobody else. */
  readonly headers?: readonly { readonly address: string; readonly header: string }[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Where certificates, names and proxies come from. */
const ofNetwork = [
  '/etc/ssl',
  '/etc/pki',
  '/etc/ca-certificates',
  '/usr/local/share/ca-certificates',
  '/etc/resolv.conf',
  '/etc/hosts',
  '/etc/nsswitch.conf',
];
const proxies = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'all_proxy',
];
const bundles = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'GIT_SSL_CAINFO'];

/** Makes a root of its own on a tmpfs, and goes into it without any right but to read what is in it. */
const seal = `set -e
work=$1; tree=$2; mode=$3; script=$4; places=$5; shift 5
root=$work/.root; mkdir "$root"
mount -t tmpfs -o mode=755,size=1m tmpfs "$root"
for name in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then cp -P "/$name" "$root/$name"
  elif [ -d "/$name" ]; then mkdir "$root/$name"; mount --rbind "/$name" "$root/$name"; mount -o remount,bind,ro "$root/$name" 2>/dev/null || :
  fi
done
mkdir -p "$root/etc" "$root/dev" "$root/proc" "$root/tmp" "$root/repo" "$root/work"
echo 'root:x:0:0:root:/:/bin/sh' > "$root/etc/passwd"
for place in $places; do
  [ -e "$place" ] || continue
  real=$(readlink -f "$place")
  if [ -d "$real" ]; then mkdir -p "$root$place"; else mkdir -p "$root$(dirname "$place")"; : > "$root$place"; fi
  mount --rbind "$real" "$root$place"
done
for device in null zero urandom; do : > "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
[ -z "$tree" ] || { mount --bind "$tree" "$root/repo"; [ "$mode" = rw ] || mount -o remount,bind,ro "$root/repo"; }
printf '[safe]\\n\\tdirectory = *\\n' > "$root/etc/own"
mount --bind "$work" "$root/work"
cd /
exec chroot "$root" setpriv --bounding-set=-all,+dac_override,+chown,+fowner --inh-caps=-all --no-new-privs -- sh -eu -c "$script" sh "$@"
`;

function configuration({ network, headers = [] }: SealedGit): Readonly<Record<string, string>> {
  const allowed = network ? ['http', 'https', 'git'] : ['file'];
  const settings: (readonly [string, string])[] = [
    ['protocol.allow', 'never'],
    ...allowed.map(name => [`protocol.${name}.allow`, 'always'] as const),
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['init.defaultBranch', 'main'],
    ['advice.detachedHead', 'false'],
    ['http.lowSpeedLimit', '100'],
    ['http.lowSpeedTime', '30'],
    ...headers.map(({ address, header }) => [`http.${address}.extraHeader`, header] as const),
  ];
  const pairs = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) };
}

/** What passes by itself, or would with another network. */
const passing =
  /could not resolve|failed to connect|couldn't connect|connection (?:refused|reset|timed out)|timed out|unable to connect|early eof|rpc failed|unexpected disconnect|network is unreachable|error: (?:429|5\d\d)|hung up unexpectedly|operation too slow/i;

/**
 * Runs git and returns what it printed.
 * @throws InfrastructureError where nobody answers, Error with git's words where the answer is no
 */
export async function sealedGit(call: SealedGit): Promise<string> {
  const { script, args = [], tree = '', writable = false, work, network, env, signal } = call;
  const named = bundles.map(name => env[name]).filter(path => path !== undefined);
  const places = network ? [...ofNetwork, ...named].join(' ') : '';
  const isolated = ['--mount', '--pid', '--fork', '--kill-child', ...(network ? [] : ['--net'])];
  const running = execa(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'unshare',
      ...isolated,
      '--',
      'sh',
      '-c',
      seal,
      'sh',
      work,
      tree,
      writable ? 'rw' : 'ro',
      script,
      places,
      ...args,
    ],
    {
      cwd: work,
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/tmp',
        LC_ALL: 'C.UTF-8',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/etc/own',
        GIT_TERMINAL_PROMPT: '0',
        GIT_ASKPASS: 'true',
        ...(network &&
          Object.fromEntries(proxies.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])))),
        ...(network && named[0] !== undefined && { GIT_SSL_CAINFO: named[0] }),
        ...configuration(call),
      },
      extendEnv: false,
      stdin: 'ignore',
      stripFinalNewline: false,
      maxBuffer: 256 * 1024 * 1024,
      cancelSignal: signal,
      reject: false,
    },
  );
  const { result, silence } = await answered(running);
  signal.throwIfAborted();
  if (result.exitCode === 0) return String(result.stdout);
  const said = silence ?? (String(result.stderr).trim() || result.shortMessage || 'git failed');
  if (network && (silence !== undefined || passing.test(said))) throw new InfrastructureError(said);
  throw new Error(said);
}
