/** `engine status` and `engine prune`. */

import type { EngineStatus, PruneResult } from '../../engine/contract.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Takes the engine's status, returns it as lines. */
export function statusText({ stateDir, bytes, snapshots, caches, images }: EngineStatus): string {
  return `state      ${stateDir}\nsize       ${sizeText(bytes)}\nsnapshots  ${snapshots}\ncaches     ${caches}\nimages     ${images}\n`;
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
