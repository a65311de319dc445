/** Which ports are open in a container, from /proc: no connection is made. */
import { readFileSync } from 'node:fs';

/** Ports in state LISTEN (TCP) or bound (UDP) in the network namespace of a process, as `80/TCP`; none on loopback. */
export function listeningPorts(pid: number): ReadonlySet<string> {
  const ports = new Set<string>();
  for (const [file, protocol, state] of [
    ['tcp', 'TCP', '0A'],
    ['tcp6', 'TCP', '0A'],
    ['udp', 'UDP', '07'],
    ['udp6', 'UDP', '07'],
  ] as const) {
    let table: string;
    try {
      table = readFileSync(`/proc/${pid}/net/${file}`, 'utf8');
    } catch {
      continue;
    }
    for (const line of table.split('\n').slice(1)) {
      const [, local, , found] = line.trim().split(/\s+/);
      const port = local?.split(':')[1];
      // An address on loopback cannot be reached by whoever is bound.
      if (found === state && port !== undefined && !/^(0100007F|0{24}01000000):/.test(local ?? ''))
        ports.add(`${Number.parseInt(port, 16)}/${protocol}`);
    }
  }
  return ports;
}
