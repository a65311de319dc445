/**
 * Directories of this machine, taken in by content. Of a large one it is remembered what was taken, and what has changed since is written as a
 * layer over that: an edit costs what was edited.
 */
import { existsSync, lstatSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import * as z from 'zod';
import { SourceError } from '../errors.js';
import { describeDirectory, hashOfLines } from '../fs/content-hash.js';
import { copyDirectory, copyEntry, setMetadata } from '../fs/copy.js';
import { makeSelector, type Selector } from '../fs/filter.js';
import { digestOf } from '../objects/digest.js';
import { defineOp, type Filter, type OpOf } from '../objects/op.js';
import { contentLayer, keepByContent } from '../store/filled-layers.js';
import type { RecordKind } from '../store/records.js';
import { writeLayer } from '../store/written-layers.js';
import type { Engine, EngineContext } from './context.js';
import { layersName } from './keys.js';

/** Files of this machine belong to whoever runs the engine; in containers they are root's. */
export const owner = { uid: 0, gid: 0 };

/** A smaller directory is copied whole as quickly. */
const large = 1000;
/** Where more has changed, or the layers have become many, everything is copied again. */
const largestShare = 0.2;
const deepest = 16;

interface Remembered {
  readonly layers: readonly string[];
  readonly lines: readonly string[];
}

const rememberedRecord: RecordKind<Remembered> = {
  what: 'a list of what was taken in',
  schema: z.custom<Remembered>(isRemembered),
};

/** One look each: a schema of a hundred thousand lines takes as long as taking them in. */
function isRemembered(value: unknown): boolean {
  const { layers, lines } = (value ?? {}) as Partial<Record<keyof Remembered, unknown>>;
  const areTexts = (texts: unknown): boolean => Array.isArray(texts) && texts.every(text => typeof text === 'string');
  return areTexts(layers) && areTexts(lines);
}

/** What a directory was found to hold. */
interface Found {
  readonly lines: readonly string[];
  readonly content: string;
  /** Pipes, sockets and devices, which hold nothing to take. */
  readonly special: readonly string[];
  /** Whether its .gitignore files are all in it. */
  readonly hasRules: boolean;
}

async function look(context: EngineContext, path: string, filter: Filter): Promise<Found> {
  const special: string[] = [];
  let hasRules = true;
  const select = makeSelector(filter, path);
  const noting: Selector = (entry, isDirectory) => {
    const verdict = select(entry, isDirectory);
    if (verdict !== 'selected' && basename(entry) === '.gitignore') hasRules = false;
    return verdict;
  };
  const leaveOut = (entry: string): void => void special.push(entry);
  const lines = await describeDirectory(path, noting, { hash: context.hashFile, leaveOut, owner });
  return { lines, content: hashOfLines(lines), special, hasRules };
}

const pathOf = (line: string): string => JSON.parse(line.slice(0, line.lastIndexOf('" ') + 1)) as string;

/** Writes what is new over what was there. */
async function bringUpToDate(root: string, from: string, { gone, fresh }: Changes): Promise<void> {
  for (const path of gone) rmSync(join(root, path), { recursive: true, force: true });
  const touched = new Set([...gone, ...fresh].map(path => posix.dirname(path)));
  for (const path of fresh) {
    const [source, target] = [join(from, path), join(root, path)];
    const stats = lstatSync(source, { throwIfNoEntry: false });
    if (stats === undefined) throw new SourceError(`${path} went away while it was taken in`);
    if (!stats.isDirectory()) {
      await copyEntry(source, target, stats, { owner });
      continue;
    }
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (there !== undefined && !there.isDirectory()) rmSync(target);
    if (there?.isDirectory() !== true) mkdirSync(target);
    setMetadata(target, stats, { owner });
  }
  for (const path of touched) {
    if (path === '.' || !existsSync(join(root, path))) continue;
    const { atimeMs, mtimeMs } = statSync(join(from, path));
    utimesSync(join(root, path), atimeMs / 1000, mtimeMs / 1000);
  }
}

/** Paths that are no more, and paths that are new or otherwise, parents before what is in them. */
interface Changes {
  readonly gone: readonly string[];
  readonly fresh: readonly string[];
}

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
async function wholeRecord({ context, solver }: Engine, file: string): Promise<Remembered | undefined> {
  const before = await context.records.read(rememberedRecord, file);
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
      ? await writeLayer(context, before.layers, tree => bringUpToDate(tree.root, path, changes))
      : await all();
  await context.records.write(rememberedRecord, file, { layers, lines });
  return layers;
}

/** A directory as it was taken in, and what of it was left out as nothing to take. */
export interface Taken {
  readonly op: OpOf<'layers'>;
  readonly special: readonly string[];
}

/** Takes what a filter selects of a directory of this machine in, unless it was already. */
export async function takeDirectory(engine: Engine, path: string, filter: Filter): Promise<Taken> {
  const { context, solver } = engine;
  const found = await look(context, path, filter);
  const { content, special } = found;
  const known = opOf(content, [contentLayer(content)]);
  const layers = (await solver.isStored(known))
    ? (await solver.solve(known)).layers
    : await layersOf(engine, path, filter, found);
  const name = layersName(layers);
  if ((await context.store.recall(name)) !== content) await context.store.remember(name, content);
  const selected = filter.gitignore && found.hasRules ? { selected: 'gitignore' as const } : {};
  const op = defineOp({ kind: 'layers', origin: 'host', content, layers, ...selected });
  await solver.solve(op);
  return { op, special };
}
