/** Fields of Host: files of this machine, taken in by content. */
import { basename, dirname, join, relative, resolve } from 'node:path';
import { defined } from '../../defined.js';
import { hashNamedFile } from '../../fs/content-hash.js';
import { copyEntry } from '../../fs/copy.js';
import { makeSelector } from '../../fs/filter.js';
import { requireHostDirectory, requireHostFile } from '../../fs/host-files.js';
import { findAbove } from '../../fs/list.js';
import { listTree } from '../../fs/listing.js';
import { defineOp, type Filter } from '../../objects/op.js';
import { cleanPath } from '../../objects/patterns.js';
import { remembered } from '../../remembered.js';
import { whileDoing } from '../../solve/steps.js';
import { large, owner, takeDirectory } from '../../solve/taken.js';
import { contentLayer, keepByContent } from '../../store/filled-layers.js';
import { type Api, type Fields, object } from '../api.js';
import { filterOf } from './trees.js';

/** Keeps a copy of what `fill` writes as a layer named by content, unless it is kept already. */
async function takeIn(api: Api, content: string, fill: (directory: string) => Promise<void>) {
  const op = defineOp({ kind: 'layers', origin: 'host', content, layers: [contentLayer(content)] });
  if (!(await api.solver.isStored(op))) await keepByContent(api.context.store, content, fill);
  await api.solver.solve(op);
  return op;
}

async function directoryOf(api: Api, path: string, filter: Filter) {
  requireHostDirectory(path);
  const special: string[] = [];
  const listing = await whileDoing(api.context, `reading ${path}`, () =>
    listTree(path, makeSelector(filter, path), entry => void special.push(entry)),
  );
  const isLarge = listing.size >= large;
  const op = isLarge ? api.seen.describe(path, filter, listing) : await takeDirectory(api, path, filter);
  const [first, ...more] = special;
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  if (first !== undefined)
    api.context.emit({
      kind: 'notice',
      text: `left out: ${first}${others}: pipes, sockets and devices hold nothing to take`,
    });
  return object('Directory', { op, path: '/' });
}

/** What was taken in already, by path and filter: within a session this machine's directories stay as they were first seen. */
const takenIn = new WeakMap<Api, Map<string, ReturnType<typeof directoryOf>>>();

function directoryOnce(api: Api, path: string, filter: Filter): ReturnType<typeof directoryOf> {
  const known = takenIn.get(api) ?? new Map<string, ReturnType<typeof directoryOf>>();
  takenIn.set(api, known);
  return remembered(known, JSON.stringify([path, filter]), () => directoryOf(api, path, filter));
}

/** Patterns that lead out of the directory select nothing, and the directory itself means all in it. */
const local = (patterns: readonly string[]): string[] =>
  patterns.flatMap(text => {
    const [, sign = '', pattern = ''] = /^(!?)(.*)$/s.exec(text) ?? [];
    const cleaned = cleanPath(pattern);
    if (pattern === '' || cleaned.startsWith('/') || cleaned === '..' || cleaned.startsWith('../')) return [];
    return [`${sign}${cleaned === '.' ? '*' : cleaned}`];
  });

export const hostFields: Fields<'Host'> = {
  directory(_, args, api) {
    const path = resolve(args.path);
    const { include, exclude, gitignore } = filterOf(args);
    const repository = gitignore ? findAbove(path, '.git') : undefined;
    const take = args.noCache ? directoryOf : directoryOnce;
    return take(api, path, {
      include: local(include),
      exclude: local(exclude),
      gitignore,
      ...defined({ gitignoreRoot: repository }),
    });
  },
  async file(_, args, api) {
    const path = resolve(args.path);
    const stats = requireHostFile(path);
    const content = await hashNamedFile(path, api.context.hasherBelow(dirname(path)));
    const name = basename(path);
    const op = await takeIn(api, content, async scratch => copyEntry(path, join(scratch, name), stats, { owner }));
    return object('File', { op, path: `/${name}` });
  },
  unixSocket: (_, args) => object('Socket', { path: resolve(args.path) }),
  findUp(_, args) {
    const found = findAbove(process.cwd(), args.name);
    return found === undefined ? null : relative(process.cwd(), join(found, args.name));
  },
};
