/** Fields of Directory. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { hashDirectory } from '../../fs/content-hash.js';
import { copyDirectory } from '../../fs/copy.js';
import { globMatcher } from '../../fs/filter.js';
import { walk } from '../../fs/walk.js';
import { defineOp, emptyTree, everything, type TreeRef } from '../../objects/op.js';
import { type Fields, object } from '../api.js';
import {
  below,
  copyFile,
  copyTree,
  existsIn,
  filterOf,
  makeLink,
  removePaths,
  requireType,
  statOf,
  writeFile,
} from './trees.js';

const directory = (ref: TreeRef) => object('Directory', ref);

export const directoryFields: Fields<'Directory'> = {
  async sync(value, _, api) {
    await requireType(api, value, 'directory');
    return api.registry.idOf(directory(value));
  },
  name: value => (value.path === '/' ? '/' : `${posix.basename(value.path)}/`),
  async digest(value, _, api) {
    return `sha256:${await hashDirectory(await requireType(api, value, 'directory'), everything)}`;
  },
  async entries(value, args, api) {
    const path = await requireType(api, args.path == null ? value : below(value, args.path), 'directory');
    return readdirSync(path, { withFileTypes: true })
      .map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort((a, b) => (a.replace(/\/$/, '') < b.replace(/\/$/, '') ? -1 : 1));
  },
  async glob(value, args, api) {
    const matches = globMatcher(args.pattern);
    const found: string[] = [];
    for await (const entry of walk(await requireType(api, value, 'directory'), () => 'selected')) {
      if (matches(entry.path)) found.push(entry.stats.isDirectory() ? `${entry.path}/` : entry.path);
    }
    return found;
  },
  async findUp(value, args, api) {
    for (let at = posix.normalize(`/${args.start}`); ; at = posix.dirname(at)) {
      const candidate = posix.join(at, args.name);
      if ((await statOf(api, below(value, candidate), true)) !== undefined) return candidate.slice(1);
      if (at === '/') return null;
    }
  },
  directory: (value, args) => directory(below(value, args.path)),
  file: (value, args) => object('File', below(value, args.path)),
  async stat(value, args, api) {
    const stat = await statOf(api, below(value, args.path), !args.doNotFollowSymlinks);
    if (stat === undefined) throw new Error(`stat ${args.path}: no such file or directory`);
    return object('Stat', stat);
  },
  exists: (value, args, api) => existsIn(api, below(value, args.path), args),
  withDirectory: (value, args, api) =>
    directory({ ...value, op: copyTree(below(value, args.path), api.registry.load(args.source, 'Directory'), args) }),
  withFile: (value, args, api) =>
    directory({
      ...value,
      op: copyFile(below(value, args.path), api.registry.load(args.source, 'File'), args, args.path),
    }),
  withFiles: (value, args, api) =>
    directory({
      ...value,
      op: (args.sources as string[]).reduce((op, id) => {
        const source = api.registry.load(id, 'File');
        return copyFile(
          below({ op, path: value.path }, posix.join(args.path, posix.basename(source.path))),
          source,
          args,
          '',
        );
      }, value.op),
    }),
  withNewFile: (value, args) => directory({ ...value, op: writeFile(below(value, args.path), args) }),
  withNewDirectory(value, args) {
    if (posix.normalize(args.path).startsWith('../'))
      throw new Error(`cannot create directory outside parent: ${args.path}`);
    const at = below(value, args.path);
    return directory({
      ...value,
      op: defineOp({ kind: 'mkdir', base: at.op, path: at.path, mode: args.permissions || 0o755 }),
    });
  },
  withSymlink: (value, args) => directory({ ...value, op: makeLink(below(value, args.linkName), args.target) }),
  withoutDirectory: (value, args) => directory({ ...value, op: removePaths(value.op, [below(value, args.path).path]) }),
  withoutFile: (value, args) => directory({ ...value, op: removePaths(value.op, [below(value, args.path).path]) }),
  withoutFiles: (value, args) =>
    directory({
      ...value,
      op: removePaths(
        value.op,
        (args.paths as string[]).map(path => below(value, path).path),
      ),
    }),
  withTimestamps: (value, args) =>
    directory({
      ...value,
      op: defineOp({ kind: 'timestamps', base: value.op, path: value.path, seconds: args.timestamp }),
    }),
  chown(value, args) {
    const at = below(value, args.path);
    return directory({ ...value, op: defineOp({ kind: 'chown', base: at.op, path: at.path, owner: args.owner }) });
  },
  filter: (value, args) =>
    directory({
      op: defineOp({ kind: 'copy', base: emptyTree, to: '/', source: value, filter: filterOf(args), owner: '' }),
      path: '/',
    }),
  diff: (value, args, api) =>
    directory({
      op: defineOp({ kind: 'diff', lower: value, upper: api.registry.load(args.other, 'Directory') }),
      path: '/',
    }),
  async export(value, args, api) {
    const source = await requireType(api, value, 'directory');
    const target = resolve(args.path);
    if (args.wipe && existsSync(target))
      for (const name of readdirSync(target)) rmSync(join(target, name), { recursive: true, force: true });
    await copyDirectory(source, target, everything, {
      owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    });
    return target;
  },
};
