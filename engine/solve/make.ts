/** Makes the result of an operation whose inputs are made. */
import { copyDifference } from '../fs/diff.js';
import { applyFileOp } from '../fs/file-ops.js';
import { selectsAll } from '../fs/filter.js';
import type { Op, OpOf } from '../objects/op.js';
import type { Made } from '../store/snapshots.js';
import { writeLayer } from '../store/written-layers.js';
import { makeMerge, makePatch } from './changes.js';
import type { Engine } from './context.js';
import { runExec } from './exec.js';
import { fetchBootstrap, fetchNpmPackage } from './fetched.js';
import { makeCleaned, makeGitTree } from './git.js';
import { isMerged, selectsAgain } from './inputs.js';

/** Carries out an operation; `key` names it to whoever watches. Rejects with what went wrong. */
export async function makeResult(engine: Engine, op: Op, key: string): Promise<Made> {
  const { context, solver } = engine;
  switch (op.kind) {
    case 'empty':
      return { layers: [] };
    case 'host':
      return solver.solve(op);
    case 'layers':
      return { layers: op.layers };
    case 'bootstrap':
      return fetchBootstrap(context, op);
    case 'npm':
      return fetchNpmPackage(context, op);
    case 'exec':
      return runExec(engine, op, key);
    case 'mounted':
      return { layers: (await solver.solve(op.exec)).exec?.mounts[op.path] ?? [] };
    case 'diff': {
      const [lower, upper] = await Promise.all([solver.locate(op.lower), solver.locate(op.upper)]);
      const layers = await writeLayer(context, [], tree => copyDifference(lower, upper, tree.root));
      return { layers };
    }
    case 'git-tree':
      return makeGitTree(engine, op);
    case 'git-cleaned':
      return makeCleaned(engine, op);
    case 'patch-of':
      return makePatch(engine, op);
    case 'merge':
      return makeMerge(engine, op);
    default: {
      if (op.kind === 'copy' && (await takesAll(engine, op)))
        return { layers: (await solver.solve(op.source.op)).layers };
      const { layers } = await solver.solve(op.base);
      return { layers: await writeLayer(context, layers, tree => applyFileOp(op, tree.root, solver.locate)) };
    }
  }
}

/** Whether a copy only gives what was taken in from this machine once more: then its layers are the result, and no file is copied. */
async function takesAll({ solver, seen }: Engine, op: OpOf<'copy'>): Promise<boolean> {
  const { source, filter } = op;
  if (op.base.kind !== 'empty' || !isMerged(op)) return false;
  const from = source.op.kind === 'host' ? await seen.take(source.op) : source.op;
  if (from.kind !== 'layers' || from.origin !== 'host') return false;
  return selectsAgain(from, filter) || selectsAll(filter, await solver.locate(source));
}
