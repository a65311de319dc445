/** What an eject writes: the rendered files, without losing what people changed in those of an earlier one. */
import type { Plan } from '../plan/types.js';
import { composeFiles } from './compose.js';
import { dockerfile } from './dockerfile.js';
import { dockerignore } from './dockerignore.js';
import { documents } from './documents.js';
import { environmentExample } from './environment.js';
import { githubWorkflow } from './github.js';
import { gitlabPipeline } from './gitlab.js';
import { kubernetes } from './kubernetes.js';
import { makefile } from './makefile.js';
import { placeOf } from './places.js';
import { BESIDE, type EjectRecord, hashOf, isAsWritten, RECORD, recordText } from './record.js';
import { BROUGHT, HEADER, type Rendered, type RenderedSource } from './rendered.js';

/** Names of what can be rendered, as people ask for it. */
export const FORMATS = ['dockerfile', 'compose', 'makefile', 'kubernetes', 'github', 'gitlab', 'docs'] as const;
export type Format = (typeof FORMATS)[number];

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
    compose: () => [...composeFiles(plan, source), environmentExample(plan, source)],
    makefile: () => [makefile(plan, source)],
    kubernetes: () => kubernetes(plan),
    github: () => githubWorkflow(plan),
    gitlab: () => gitlabPipeline(plan),
    docs: () => documents(plan, source),
  };
  const all = FORMATS.map(format => ({ format, files: makers[format]() }));
  const asked = all.flatMap(made => (wanted.includes(made.format) ? made.files : []));
  const files = asked.some(({ path }) => path.startsWith(`${BROUGHT}/`)) ? [...asked, KEPT_BY_GIT] : asked;
  if (!wanted.includes('dockerfile')) return files;
  // What images are not to see does not depend on which of the files were asked for.
  const paths = all.flatMap(made => made.files.map(({ path }) => path));
  return [...files, dockerignore(plan, source, [placeOf(source, '.dockerignore'), ...paths])];
}

/** What images are made of belongs into the repository, whatever names of files it ignores: lib/ and env/ are usual ones. */
const KEPT_BY_GIT: Rendered = {
  path: `${BROUGHT}/.gitignore`,
  text: `# ${HEADER}\n# Git keeps all of this directory, whatever other files of rules ignore.\n!*\n`,
};

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
  return {
    files: [...files, { path: RECORD, text: recordText(newRecord) }],
    fates: Object.fromEntries(fates.map(([{ path }, fate]) => [path, fate])),
    outdated: partial ? [] : others.flatMap(([path]) => (isAsWritten(record, path, present.get(path)) ? [path] : [])),
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
  return isAsWritten(record, path, there) ? 'written' : 'changed by hand';
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
      return isAsWritten(record, file.path, file.text) ? [] : [{ ...file, path: `${file.path}${BESIDE}` }];
  }
}
