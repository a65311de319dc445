/**
 * Directories of this machine, taken in by content. Of a large one it is remembered what was taken, and what has changed since is written as a
 * layer over that: an edit costs what was edited.
 */
import { basename, join } from 'node:path';
import { bringUpToDate, type Changes } from '../fs/bring-up-to-date.js';
import { describeDirectory, hashOfLines } from '../fs/content-hash.js';
import { copyDirectory } from '../fs/copy.js';
import { makeSelector } from '../fs/filter.js';
import type { Selector } from '../fs/walk.js';
import { digestOf } from '../objects/digest.js';
import { defineOp, type Filter, type OpOf } from '../objects/op.js';
import { contentLayer, keepByContent } from '../store/filled-layers.js';
import { type TakenRecord, takenRecord } from '../store/taken-record.js';
import { writeLayer } from '../store/written-layers.js';
import type { Engine, EngineContext } from './context.js';
import { layersName } from './keys.js';
import { whileDoing } from './steps.js';

/** Files of this machine belong to whoever runs the engine; in containers they are root's. */
export const owner = { uid: 0, gid: 0 };

/** A directory of fewer entries is copied whole as quickly. */
export const large = 1000;
/** Where more has changed, or the layers have become many, everything is copied again. */
const largestShare = 0.2;
const deepest = 16;

/** What a directory was found to hold. */
interface Found {
  readonly lines: readonly string[];
  readonly content: string;
  /** Whether its .gitignore files are all in it. */
  readonly hasRules: boolean;
}

async function look(context: EngineContext, path: string, filter: Filter): Promise<Found> {
  let hasRules = true;
  const select = makeSelector(filter, path);
  const noting: Selector = (entry, isDirectory) => {
    const verdict = select(entry, isDirectory);
    if (verdict !== 'selected' && basename(entry) === '.gitignore') hasRules = false;
    return verdict;
  };
  const lines = await describeDirectory(path, noting, {
    hash: context.hasherBelow(path),
    leaveOut: () => undefined,
    owner,
  });
  return { lines, content: hashOfLines(lines), hasRules };
}

const pathOf = (line: string): string => JSON.parse(line.slice(0, line.lastIndexOf('" ') + 1)) as string;

function changesBetween(before: readonly string[], now: readonly string[]): Changes {
  const [had, has] = [new Set(before), new Set(now)];
  const fresh = now.filter(line => !had.has(line)).map(pathOf);
  const left = before.filter(line => !has.has(line)).map(pathOf);
  const again = new Set(fresh);
  return { gone: left.filter(path => !again.has(path)), fresh };
}

const opOf = (content: string, layers: readonly string[]) =>
  defineOp({ kind: 'layers', origin: 'host', content, layers });

/** What was remembered, as far as all of it is still there. */
async function wholeRecord({ context, solver }: Engine, file: string): Promise<TakenRecord | undefined> {
  const before = await context.records.read(takenRecord, file);
  if (before === undefined || before.layers.length >= deepest) return undefined;
  const op = opOf(hashOfLines(before.lines), before.layers);
  return (await solver.isStored(op)) ? { ...before, layers: (await solver.solve(op)).layers } : undefined;
}

/** The layers of what was found: those of before with what has changed, or one with everything. */
async function layersOf(engine: Engine, path: string, filter: Filter, found: Found): Promise<readonly string[]> {
  const { lines, content } = found;
  const { context } = engine;
  const all = async () => {
    await keepByContent(context.store, content, scratch =>
      copyDirectory(path, { root: scratch, path: '/' }, filter, { owner, leaveOut: () => undefined }),
    );
    return [contentLayer(content)];
  };
  if (lines.length < large) return all();
  const file = join(context.dirs.hashes, `taken-${digestOf({ path, filter })}.json`);
  const before = await wholeRecord(engine, file);
  const changes = before === undefined ? undefined : changesBetween(before.lines, lines);
  const few = changes !== undefined && changes.gone.length + changes.fresh.length < lines.length * largestShare;
  const layers =
    few && before !== undefined
      ? await writeLayer(context, before.layers, tree => bringUpToDate(tree.root, path, changes, owner))
      : await all();
  await context.records.write(takenRecord, file, { layers, lines });
  return layers;
}

/** Takes what a filter selects of a directory of this machine in, unless it was already; pipes, sockets and devices hold nothing to take. */
export function takeDirectory(engine: Engine, path: string, filter: Filter): Promise<OpOf<'layers'>> {
  return whileDoing(engine.context, `reading ${path}`, () => takeIn(engine, path, filter));
}

async function takeIn(engine: Engine, path: string, filter: Filter): Promise<OpOf<'layers'>> {
  const { context, solver } = engine;
  const found = await look(context, path, filter);
  const known = opOf(found.content, [contentLayer(found.content)]);
  const layers = (await solver.isStored(known))
    ? (await solver.solve(known)).layers
    : await layersOf(engine, path, filter, found);
  const { content } = found;
  const name = layersName(layers);
  if ((await context.store.recall(name)) !== content) await context.store.remember(name, content);
  const selected = filter.gitignore && found.hasRules ? { selected: 'gitignore' as const } : {};
  const op = defineOp({ kind: 'layers', origin: 'host', content, layers, ...selected });
  await solver.solve(op);
  return op;
}
