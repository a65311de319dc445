/** Fields of File. */
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { hashFile, hashNamedFile } from '../../fs/content-hash.js';
import { defineOp, emptyTree, type TreeRef } from '../../objects/op.js';
import { type Fields, object } from '../api.js';
import { requireType, statOf } from './trees.js';

const file = (ref: TreeRef) => object('File', ref);

export const fileFields: Fields<'File'> = {
  async sync(value, _, api) {
    await requireType(api, value, 'file');
    return api.registry.idOf(file(value));
  },
  name: value => posix.basename(value.path),
  async contents(value, args, api) {
    const text = readFileSync(await requireType(api, value, 'file'), 'utf8');
    if (args.offsetLines == null && args.limitLines == null) return text;
    const lines = text.split(/(?<=\n)/);
    const start = args.offsetLines ?? 0;
    return lines.slice(start, args.limitLines == null ? undefined : start + args.limitLines).join('');
  },
  async size(value, _, api) {
    return statSync(await requireType(api, value, 'file')).size;
  },
  async digest(value, args, api) {
    const path = await requireType(api, value, 'file');
    return `sha256:${await (args.excludeMetadata ? hashFile(path) : hashNamedFile(path))}`;
  },
  async stat(value, _, api) {
    const stat = await statOf(api, value, true);
    if (stat === undefined) throw new Error(`stat ${value.path}: no such file or directory`);
    return object('Stat', stat);
  },
  withName: (value, args) =>
    file({
      op: defineOp({
        kind: 'copy-file',
        base: emptyTree,
        to: `/${posix.basename(args.name)}`,
        source: value,
        owner: '',
      }),
      path: `/${posix.basename(args.name)}`,
    }),
  withTimestamps: (value, args) =>
    file({ ...value, op: defineOp({ kind: 'timestamps', base: value.op, path: value.path, seconds: args.timestamp }) }),
  chown: (value, args) =>
    file({ ...value, op: defineOp({ kind: 'chown', base: value.op, path: value.path, owner: args.owner }) }),
  async export(value, args, api) {
    const source = await requireType(api, value, 'file');
    const plain = resolve(args.path);
    const target =
      args.allowParentDirPath && statSync(plain, { throwIfNoEntry: false })?.isDirectory()
        ? join(plain, basename(value.path))
        : plain;
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
    return target;
  },
};
