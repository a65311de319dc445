/** Keys of results: what a result depends on, and nothing else. Values of secrets and contents of caches are in no key. */
import { defined } from '../defined.js';
import { contentHash } from '../fs/content-hash.js';
import type { Locate } from '../fs/file-ops.js';
import { digestOf } from '../objects/digest.js';
import {
  type ChangedTrees,
  everything,
  type Filter,
  type Mount,
  type Op,
  type OpOf,
  type ProcessSpec,
  type TreeRef,
} from '../objects/op.js';
import { chosenHostname, type ServiceDefinition } from '../objects/service.js';
import { remembered } from '../remembered.js';
import type { Snapshot, SnapshotStore } from '../store/snapshots.js';
import { plainTrees, selectsAgain } from './inputs.js';

/** To be raised when an operation comes to mean something else: results of the old meaning are then made anew. */
const semantics = 2;
/** Kinds whose results are fetched rather than made. */
const fetchedKinds: ReadonlySet<Op['kind']> = new Set(['empty', 'layers', 'bootstrap', 'npm']);

export interface Keys {
  /** What the result of an operation is stored under: its fields, and the content or the keys of its inputs. */
  key(op: Op): Promise<string>;
  /** The key of a tree's files: by content where that costs no process, else by how it is made. */
  treeKey(ref: TreeRef): Promise<string>;
  /** The same for a service: two bindings with one key are one running service. */
  serviceKey(service: ServiceDefinition): Promise<string>;
}

/** The name under which the content hash of all that some layers show is remembered. */
export const layersName = (layers: readonly string[]): string => digestOf({ layers });

/** Trees, made when they are asked about. */
export interface Trees {
  readonly locate: Locate;
  readonly solve: (op: Op) => Promise<Pick<Snapshot, 'layers'>>;
  /** Takes in what was described of a directory of this machine. */
  readonly take: (op: OpOf<'host'>) => Promise<OpOf<'layers'>>;
}

/**
 * Opens the keys of a session; each is computed once.
 * @param store remembers content hashes beyond the session
 */
export function openKeys(store: Pick<SnapshotStore, 'recall' | 'remember'>, { locate, solve, take }: Trees): Keys {
  const known = new Map<string, Promise<string>>();
  const isPlain = plainTrees();

  const contentKey = async ({ op, path }: TreeRef, filter: Filter): Promise<string> => {
    const ref = { op: op.kind === 'host' ? await take(op) : op, path };
    const name = digestOf({ content: await keys.key(ref.op), path: ref.path, filter });
    const recalled = await store.recall(name);
    if (recalled !== undefined) return recalled;
    const whole = ref.path === '/' && (!isNarrow(filter) || selectsAgain(ref.op, filter));
    const known = whole ? await store.recall(layersName((await solve(ref.op)).layers)) : undefined;
    const hash = known ?? (await contentHash(await locate(ref), filter));
    if (hash === undefined) return 'missing';
    await store.remember(name, hash);
    return hash;
  };
  const filteredKey: FilteredKey = async (ref, filter) =>
    isPlain(ref.op) ? contentKey(ref, filter) : digestOf({ made: await keys.key(ref.op), path: ref.path, filter });

  const keys: Keys = {
    key: op =>
      remembered(known, op.digest, async () => {
        if (op.kind === 'host') return keys.key(await take(op));
        const key = digestOf(await keyedFields(op, keys, filteredKey));
        return fetchedKinds.has(op.kind) ? key : digestOf({ semantics, key });
      }),
    treeKey: ref => filteredKey(ref, everything),
    serviceKey: async service =>
      digestOf({
        process: await processFields(service.process, keys),
        ports: service.ports,
        healthcheck: service.healthcheck,
        hostname: chosenHostname(service),
      }),
  };
  return keys;
}

/** An operation with a key of its own. */
type MadeOp = Exclude<Op, OpOf<'host'>>;
type FilteredKey = (ref: TreeRef, filter: Filter) => Promise<string>;

