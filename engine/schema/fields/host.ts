/** Fields of Host: files of this machine, taken in by content. */
import { basename, join, relative, resolve } from 'node:path';
import { defined } from '../../defined.js';
import { hashDirectory, hashNamedFile } from '../../fs/content-hash.js';
import { copyDirectory, copyEntry } from '../../fs/copy.js';
import { requireHostDirectory, requireHostFile } from '../../fs/host-files.js';
import { findAbove } from '../../fs/list.js';
import { defineOp, type Filter } from '../../objects/op.js';
import { cleanPath } from '../../objects/patterns.js';
import { keepByContent } from '../../store/filled-layers.js';
import { type Api, type Fields, object } from '../api.js';
import { filterOf } from './trees.js';

/** Files of this machine belong to whoever runs the engine; in containers they are root's. */
const owner = { uid: 0, gid: 0 };

/** Keeps a copy of what `fill` writes as a layer named by content, unless it is kept already. */
async function takeIn(api: Api, content: string, fill: (directory: string) => Promise<void>) {
  const id = await keepByContent(api.context, content, fill);
  const op = defineOp({ kind: 'layers', origin: 'host', content, layers: [id] });
  await api.solver.solve(op);
  return op;
}

async function directoryOf(api: Api, path: string, filter: Filter) {
  requireHostDirectory(path);
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

export const hostFields: Fields<'Host'> = {
  directory(_, args, api) {
    const path = resolve(args.path);
    const { include, exclude, gitignore } = filterOf(args);
    const repository = gitignore ? findAbove(path, '.git') : undefined;
    return directoryOf(api, path, {
      include: local(include),
      exclude: local(exclude),
      gitignore,
      ...defined({ gitignoreRoot: repository }),
    });
  },
  async file(_, args, api) {
    const path = resolve(args.path);
    const stats = requireHostFile(path);
    const content = await hashNamedFile(path, api.context.hashFile);
    const name = basename(path);
    const op = await takeIn(api, content, async scratch => copyEntry(path, join(scratch, name), stats, { owner }));
    return object('File', { op, path: `/${name}` });
  },
  findUp(_, args) {
    const found = findAbove(process.cwd(), args.name);
    return found === undefined ? null : relative(process.cwd(), join(found, args.name));
  },
};
