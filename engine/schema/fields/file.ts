/** Fields of File. */
import { posix } from 'node:path';
import { checkExport, exportFile } from '../../fs/export.js';
import { statEntry } from '../../fs/root-path.js';
import { readLines } from '../../fs/text.js';
import { contentsDigest, treeDigest } from '../../fs/tree-digest.js';
import { jsonOf } from '../../objects/json-value.js';
import { defineOp, type TreeRef } from '../../objects/op.js';
import { type Fields, object } from '../api.js';
import { envFileOf } from './env-file.js';
import { searchFileNamed } from './search.js';
import { checkPlainName, checkType, exportPath, requireText, requireType, statOf } from './trees.js';

const file = (ref: TreeRef) => object('File', ref);

export const fileFields: Fields<'File'> = {
  async sync(value, _, api) {
    await checkType(api, value, 'file');
    return api.registry.idOf(file(value));
  },
  name: value => posix.basename(value.path),
  async contents(value, args, api) {
    const { offsetLines: offset, limitLines: limit } = args;
    const path = await requireText(api, value);
    if (limit === 0) return '';
    return readLines(path, { offset, limit, name: posix.relative('/', value.path) });
  },
  async size(value, _, api) {
    return statEntry(await requireType(api, value, 'file'))?.size;
  },
  async digest(value, args, api) {
    const path = await requireType(api, value, 'file');
    return args.excludeMetadata ? contentsDigest(path) : treeDigest(path);
  },
  async stat(value, _, api) {
    const stat = await statOf(api, value, true);
    if (stat === undefined) throw new Error(`stat ${value.path}: no such file or directory`);
    return object('Stat', stat);
  },
  withName(value, args) {
    checkPlainName(args.name);
    const path = posix.join(posix.dirname(value.path), args.name);
    return file({ op: defineOp({ kind: 'rename', base: value.op, from: value.path, to: path }), path });
  },
  withReplaced: (value, { search, replacement, all, firstFrom }) =>
    file({
      ...value,
      op: defineOp({
        kind: 'replace',
        base: value.op,
        path: value.path,
        search,
        replacement,
        which: all ? 'all' : (firstFrom ?? 'only'),
      }),
    }),
  search: async (value, args, api) =>
    searchFileNamed(await requireType(api, value, 'file'), posix.basename(value.path), args),
  asJSON: async (value, _, api) => object('JSONValue', jsonOf(readLines(await requireText(api, value)))),
  async asEnvFile(value, _, api) {
    return object('EnvFile', envFileOf(api, readLines(await requireText(api, value))));
  },
  withTimestamps: (value, args) =>
    file({ ...value, op: defineOp({ kind: 'timestamps', base: value.op, path: value.path, seconds: args.timestamp }) }),
  chown: (value, args) =>
    file({ ...value, op: defineOp({ kind: 'chown', base: value.op, path: value.path, owner: args.owner }) }),
  async export(value, args, api) {
    const path = exportPath(args.path);
    const target = { path, name: posix.basename(value.path), mayBeDirectory: Boolean(args.allowParentDirPath) };
    checkExport(target, 'file');
    await exportFile(await requireType(api, value, 'file'), target);
    return path;
  },
};