/** What of an operation counts, its inputs by their keys. */
async function keyedFields(op: MadeOp, { key, treeKey, serviceKey }: Keys, filteredKey: FilteredKey): Promise<object> {
  const { digest: _, ...body } = op;
  const pairKey = async ({ before, after }: ChangedTrees) => ({
    before: await treeKey(before),
    after: await treeKey(after),
  });
  switch (op.kind) {
    case 'empty':
    case 'bootstrap':
    case 'npm':
      return body;
    case 'layers':
      return { kind: op.kind, content: op.content };
    case 'exec':
      return {
        kind: op.kind,
        process: await processFields(op, { key, treeKey, serviceKey }),
        stdin: op.stdin,
        redirects: [
          op.redirectStdin,
          op.redirectStdout,
          op.redirectStderr,
          // Both in one file once meant the other one's text.
          ...(op.redirectStdout !== '' && op.redirectStdout === op.redirectStderr ? ['stdout'] : []),
        ],
        expect: op.expect,
      };
    case 'mounted':
      return { kind: op.kind, exec: await key(op.exec), path: op.path };
    case 'copy':
      return {
        ...body,
        base: await key(op.base),
        source: await filteredKey(op.source, op.counts === 'all' ? everything : op.filter),
        // What was selected is in the hash of it; where all counts, what is copied of it has to be told.
        filter: op.counts === 'all' && isNarrow(op.filter) ? op.filter : undefined,
        counts: undefined,
      };
    case 'copy-file':
      return { ...body, base: await key(op.base), source: await treeKey(op.source) };
    case 'patch':
      return { ...body, base: await key(op.base), patch: await treeKey(op.patch) };
    case 'diff':
      // Directories around what differs once were not like the upper ones.
      return { kind: op.kind, lower: await treeKey(op.lower), upper: await treeKey(op.upper), around: 'alike' };
    case 'changes':
      return { ...body, base: await key(op.base), changes: await pairKey(op.changes) };
    case 'git-tree': {
      const { origin, keepGit, sha } = op;
      return {
        kind: op.kind,
        origin: origin.kind === 'local' ? await treeKey(origin.directory) : origin.url,
        sha,
        // All else is told in what git keeps of it.
        kept: keepGit ? [op.name, op.depth, op.tags] : undefined,
      };
    }
    case 'git-cleaned':
      return { kind: op.kind, directory: await treeKey({ ...op.directory, path: '/' }), path: op.directory.path };
    case 'patch-of':
      return { kind: op.kind, ...(await pairKey(op)) };
    case 'merge':
      return {
        ...body,
        base: await key(op.base),
        ours: await pairKey(op.ours),
        others: await Promise.all(op.others.map(pairKey)),
      };
    case 'write':
    case 'replace':
    case 'mkdir':
    case 'symlink':
    case 'remove':
    case 'rename':
    case 'chown':
    case 'timestamps':
      return { ...body, base: await key(op.base) };
  }
}

const isNarrow = ({ include, exclude, gitignore }: Filter): boolean =>
  include.length > 0 || exclude.length > 0 || gitignore;

async function processFields(spec: ProcessSpec, { key, treeKey, serviceKey }: Keys): Promise<object> {
  const mountFields = async (mount: Mount): Promise<object> =>
    'source' in mount && mount.source !== undefined ? { ...mount, source: await treeKey(mount.source) } : mount;
  return {
    rootfs: await key(spec.rootfs),
    args: spec.args,
    env: spec.env,
    ...defined({
      volatileEnv: spec.volatileEnv.length === 0 ? undefined : spec.volatileEnv.map(([name]) => name),
    }),
    secretEnv: spec.secretEnv,
    user: spec.user,
    workdir: spec.workdir,
    platform: spec.platform,
    mounts: await Promise.all(spec.mounts.map(mountFields)),
    bindings: await Promise.all(
      spec.bindings.map(async b => ({ alias: b.alias, service: await serviceKey(b.service) })),
    ),
  };
}
