import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './session.js';

/** What a session leaves on a machine while it runs, and must not leave afterwards. Empty lists say that nothing is left. */
export interface Traces {
  readonly sessions: readonly string[];
  readonly work: readonly string[];
  readonly mounts: readonly string[];
  readonly bridges: readonly string[];
  readonly processes: readonly string[];
}

export const NO_TRACES: Traces = { sessions: [], work: [], mounts: [], bridges: [], processes: [] };

/** Looks for the traces of the sessions that use a place's state: other sessions may run on this machine at the same time. */
export async function tracesOf(place: Place, ids: readonly string[]): Promise<Traces> {
  const names = async (dir: string) => readdir(dir).catch(() => []);
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter(line => line.includes(place.state) || ids.some(id => line.includes(id)));
  const bridges = (await names('/sys/class/net')).filter(name => ids.some(id => name === `qs${id.slice(0, 10)}`));
  const processes: string[] = [];
  for (const pid of (await names('/proc')).filter(name => /^\d+$/.test(name))) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    if (ids.some(id => argv.includes(id))) processes.push(argv);
  }
  return {
    sessions: (await names('/run/quayside')).filter(name => ids.includes(name)),
    work: await names(join(place.state, 'work')),
    mounts,
    bridges,
    processes,
  };
}

/** Ids of the sessions that run on a place's state. */
export async function sessionsOf(place: Place): Promise<string[]> {
  const ids: string[] = [];
  for (const id of await readdir('/run/quayside').catch(() => [])) {
    const owner = await readFile(join('/run/quayside', id, 'owner.json'), 'utf8').catch(() => '{}');
    if ((JSON.parse(owner) as { state?: string }).state === place.state) ids.push(id);
  }
  return ids;
}
