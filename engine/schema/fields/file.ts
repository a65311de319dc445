/** Fields of File. */
import { constants, readFileSync, statSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { hashFile, hashNamedFile } from '../../fs/content-hash.js';
import { replaceFile } from '../../fs/replace-file.js';
import { parseEnvFile } from '../../objects/env-file.js';
import { defineOp, type TreeRef } from '../../objects/op.js';
import { type Fields, object } from '../api.js';
import { checkPlainName, requireType, statOf } from './trees.js';

const file = (ref: TreeRef) => object('File', ref);

export const fileFields: Fields<'File'> = {
  async sync(value, _, api) {
    await requireType(api, value, 'file');
    return api.registry.idOf(file(value));
  },
  name: value => posix.basename(value.path),
  async contents(value, args, api) {
    const { offsetLines: offset, limitLines: limit } = args;
    const path = await requireType(api, value, 'file');
    if (limit === 0) return '';
    const text = readFileSync(path, 'utf8');
    if (offset == null && limit == null) return text;
    const lines = text.split(/(?<=\n)/);
    const start = Math.max(offset ?? 0, 0);
    return lines.slice(start, limit == null || limit < 0 ? undefined : start + limit).join('');
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
  async asEnvFile(value, _, api) {
    return object('EnvFile', { variables: parseEnvFile(readFileSync(await requireType(api, value, 'file'), 'utf8')) });
  },
  withTimestamps: (value, args) =>
    file({ ...value, op: defineOp({ kind: 'timestamps', base: value.op, path: value.path, seconds: args.timestamp }) }),
  chown: (value, args) =>
    file({ ...value, op: defineOp({ kind: 'chown', base: value.op, path: value.path, owner: args.owner }) }),
  async export(value, args, api) {
    const source = await requireType(api, value, 'file');
    const path = resolve(args.path);
    const intoDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if (intoDirectory && !args.allowParentDirPath)
      throw new Error(`destination ${path} is a directory: it must be a file path unless allowParentDirPath is set`);
    const target = intoDirectory ? join(path, basename(value.path)) : path;
    await replaceFile(target, async beside => {
      await copyFile(source, beside, constants.COPYFILE_FICLONE);
      await chmod(beside, statSync(source).mode & 0o777);
    });
    return path;
  },
};
