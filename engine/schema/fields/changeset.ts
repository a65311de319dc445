/** Fields of Changeset: what two states of a directory differ in. */

import { removeBelow } from '../../fs/apply-changes.js';
import { checkExport, exportDirectory } from '../../fs/export.js';
import { hasChanges, type TreeChanges, topmost } from '../../fs/tree-changes.js';
import { type ChangedTrees, defineOp, emptyTree, type OnConflict, type TreeRef } from '../../objects/op.js';
import type { DiffStatRef } from '../../objects/registry.js';
import { changesOf, diffStats, patchName, patchOf } from '../../solve/changes.js';
import { type Api, type Fields, object } from '../api.js';
import { copyTree, exportPath, removePaths, requireType } from './trees.js';

const changeset = (value: ChangedTrees) => object('Changeset', value);

/** A changeset stays as it is: what it differs in is looked for once. */
const known = new WeakMap<ChangedTrees, Promise<TreeChanges>>();

async function look(api: Api, value: ChangedTrees): Promise<TreeChanges> {
  await Promise.all([value.before, value.after].map(tree => requireType(api, tree, 'directory')));
  return changesOf(api, value);
}

function pathsOf(api: Api, value: ChangedTrees): Promise<TreeChanges> {
  const found = known.get(value) ?? look(api, value);
  known.set(value, found);
  found.catch(() => known.delete(value));
  return found;
}

const layerOf = ({ before, after }: ChangedTrees): TreeRef => ({
  op: defineOp({ kind: 'diff', lower: before, upper: after }),
  path: '/',
});

/** What all changes begin with, one over the other; what git keeps in a directory would be in the way of the git that brings them together. */
function commonGround(pairs: readonly ChangedTrees[]): TreeRef {
  const trees = pairs.map(({ before }) => before);
  const merged = trees.reduce((op, tree) => copyTree({ op, path: '/' }, tree, {}), emptyTree);
  return { op: removePaths(merged, ['/.git']), path: '/' };
}

async function merge(api: Api, ours: ChangedTrees, others: readonly ChangedTrees[], onConflict: OnConflict) {
  if (others.length === 0) return changeset(ours);
  const before = commonGround([ours, ...others]);
  const op = defineOp({ kind: 'merge', base: before.op, ours, others, onConflict });
  // Whether they fit together is the answer.
  await api.solver.solve(op);
  return changeset({ before, after: { op, path: '/' } });
}

async function exportChanges(api: Api, value: ChangedTrees, target: string): Promise<void> {
  checkExport(target, 'directory');
  const { added, removed } = await pathsOf(api, value);
  const source = await requireType(api, layerOf(value), 'directory');
  await exportDirectory(source, target, { wipe: false, signal: api.context.activity.signal });
  // What has come in place of something has taken it away.
  const taken = new Set(added.map(path => path.replace(/\/$/, '')));
  for (const path of topmost(removed)) if (!taken.has(path.replace(/\/$/, ''))) removeBelow(target, path);
}

export const changesetFields: Fields<'Changeset'> = {
  before: ({ before }) => object('Directory', before),
  after: ({ after }) => object('Directory', after),
  layer: value => object('Directory', layerOf(value)),
  async sync(value, _, api) {
    await Promise.all([value.before, value.after].map(tree => requireType(api, tree, 'directory')));
    return api.registry.idOf(changeset(value));
  },
  addedPaths: async (value, _, api) => (await pathsOf(api, value)).added,
  modifiedPaths: async (value, _, api) => (await pathsOf(api, value)).modified,
  removedPaths: async (value, _, api) => topmost((await pathsOf(api, value)).removed),
  isEmpty: async (value, _, api) => !hasChanges(await pathsOf(api, value)),
  async diffStats(value, _, api) {
    const [before, after] = [value.before, value.after].map(tree => requireType(api, tree, 'directory'));
    return (await diffStats(api.context, await before!, await after!)).map(stat => object('DiffStat', stat));
  },
  asPatch: async (value, _, api) => {
    const op = patchOf(value);
    await api.solver.solve(op);
    return object('File', { op, path: `/${patchName}` });
  },
  withChangeset: (value, args, api) =>
    merge(api, value, [api.registry.load(args.changes, 'Changeset')], args.onConflict),
  withChangesets: (value, args, api) =>
    merge(
      api,
      value,
      (args.changes as string[]).map(id => api.registry.load(id, 'Changeset')),
      args.onConflict,
    ),
  async export(value, args, api) {
    const target = exportPath(args.path);
    await exportChanges(api, value, target);
    return target;
  },
};

export const diffStatFields: Fields<'DiffStat'> = {
  path: (stat: DiffStatRef) => stat.path,
  oldPath: stat => stat.oldPath ?? null,
  kind: stat => stat.kind,
  addedLines: stat => stat.addedLines,
  removedLines: stat => stat.removedLines,
};
