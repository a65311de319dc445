/** What the state holds, and where. */
import { readdirSync } from 'node:fs';
import type { EngineStatus } from '../contract.js';
import { measureAll } from './account.js';
import { openState } from './layout.js';
import { liveSessions } from './sessions.js';
import { amountOf, readLimit } from './state-limit.js';

const nothing = { bytes: 0, entries: 0 };

/** Reports what is kept. */
export async function engineStatus(stateDir?: string, env: NodeJS.ProcessEnv = process.env): Promise<EngineStatus> {
  const limit = readLimit(env);
  const dirs = openState(stateDir, env);
  const { total, parts } = await measureAll(dirs);
  const most = await amountOf(limit, dirs.root, total);
  const amount = (...names: readonly string[]) =>
    names
      .map(name => parts.get(name) ?? nothing)
      .reduce((a, b) => ({ bytes: a.bytes + b.bytes, entries: a.entries + b.entries }), nothing);
  return {
    stateDir: dirs.root,
    bytes: total.bytes,
    files: total.entries,
    // Infinity is no number in JSON.
    limit: limit.kind === 'none' ? null : Math.round(most.bytes),
    sessions: (await liveSessions(dirs)).length,
    snapshots: readdirSync(dirs.snapshots).length,
    caches: readdirSync(dirs.caches).length,
    images: readdirSync(dirs.references).length,
    parts: [
      { name: 'layers of results', ...amount('l') },
      { name: 'records of results', ...amount('snapshots', 'hashes') },
      { name: 'volumes', ...amount('caches', 'volumes') },
      { name: 'pulled images', ...amount('images', 'references') },
      { name: 'written image layers', ...amount('blobs') },
      { name: 'unfinished work', ...amount('work', 'away', 'locks', 'sessions') },
    ],
  };
}
