/** Walks a directory in the order of its sorted names, giving only what a selector selects. */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Selector } from './filter.js';

export interface WalkedEntry {
  /** Relative to the walked directory, with `/`. */
  readonly path: string;
  readonly absolute: string;
  readonly stats: Stats;
}

const entriesBetweenBreaths = 400;

/** Yields every selected entry below `root`, a directory before what is in it; a skipped directory comes first when something in it is selected. */
export async function* walk(root: string, select: Selector): AsyncGenerator<WalkedEntry> {
  let count = 0;
  async function* below(relative: string, pending: readonly WalkedEntry[]): AsyncGenerator<WalkedEntry> {
    let waiting = pending;
    const names = readdirSync(join(root, relative)).sort((a, b) => (a < b ? -1 : 1));
    for (const name of names) {
      count += 1;
      if (count % entriesBetweenBreaths === 0) await breathe();
      const path = relative === '' ? name : `${relative}/${name}`;
      const absolute = join(root, path);
      const stats = lstatSync(absolute);
      const isDirectory = stats.isDirectory();
      const verdict = select(path, isDirectory);
      if (verdict === 'pruned') continue;
      const entry = { path, absolute, stats };
      if (verdict === 'selected') {
        yield* waiting;
        waiting = [];
        yield entry;
      }
      if (!isDirectory) continue;
      const passOn = verdict === 'selected' ? [] : [...waiting, entry];
      let found = false;
      for await (const inner of below(path, passOn)) {
        found = true;
        yield inner;
      }
      if (found) waiting = [];
    }
  }
  yield* below('', []);
}
