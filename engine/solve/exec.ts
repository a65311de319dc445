/** Carries out an exec: once, with its output captured and scrubbed, its files kept as a layer. */
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { ExecFailure, InfrastructureError } from '../errors.js';
import { makeDirectories } from '../fs/copy.js';
import { resolveOwner } from '../fs/owner.js';
import { removeTree } from '../fs/remove-tree.js';
import { rootPath } from '../fs/root-path.js';
import type { ExecOp, ExecSpec } from '../objects/op.js';
import { runArguments } from '../podman/args.js';
import type { ProcessResult } from '../podman/podman.js';
import type { ExecOutcome, Snapshot } from '../store/snapshots.js';
import type { EngineContext, Services, Solver } from './context.js';
import { finishLayer } from './layers.js';
import { prepareProcess, whyNotStartable } from './process.js';
import { untouchedDirectories } from './stubs.js';

/** Bytes of output that an error carries, as in Dagger. */
const errorOutput = 100 * 1024;

const wanted: Readonly<Record<ExecSpec['expect'], (exitCode: number) => boolean>> = {
  SUCCESS: code => code === 0,
  FAILURE: code => code > 0 && code < 128,
  ANY: code => code >= 0 && code < 128,
};

/** The error of a process that ended otherwise than expected. */
export function execFailure(args: readonly string[], outcome: ProcessResult): ExecFailure {
  const tail = (text: string) => text.slice(-errorOutput).trim();
  return new ExecFailure(args, outcome.exitCode, tail(outcome.stdout), tail(outcome.stderr));
}

function writeRedirect(root: string, spec: ExecSpec, path: string, text: string): void {
  if (path === '') return;
  const target = rootPath(root, posix.resolve('/', spec.workdir, path));
  makeDirectories(dirname(target));
  writeFileSync(target, text);
  const owner = resolveOwner(root, spec.user);
  if (owner) chownSync(target, owner.uid, owner.gid);
  chmodSync(target, 0o600);
}

/** podman says so itself when the runtime could not start the process; the exit codes alone could be the process's own. */
function startFailure(result: ProcessResult): string | undefined {
  if (![125, 126, 127].includes(result.exitCode)) return undefined;
  const line = result.stderr.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('Error: ') ? line.slice('Error: '.length) : undefined;
}

/** Runs the exec over its inputs and stores the result under `key`. Throws ExecFailure when the exit code is not the expected one. */
export async function runExec(
  context: EngineContext,
  solver: Solver,
  services: Services,
  op: ExecOp,
  key: string,
): Promise<Snapshot> {
  const { layers } = await solver.solve(op.rootfs);
  const layer = context.store.newLayer();
  const tree = await context.overlays.writable(layers, layer.scratch);
  try {
    const missing = whyNotStartable(tree.root, op);
    const prepared = await prepareProcess(context, solver, services, op, tree.root);
    try {
      const input =
        op.redirectStdin === ''
          ? op.stdin
          : readFileSync(rootPath(tree.root, posix.resolve('/', op.workdir, op.redirectStdin)), 'utf8');
      const raw: ProcessResult =
        missing === undefined
          ? await context.limit(() =>
              context.podman.call(runArguments({ ...prepared.run, mode: 'attached', stdin: input !== '' }), {
                env: prepared.secretEnv,
                ...(input === '' ? {} : { input }),
              }),
            )
          : { exitCode: 1, stdout: '', stderr: missing, combined: missing };
      const failure = startFailure(raw);
      if (failure !== undefined && raw.exitCode === 125)
        throw new InfrastructureError(
          `podman could not run ${JSON.stringify(op.args.join(' '))}: ${context.secrets.scrub(failure)}`,
        );
      const scrub = context.secrets.scrub;
      const outcome = {
        exitCode: failure === undefined ? raw.exitCode : 1,
        stdout: scrub(raw.stdout),
        stderr: scrub(raw.stderr),
        combined: scrub(raw.combined),
      };
      prepared.clearStubs();
      if (!wanted[op.expect](outcome.exitCode)) throw execFailure(op.args, outcome);
      writeRedirect(tree.root, op, op.redirectStdout, outcome.stdout);
      writeRedirect(tree.root, op, op.redirectStderr, outcome.stderr);
      const mounts: ExecOutcome['mounts'] = Object.fromEntries(
        await Promise.all(
          prepared.mounts.flatMap(m => (m.keep ? [m.keep().then(kept => [m.path, kept] as const)] : [])),
        ),
      );
      const drop = untouchedDirectories(tree.upper, tree.root, await context.overlays.view(layers));
      const kept = await finishLayer(context, { layers, layer, tree, drop });
      const passing = outcome.exitCode !== 0 && op.expect === 'ANY' ? { session: context.sessionId } : {};
      return await context.store.put({ key, layers: kept, exec: { ...outcome, mounts }, ...passing });
    } finally {
      await prepared.release();
    }
  } finally {
    await tree.unmount();
    await removeTree(layer.scratch);
  }
}
