/** `engine status` and `engine prune`. */

import type { EngineStatus, PruneResult } from '../../engine/contract.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Takes the engine's status, returns it as lines. */
export function statusText({ limit, ...status }: EngineStatus): string {
  const rows = [
    ['state', status.stateDir],
    ['size', `${sizeText(status.bytes)}, ${status.files} files and directories`],
    ['limit', limit === null ? 'none' : `${sizeText(limit)} (QUAYSIDE_STATE_LIMIT)`],
    ['sessions', `${status.sessions} at work`],
    ['snapshots', `${status.snapshots}`],
    ['caches', `${status.caches}`],
    ['images', `${status.images}`],
    ...status.parts.map(({ name, bytes, entries }) => [`  ${name}`, `${sizeText(bytes)}, ${entries}`] as const),
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `${name.padEnd(width)}${value}\n`).join('');
}

/** Takes what a prune removed, returns it as a line. */
export function pruneText({ removed, bytes }: PruneResult): string {
  return `removed ${removed} ${removed === 1 ? 'result' : 'results'}, ${sizeText(bytes)}\n`;
}

/** `1.2 GB`, in decimal units. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
