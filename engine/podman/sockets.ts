/** The sockets of a network namespace or of a process and those it started, from /proc: nothing is sent. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A socket that is connected to somebody outside of its machine, or is about to be. */
export interface OutsideSocket {
  /** Who is at its other end: `192.0.2.1:443`, `[2001:db8::1]:443`. */
  readonly remote: string;
  readonly protocol: 'tcp' | 'udp';
  /** Something was sent, and sent again, and nobody has said that it came: a beginning, data, or the question whether anybody is there. */
  readonly unanswered: boolean;
  readonly inode: string;
}

const TABLES = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
] as const;

/** As linux/tcp_states.h numbers them; what a datagram's socket is connected to makes it established. */
const ESTABLISHED = '01';
const SYN_SENT = '02';

/** The sockets in the network namespace of a process that are connected outside, or about to be. A process that is gone has none. */
export function outsideSockets(pid: number | 'self'): readonly OutsideSocket[] {
  return TABLES.flatMap(([file, protocol]) =>
    textOf(`/proc/${pid}/net/${file}`)
      .split('\n')
      .slice(1)
      .flatMap(line => parseSocket(line, protocol) ?? []),
  );
}

/**
 * Whether the network namespace of a process has sockets of TCP or UDP at all. The tables of them are read bucket by bucket of a table that is the whole
 * machine's, some milliseconds each; this is a count.
 */
export function hasSockets(pid: number): boolean {
  return ['sockstat', 'sockstat6'].some(file =>
    /^(?:TCP|UDP)6?: inuse [1-9]/m.test(textOf(`/proc/${pid}/net/${file}`)),
  );
}

/** A line of /proc/net/tcp, as proc(5) and the kernel's Documentation/networking/proc_net_tcp.rst have it. */
function parseSocket(line: string, protocol: OutsideSocket['protocol']): OutsideSocket | undefined {
  const [, , rem, state, queues, , resent, , probes, inode] = line.trim().split(/\s+/);
  if (rem === undefined || inode === undefined || (state !== ESTABLISHED && state !== SYN_SENT)) return undefined;
  const [address = '', port = ''] = rem.split(':');
  if (isLoopback(address)) return undefined;
  const sending = !queues?.startsWith('00000000:') && Number.parseInt(resent ?? '0', 16) > 0;
  return {
    remote: `${formatAddress(address)}:${Number.parseInt(port, 16)}`,
    protocol,
    unanswered: state === SYN_SENT || (protocol === 'tcp' && (sending || Number(probes) > 0)),
    inode,
  };
}

/** Words of four bytes, each as the machine holds it: little-endian. */
const bytesOf = (address: string): readonly number[] =>
  (address.match(/.{8}/g) ?? []).flatMap(word => [...Buffer.from(word, 'hex').reverse()]);

const MAPPED = '0000000000000000FFFF0000';
const isLoopback = (address: string): boolean =>
  /7F$/.test(address.replace(MAPPED, '')) || address === '00000000000000000000000001000000';

function formatAddress(address: string): string {
  const bytes = bytesOf(address.replace(MAPPED, ''));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  return `[${groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::')}]`;
}

/** How many segments and datagrams have come in, in the network namespace of a process; undefined when the process is gone. */
export function received(pid: number): number | undefined {
  const lines = textOf(`/proc/${pid}/net/snmp`).split('\n');
  const counter = (protocol: string, name: string): number | undefined => {
    const [names, values] = lines.filter(line => line.startsWith(`${protocol}: `)).map(line => line.split(' '));
    const value = values?.[names?.indexOf(name) ?? -1];
    return value === undefined ? undefined : Number(value);
  };
  const segments = counter('Tcp', 'InSegs');
  return segments === undefined ? undefined : segments + (counter('Udp', 'InDatagrams') ?? 0);
}

/** The inodes of the sockets that a process and all below it have open. */
export function socketInodes(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  const visit = (process: number | string): void => {
    for (const fd of namesIn(`/proc/${process}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${process}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
    for (const task of namesIn(`/proc/${process}/task`))
      for (const child of textOf(`/proc/${process}/task/${task}/children`).split(' ')) if (child !== '') visit(child);
  };
  visit(pid);
  return inodes;
}

const orNothing = <T>(read: () => T, nothing: T): T => {
  try {
    return read();
  } catch {
    return nothing;
  }
};
const textOf = (file: string): string => orNothing(() => readFileSync(file, 'utf8'), '');
const namesIn = (directory: string): readonly string[] => orNothing(() => readdirSync(directory), []);
const linkOf = (file: string): string => orNothing(() => readlinkSync(file), '');
