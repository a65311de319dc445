/** What an eject writes: the rendered files, without losing what people changed in those of an earlier one. */
import { createHash } from 'node:crypto';
import type { Plan } from '../plan/types.js';
import { composeFiles } from './compose.js';
import { dockerfile } from './dockerfile.js';
import { dockerignore } from './dockerignore.js';
import { environmentExample } from './environment.js';
import { kubernetes } from './kubernetes.js';
import { makefile } from './makefile.js';
import { BROUGHT, type Rendered, type RenderedSource } from './rendered.js';

/** Names of what can be rendered, as people ask for it. */
export const FORMATS = ['dockerfile', 'compose', 'makefile', 'kubernetes'] as const;
export type Format = (typeof FORMATS)[number];

/** The record of what was written: what is in it and as it was then is Quayside's to change. */
export const RECORD = `${BROUGHT}/ejected.json`;

/** Hashes of the files that were written, by path. */
export type EjectRecord = Readonly<Record<string, string>>;

/**
 * Renders an app's files.
 * @param wanted formats; default: all
 */
export function renderApp(
  plan: Plan,
  source: RenderedSource,
  wanted: readonly Format[] = FORMATS,
): readonly Rendered[] {
  const makers: Readonly<Record<Format, () => readonly Rendered[]>> = {
    dockerfile: () => dockerfile(plan, source),
    compose: () => [...composeFiles(plan), environmentExample(plan)],
    makefile: () => [makefile(plan)],
    kubernetes: () => kubernetes(plan),
  };
  const files = FORMATS.filter(format => wanted.includes(format)).flatMap(format => makers[format]());
  // What images are not to see does not depend on which of the files were asked for.
  const all = FORMATS.flatMap(format => makers[format]()).map(({ path }) => path);
  return wanted.includes('dockerfile') ? [...files, dockerignore(plan, source, ['.dockerignore', ...all])] : files;
}

/** What becomes of one rendered file. */
export type Fate =
  /** It is written: nothing is there, or what was written before. */
  | 'written'
  /** What is there is the same. */
  | 'there'
  /** Somebody changed what was written before: that stays, and what is new is laid beside. */
  | 'changed by hand'
  /** Somebody removed what was written before: that stays so. */
  | 'removed by hand'
  /** A file of that name was never Quayside's: it stays. */
  | 'not ours';

/** What an eject comes to. */
export interface Ejection {
  readonly files: readonly Rendered[];
  readonly fates: Readonly<Record<string, Fate>>;
  /** Files of an earlier eject that are not rendered any more, and are as they were written. */
  readonly outdated: readonly string[];
}

/** Ending of what is laid beside a file that stays. */
export const BESIDE = '.quayside-new';

/**
 * Decides what is written.
 * @param present texts of the files that are there, by path
 * @param record what an earlier eject wrote
 * @param options `force`: what is there is replaced whoever wrote it; `partial`: not all formats are rendered, the others stay as they are
 */
export function decide(
  rendered: readonly Rendered[],
  present: ReadonlyMap<string, string>,
  record: EjectRecord,
  { force = false, partial = false }: { readonly force?: boolean; readonly partial?: boolean } = {},
): Ejection {
  const fates = rendered.map(file => [file, force ? forced(file, present) : fateOf(file, present, record)] as const);
  const files = fates.flatMap(([file, fate]) => filesFor(file, fate, record));
  const kept = new Set(rendered.map(({ path }) => path));
  const others = Object.entries(record).filter(([path]) => !kept.has(path));
  const newRecord = Object.fromEntries([
    ...(partial ? others : []),
    ...fates.flatMap(([file, fate]): [string, string][] => {
      const before = record[file.path];
      if (fate === 'written' || fate === 'there') return [[file.path, hashOf(file.text)]];
      return before === undefined ? [] : [[file.path, before]];
    }),
  ]);
  const text = `${JSON.stringify({ version: 1, files: sorted(newRecord) }, null, 2)}\n`;
  return {
    files: [...files, { path: RECORD, text }],
    fates: Object.fromEntries(fates.map(([{ path }, fate]) => [path, fate])),
    outdated: partial
      ? []
      : others.filter(([path, hash]) => hashOf(present.get(path) ?? '') === hash).map(([path]) => path),
  };
}

function forced({ path, text }: Rendered, present: ReadonlyMap<string, string>): Fate {
  return present.get(path) === text ? 'there' : 'written';
}

function fateOf({ path, text }: Rendered, present: ReadonlyMap<string, string>, record: EjectRecord): Fate {
  const there = present.get(path);
  const before = record[path];
  if (there === text) return 'there';
  if (there === undefined) return before === undefined ? 'written' : 'removed by hand';
  if (before === undefined) return 'not ours';
  return hashOf(there) === before ? 'written' : 'changed by hand';
}

/** The file in its place, or beside the one that stays when it says something that the person has not seen yet. */
function filesFor(file: Rendered, fate: Fate, record: EjectRecord): readonly Rendered[] {
  switch (fate) {
    case 'written':
      return [file];
    case 'there':
    case 'removed by hand':
      return [];
    case 'not ours':
      return [{ ...file, path: `${file.path}${BESIDE}` }];
    case 'changed by hand':
      return hashOf(file.text) === record[file.path] ? [] : [{ ...file, path: `${file.path}${BESIDE}` }];
  }
}

/** Reads a record; what is none counts as an empty one. */
export function readRecord(text: string | undefined): EjectRecord {
  try {
    const { files } = JSON.parse(text ?? '') as { files?: unknown };
    const entries = typeof files === 'object' && files !== null && !Array.isArray(files) ? Object.entries(files) : [];
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => isRecorded(entry)));
  } catch {
    return {};
  }
}

/** Records come with the source, whoever wrote it: what is named lies in it, and nowhere else. */
function isRecorded([path, hash]: readonly [string, unknown]): boolean {
  const isInside = path !== '' && !path.startsWith('/') && !path.split('/').some(part => part === '..' || part === '');
  return isInside && typeof hash === 'string';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
