/** Fields of Host: files of this machine, taken in by content. */
import { existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { defined } from '../../defined.js';
import { hashDirectory, hashNamedFile } from '../../fs/content-hash.js';
import { copyDirectory, copyEntry } from '../../fs/copy.js';
import { removeTree } from '../../fs/remove-tree.js';
import { defineOp, type Filter } from '../../objects/op.js';
import { cleanPath } from '../../objects/patterns.js';
import { type Api, type Fields, object } from '../api.js';
import { filterOf } from './trees.js';

/** Files of this machine belong to whoever runs the engine; in containers they are root's. */
const owner = { uid: 0, gid: 0 };

/** Keeps a copy of what `fill` writes as a layer named by content, unless it is kept already. */
async function takeIn(api: Api, content: string, fill: (directory: string) => Promise<void>) {
  const { store, dirs } = api.context;
  const id = content.slice(0, 16);
  if (!existsSync(join(dirs.layers, id))) {
    const { scratch } = store.newLayer();
    mkdirSync(scratch, { recursive: true, mode: 0o755 });
    try {
      await fill(scratch);
      await store.addLayer(id, scratch).catch((error: NodeJS.ErrnoException) => {
        // Another session was first with the same content.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } finally {
      await removeTree(scratch);
    }
  }
  const op = defineOp({ kind: 'layers', origin: 'host', content, layers: [id] });
  await api.solver.solve(op);
  return op;
}

async function directoryOf(api: Api, path: string, filter: Filter) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`${path}: no such file or directory on this machine`);
  if (!stats.isDirectory()) throw new Error(`${path}: not a directory`);
  const content = await hashDirectory(path, filter, api.context.hashFile);
  const op = await takeIn(api, content, scratch =>
    copyDirectory(path, { root: scratch, path: '/' }, filter, { owner }),
  );
  return object('Directory', { op, path: '/' });
}

/** Patterns that lead out of the directory select nothing, and the directory itself means all in it. */
const local = (patterns: readonly string[]): string[] =>
  patterns.flatMap(text => {
    const [, sign = '', pattern = ''] = /^(!?)(.*)$/s.exec(text) ?? [];
    const cleaned = cleanPath(pattern);
    if (pattern === '' || cleaned.startsWith('/') || cleaned === '..' || cleaned.startsWith('../')) return [];
    return [`${sign}${cleaned === '.' ? '*' : cleaned}`];
  });

function above(path: string, name: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at;
    if (at === dirname(at)) return undefined;
  }
}

export const hostFields: Fields<'Host'> = {
  directory(_, args, api) {
    const path = resolve(args.path);
    const { include, exclude, gitignore } = filterOf(args);
    const repository = gitignore ? above(path, '.git') : undefined;
    return directoryOf(api, path, {
      include: local(include),
      exclude: local(exclude),
      gitignore,
      ...defined({ gitignoreRoot: repository }),
    });
  },
  async file(_, args, api) {
    const path = resolve(args.path);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // A link is taken in as one, alone: what it leads to is not there.
    if (!stats?.isFile()) throw new Error(`${path}: no such file on this machine`);
    const content = await hashNamedFile(path, api.context.hashFile);
    const name = basename(path);
    const op = await takeIn(api, content, async scratch => copyEntry(path, join(scratch, name), stats, { owner }));
    return object('File', { op, path: `/${name}` });
  },
  findUp(_, args) {
    const found = above(process.cwd(), args.name);
    return found === undefined ? null : relative(process.cwd(), join(found, args.name));
  },
};
