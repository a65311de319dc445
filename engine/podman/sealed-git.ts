/**
 * This machine's own git, shut in: of the machine it sees its programs and libraries, a tree, and a directory to work in. What a repository says of
 * itself may name programs to be run, and objects that lie elsewhere; neither gets anywhere.
 */
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { proxySettings } from './proxies.js';
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

/** Where certificates and names come from, below /etc. */
const ofNetwork = ['ssl', 'pki', 'ca-certificates', 'resolv.conf', 'hosts', 'nsswitch.conf'];
const bundles = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'GIT_SSL_CAINFO'];

/** Where the bundle of certificates is that a variable names: in a place of our own, whatever its path leads through. */
const bundle = '/etc/own.crt';

/**
 * Makes a root of its own on a tmpfs, and goes into it without any right but to read what is in it. What is written here lies on that tmpfs or in
 * the working directory: names below what is mounted are this machine's own files, so nothing is made there. All of that is read-only, except in a
 * user namespace that may not say so, where the files of root are nobody's to write.
 */
const seal = `set -e
work=$1; tree=$2; mode=$3; script=$4; places=$5; bundle=$6; shift 6
root=$work/.root; mkdir "$root"
mount -t tmpfs -o mode=755,size=1m tmpfs "$root"
show() {
  mount --bind -- "$1" "$2" 2>/dev/null || mount --rbind -- "$1" "$2"
  mount -o remount,bind,ro "$2" 2>/dev/null || ! grep -q 4294967295 /proc/self/uid_map
}
for name in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then cp -P "/$name" "$root/$name"
  elif [ -d "/$name" ]; then mkdir "$root/$name"; show "/$name" "$root/$name"
  fi
done
mkdir "$root/etc" "$root/dev" "$root/proc" "$root/tmp" "$root/repo" "$root/work"
echo 'root:x:0:0:root:/:/bin/sh' > "$root/etc/passwd"
printf '[safe]\\n\\tdirectory = *\\n' > "$root/etc/own"
for name in $places; do
  [ -e "/etc/$name" ] || continue
  real=$(readlink -f "/etc/$name")
  if [ -d "$real" ]; then mkdir "$root/etc/$name"; else : > "$root/etc/$name"; fi
  show "$real" "$root/etc/$name"
done
[ -z "$bundle" ] || { : > "$root/etc/own.crt"; show "$(readlink -f "$bundle")" "$root/etc/own.crt"; }
for device in null zero urandom; do : > "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
if [ "$mode" = rw ]; then mount --bind -- "$tree" "$root/repo"
elif [ -n "$tree" ]; then show "$tree" "$root/repo"
fi
mount --bind -- "$work" "$root/work"
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
  const named = network
    ? bundles.map(name => env[name]).find(path => path !== undefined && existsSync(path))
    : undefined;
  const places = network ? ofNetwork.join(' ') : '';
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
      named ?? '',
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
        ...(network && proxySettings(env)),
        ...(named !== undefined && { GIT_SSL_CAINFO: bundle }),
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
