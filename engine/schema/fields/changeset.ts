/** Fields of Changeset: what two states of a directory differ in. */
import { describeEntry, hashFile } from '../../fs/content-hash.js';
import { walk } from '../../fs/walk.js';
import { defineOp } from '../../objects/op.js';
import type { ChangesetRef } from '../../objects/registry.js';
import { type Api, type Fields, object } from '../api.js';
import { requireType } from './trees.js';

interface Changes {
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly removed: readonly string[];
}

/** What is at each path of a tree; directories end with a slash. */
async function entriesOf(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = new Map<string, string>();
  for await (const { path, absolute, stats } of walk(root, () => 'selected'))
    entries.set(stats.isDirectory() ? `${path}/` : path, await describeEntry(absolute, stats, hashFile));
  return entries;
}

async function changesOf(api: Api, { before, after }: ChangesetRef): Promise<Changes> {
  const [old, now] = await Promise.all(
    [before, after].map(async tree => entriesOf(await requireType(api, tree, 'directory'))),
  );
  const gone = [...old!.keys()].filter(path => !now!.has(path));
  return {
    added: [...now!.keys()].filter(path => !old!.has(path)),
    modified: [...now!].flatMap(([path, is]) => {
      const was = old!.get(path);
      return was !== undefined && was !== is && !path.endsWith('/') ? [path] : [];
    }),
    // A directory that is gone says enough of what was in it.
    removed: gone.filter(path => !gone.some(other => other.endsWith('/') && path !== other && path.startsWith(other))),
  };
}

export const changesetFields: Fields<'Changeset'> = {
  before: ({ before }) => object('Directory', before),
  after: ({ after }) => object('Directory', after),
  layer: ({ before, after }) =>
    object('Directory', { op: defineOp({ kind: 'diff', lower: before, upper: after }), path: '/' }),
  addedPaths: async (value, _, api) => (await changesOf(api, value)).added,
  modifiedPaths: async (value, _, api) => (await changesOf(api, value)).modified,
  removedPaths: async (value, _, api) => (await changesOf(api, value)).removed,
  async isEmpty(value, _, api) {
    const { added, modified, removed } = await changesOf(api, value);
    return added.length + modified.length + removed.length === 0;
  },
};
