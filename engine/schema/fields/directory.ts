/** Fields of Directory. */
import { posix } from 'node:path';
import { checkExport, exportDirectory } from '../../fs/export.js';
import { listDirectory } from '../../fs/list.js';
import { listTree } from '../../fs/listing.js';
import { readLines } from '../../fs/text.js';
import { treeDigest } from '../../fs/tree-digest.js';
import { defineOp, emptyTree, type TreeRef } from '../../objects/op.js';
import { cleanPath, compilePattern } from '../../objects/patterns.js';
import { hostPlatform, parsePlatform } from '../../objects/platform.js';
import type { ObjectValues } from '../../objects/registry.js';
import { type Api, type Args, type Fields, object, refuseArguments } from '../api.js';
import { buildDockerfile } from '../dockerfile/build.js';
import { openLocal } from './git.js';
import { searchBelow } from './search.js';
import {
  below,
  checkType,
  copyFile,
  copyTree,
  existsIn,
  exportPath,
  filterOf,
  makeLink,
  newFile,
  removePaths,
  requireStat,
  requireText,
  requireType,
  statOf,
  writeFile,
} from './trees.js';

const directory = (ref: ObjectValues['Directory']) => object('Directory', ref);
const patched = ({ op, path }: TreeRef, patch: TreeRef) => defineOp({ kind: 'patch', base: op, path, patch });

/** What is selected of a directory, by its content alone. */
const filtered = (source: TreeRef, args: Args): TreeRef => ({
  op: defineOp({
    kind: 'copy',
    base: emptyTree,
    to: '/',
    source,
    filter: filterOf(args),
    counts: 'selected',
    owner: '',
  }),
  path: '/',
});

/** Reads a text of a directory; undefined where there is none. */
async function textIn(api: Api, value: TreeRef, path: string): Promise<string | undefined> {
  const ref = below(value, path);
  if ((await statOf(api, ref, true)) === undefined) return undefined;
  return readLines(await requireText(api, ref), { name: path });
}

/** What a .dockerignore leaves out: patterns as moby has them, below the directory wherever they begin. */
function ignoredBy(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter(line => !line.startsWith('#'));
  return lines.map(line => line.trim().replace(/^(!?)\/+/, '$1')).filter(line => line !== '');
}

async function dockerBuild(value: TreeRef, args: Args, api: Api) {
  refuseArguments('dockerBuild', args, ['ssh']);
  const dockerfile = await textIn(api, value, args.dockerfile);
  if (dockerfile === undefined) throw new Error(`${args.dockerfile}: no such file or directory`);
  const ignore =
    (await textIn(api, value, `${args.dockerfile}.dockerignore`)) ?? (await textIn(api, value, '.dockerignore'));
  const buildArgs = args.buildArgs as { name: string; value: string }[];
  const secrets = (args.secrets as string[]).map(id => api.registry.load(id, 'Secret'));
  const built = await buildDockerfile(api, {
    dockerfile,
    context: ignore === undefined ? value : filtered(value, { exclude: ignoredBy(ignore) }),
    platform: args.platform == null ? hostPlatform : parsePlatform(args.platform),
    buildPlatform: hostPlatform,
    target: args.target,
    buildArgs: new Map(buildArgs.map(given => [given.name, given.value])),
    secrets: new Map(secrets.map(({ name, secret }) => [name, secret])),
  });
  return object('Container', built);
}

export const directoryFields: Fields<'Directory'> = {
  dockerBuild,
  async sync(value, _, api) {
    await checkType(api, value, 'directory');
    return api.registry.idOf(directory(value));
  },
  async name(value, _, api) {
    if (value.taken) await requireType(api, value, 'directory');
    return value.path === '/' ? '/' : `${posix.basename(value.path)}/`;
  },
  async digest(value, _, api) {
    return treeDigest(await requireType(api, value, 'directory'));
  },
  async entries(value, args, api) {
    const path = await requireType(api, args.path == null ? value : below(value, args.path), 'directory');
    return listDirectory(path);
  },
  async glob(value, args, api) {
    const pattern = compilePattern(args.pattern);
    if (pattern === undefined) throw new Error('empty pattern');
    const listed = value.path === '/' ? api.seen.listing(value.op) : undefined;
    const listing = listed ?? (await listTree(await requireType(api, value, 'directory'), () => 'selected'));
    return [...listing]
      .filter(([path]) => !pattern.negated && pattern.matches(path))
      .map(([path, { kind }]) => (kind === 'directory' ? `${path}/` : path));
  },
  async findUp(value, args, api) {
    if (args.name === '') throw new Error('name cannot be empty');
    const start = cleanPath(args.start || '.');
    if (start.startsWith('../')) throw new Error(`cannot search outside parent: ${start}`);
    for (let at = start; ; at = posix.dirname(at)) {
      // It may start from a directory that is not there.
      if ((await statOf(api, below(below(value, at), args.name), false)) !== undefined)
        return cleanPath(posix.join(at, args.name));
      if (at === posix.dirname(at)) return null;
    }
  },
  directory: (value, args) => directory({ ...below(value, args.path), taken: true }),
  async file(value, args, api) {
    const ref = below(value, args.path);
    await checkType(api, ref, 'file');
    return object('File', ref);
  },
  stat: async (value, args, api) => object('Stat', await requireStat(api, value, args)),
  exists: (value, args, api) => existsIn(api, value, args),
  withError(value, args) {
    if (args.err !== '') throw new Error(args.err);
    return directory(value);
  },
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
      op: defineOp({ kind: 'mkdir', base: at.op, path: at.path, mode: (args.permissions || 0o755) & 0o777 }),
    });
  },
  withPatch: (value, args) => directory({ ...value, op: patched(value, newFile('patch', { contents: args.patch })) }),
  withPatchFile: (value, args, api) =>
    directory({ ...value, op: patched(value, api.registry.load(args.patch, 'File')) }),
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
  filter: (value, args) => directory(filtered(value, args)),
  changes: (value, args, api) =>
    object('Changeset', { before: api.registry.load(args.from, 'Directory'), after: value }),
  asGit: (value, _, api) => openLocal(api, value),
  withChanges: (value, args, api) =>
    directory({
      ...value,
      op: defineOp({
        kind: 'changes',
        base: value.op,
        path: value.path,
        changes: api.registry.load(args.changes, 'Changeset'),
      }),
    }),
  search: async (value, args, api) => searchBelow(await requireType(api, value, 'directory'), args),
  diff: (value, args, api) =>
    directory({
      op: defineOp({ kind: 'diff', lower: value, upper: api.registry.load(args.other, 'Directory') }),
      path: '/',
    }),
  async export(value, args, api) {
    const target = exportPath(args.path);
    checkExport(target, 'directory');
    const source = await requireType(api, value, 'directory');
    await exportDirectory(source, target, { wipe: args.wipe, signal: api.context.activity.signal });
    return target;
  },
};
