/** Finds the result of an operation, or makes it: lazily, once per key, independent ones at the same time. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hashDirectory, hashNamedFile } from '../fs/content-hash.js';
import { copyDifference } from '../fs/diff.js';
import { rootPath } from '../fs/root-path.js';
import { digestOf } from '../objects/digest.js';
import { everything, type Filter, type Op, type ProcessSpec, type TreeRef } from '../objects/op.js';
import { chosenHostname, type ServiceDefinition } from '../objects/service.js';
import type { Snapshot } from '../store/snapshots.js';
import type { EngineContext, Services, Solver } from './context.js';
import { runExec } from './exec.js';
import { fetchBootstrap, fetchNpmPackage } from './fetched.js';
import { applyFileOp, type FileOp } from './file-ops.js';
import { writeLayer } from './layers.js';
import { stepName } from './name.js';

/** To be raised when an operation comes to mean something else: results of the old meaning are then made anew. */
const semantics = 2;
/** Kinds whose results are fetched rather than made. */
const fetchedKinds: ReadonlySet<Op['kind']> = new Set(['empty', 'layers', 'bootstrap', 'npm']);

/** Opens the solver of a session. Services are passed when asked for, as they need the solver themselves. */
export function openSolver(context: EngineContext, services: () => Services): Solver {
  const keys = new Map<string, Promise<string>>();
  const results = new Map<string, Promise<Snapshot>>();
  const announced = new Set<string>();

  /** Whether a tree is made without any process, so that looking at its content is cheap. */
  const plainness = new Map<string, boolean>();
  const isPlain = (op: Op): boolean => {
    const known = plainness.get(op.digest);
    if (known !== undefined) return known;
    const plain =
      inputsOf(op).every(isPlain) &&
      !['exec', 'mounted', 'bootstrap', 'npm'].includes(op.kind) &&
      !(op.kind === 'layers' && op.origin === 'image');
    plainness.set(op.digest, plain);
    return plain;
  };

  const contentKey = async (ref: TreeRef, filter: Filter): Promise<string> => {
    const made = await key(ref.op);
    const name = digestOf({ content: made, path: ref.path, filter });
    const known = await context.store.recall(name);
    if (known !== undefined) return known;
    const path = await locate(ref);
    const stats = statSync(path, { throwIfNoEntry: false });
    const hash = stats?.isDirectory()
      ? await hashDirectory(path, filter)
      : stats?.isFile()
        ? await hashNamedFile(path)
        : 'missing';
    if (hash !== 'missing') await context.store.remember(name, hash);
    return hash;
  };
  const filteredKey = async (ref: TreeRef, filter: Filter): Promise<string> =>
    isPlain(ref.op) ? contentKey(ref, filter) : digestOf({ made: await key(ref.op), path: ref.path, filter });
  const treeKey = (ref: TreeRef): Promise<string> => filteredKey(ref, everything);

  const processKey = async (spec: ProcessSpec): Promise<unknown> => ({
    rootfs: await key(spec.rootfs),
    args: spec.args,
    env: spec.env,
    secretEnv: spec.secretEnv,
    user: spec.user,
    workdir: spec.workdir,
    platform: spec.platform,
    mounts: await Promise.all(
      spec.mounts.map(async m =>
        m.kind === 'directory' || m.kind === 'file' || m.kind === 'cache'
          ? { ...m, source: m.source === undefined ? undefined : await treeKey(m.source) }
          : m,
      ),
    ),
    bindings: await Promise.all(
      spec.bindings.map(async b => ({ alias: b.alias, service: await serviceKey(b.service) })),
    ),
  });
  const serviceKey = async (service: ServiceDefinition): Promise<string> =>
    digestOf({
      process: await processKey(service.process),
      ports: service.ports,
      healthcheck: service.healthcheck,
      hostname: chosenHostname(service),
    });

  const computeKey = async (op: Op): Promise<string> => {
    const { digest: _, ...body } = op;
    switch (op.kind) {
      case 'empty':
      case 'bootstrap':
      case 'npm':
        return digestOf(body);
      case 'layers':
        return digestOf({ kind: op.kind, content: op.content });
      case 'exec':
        return digestOf({
          kind: op.kind,
          process: await processKey(op),
          stdin: op.stdin,
          redirects: [op.redirectStdin, op.redirectStdout, op.redirectStderr],
          expect: op.expect,
        });
      case 'mounted':
        return digestOf({ kind: op.kind, exec: await key(op.exec), path: op.path });
      case 'copy':
        return digestOf({
          ...body,
          base: await key(op.base),
          source: await filteredKey(op.source, op.filter),
          filter: undefined,
        });
      case 'copy-file':
        return digestOf({ ...body, base: await key(op.base), source: await treeKey(op.source) });
      case 'diff':
        return digestOf({ kind: op.kind, lower: await treeKey(op.lower), upper: await treeKey(op.upper) });
      case 'write':
      case 'mkdir':
      case 'symlink':
      case 'remove':
      case 'rename':
      case 'chown':
      case 'timestamps':
        return digestOf({ ...body, base: await key(op.base) });
    }
  };
  const key = (op: Op): Promise<string> =>
    remembered(keys, op.digest, async () =>
      fetchedKinds.has(op.kind) ? computeKey(op) : digestOf({ semantics, key: await computeKey(op) }),
    );

  const locate = async (ref: TreeRef): Promise<string> =>
    rootPath(await context.overlays.view((await solve(ref.op)).layers), ref.path);

  const fileOp = async (op: FileOp, resultKey: string): Promise<Snapshot> => {
    const { layers } = await solve(op.base);
    return context.store.put({
      key: resultKey,
      layers: await writeLayer(context, layers, tree => applyFileOp(op, tree.root, locate)),
    });
  };

  const make = async (op: Op, resultKey: string): Promise<Snapshot> => {
    switch (op.kind) {
      case 'empty':
        return { key: resultKey, layers: [] };
      case 'layers':
        return context.store.put({ key: resultKey, layers: op.layers });
      case 'bootstrap':
        return fetchBootstrap(context, op, resultKey);
      case 'npm':
        return fetchNpmPackage(context, op, resultKey);
      case 'exec':
        return runExec(context, solver, services(), op, resultKey);
      case 'mounted':
        return { key: resultKey, layers: (await solve(op.exec)).exec?.mounts[op.path] ?? [] };
      case 'diff': {
        const [lower, upper] = await Promise.all([locate(op.lower), locate(op.upper)]);
        return context.store.put({
          key: resultKey,
          layers: await writeLayer(context, [], tree => copyDifference(lower, upper, tree.root)),
        });
      }
      default:
        return fileOp(op, resultKey);
    }
  };

  const announce = (
    name: string | undefined,
    id: string,
    event: { status: 'started' | 'cached' | 'done' | 'failed'; seconds?: number; output?: string },
  ): void => {
    if (name !== undefined) context.emit({ kind: 'step', id, name: context.secrets.scrub(name), ...event });
  };

  const solveByKey = async (op: Op, resultKey: string): Promise<Snapshot> => {
    const name = stepName(op);
    const stored = await context.store.get(resultKey);
    if (stored?.layers.every(l => existsSync(join(context.dirs.layers, l)))) {
      if (!announced.has(resultKey)) announce(name, resultKey, { status: 'cached' });
      announced.add(resultKey);
      return stored;
    }
    // Inputs have lines of their own, and their time is not this step's.
    await Promise.all(inputsOf(op).map(solve));
    announce(name, resultKey, { status: 'started' });
    const begin = performance.now();
    try {
      const snapshot = await make(op, resultKey);
      const seconds = (performance.now() - begin) / 1000;
      // Whoever expects any exit code goes on; whoever watches wants to see what went wrong all the same.
      const wrong = op.kind === 'exec' && op.expect === 'ANY' && snapshot.exec && snapshot.exec.exitCode !== 0;
      const status = wrong
        ? ({ status: 'failed', output: snapshot.exec?.combined ?? '' } as const)
        : { status: 'done' as const };
      announce(name, resultKey, { ...status, seconds });
      return snapshot;
    } catch (error) {
      const extensions = (error as { extensions?: { stdout?: string; stderr?: string } }).extensions;
      const output =
        [extensions?.stdout, extensions?.stderr].filter(Boolean).join('\n') || String((error as Error).message);
      announce(name, resultKey, {
        status: 'failed',
        seconds: (performance.now() - begin) / 1000,
        output: context.secrets.scrub(output),
      });
      throw error;
    }
  };
  const solve = async (op: Op): Promise<Snapshot> => {
    const resultKey = await key(op);
    return remembered(results, resultKey, () => context.activity.track(solveByKey(op, resultKey)));
  };

  const solver: Solver = { key, treeKey, serviceKey, solve, locate };
  return solver;
}

/** The trees an operation is made of. */
function inputsOf(op: Op): readonly Op[] {
  switch (op.kind) {
    case 'empty':
    case 'layers':
    case 'bootstrap':
    case 'npm':
      return [];
    case 'exec':
      return [op.rootfs, ...op.mounts.flatMap(m => ('source' in m && m.source !== undefined ? [m.source.op] : []))];
    case 'mounted':
      return [op.exec];
    case 'copy':
    case 'copy-file':
      return [op.base, op.source.op];
    case 'diff':
      return [op.lower.op, op.upper.op];
    default:
      return [op.base];
  }
}

/** Returns what is kept under a name, or keeps what `make` promises; a failure is not kept. */
function remembered<T>(memory: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = memory.get(name);
  if (known !== undefined) return known;
  const promise = make();
  memory.set(name, promise);
  promise.catch(() => memory.delete(name));
  return promise;
}
