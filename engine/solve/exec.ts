/** Carries out an exec: once, with its output captured and scrubbed, its files kept as a layer. */
import { defined } from '../defined.js';
import { ExecFailure, InfrastructureError, whyNotFetched } from '../errors.js';
import { type Owner, resolveProcessUser } from '../fs/owner.js';
import { openRedirects, type Redirects } from '../fs/redirects.js';
import { untouchedDirectories } from '../fs/stubs.js';
import type { ExecOp, ExecSpec } from '../objects/op.js';
import { ownScriptOf } from '../objects/own-script.js';
import { runArguments } from '../podman/args.js';
import type { ProcessResult } from '../podman/invoke.js';
import { startFailure } from '../podman/start-failure.js';
import type { ExecOutcome, Made } from '../store/snapshots.js';
import { finishLayer, openLayer } from '../store/written-layers.js';
import type { Engine, EngineContext } from './context.js';
import { liveOutput } from './live-output.js';
import { whileAnswered } from './patience.js';
import { type PreparedProcess, placeInMounts, prepareProcess, whyNotStartable } from './process.js';

/** Bytes of output that an error carries, as in Dagger. */
const errorOutput = 100 * 1024;

/** Codes of processes that a signal ended: nobody expects those. */
const signalled = (code: number): boolean => code < 0 || (code > 127 && code < 192);

const wanted: Readonly<Record<ExecSpec['expect'], (exitCode: number) => boolean>> = {
  SUCCESS: code => code === 0,
  FAILURE: code => code !== 0 && !signalled(code),
  ANY: code => !signalled(code),
};

/** The last part of long output, its beginning overwritten by how much is missing. */
function tail(text: string): string {
  const bytes = Buffer.from(text);
  const missing = bytes.length - errorOutput;
  if (missing < 0) return text.trim();
  const kept = Buffer.from(bytes.subarray(missing));
  kept.write(`[omitting ${missing} bytes]...`);
  return kept.toString().trim();
}

/** The error of an exec that ended otherwise than expected: the user's, or the machine's when the script is a recipe's. */
function failureOf(op: ExecOp, outcome: ProcessResult): Error {
  const script = ownScriptOf(op);
  if (script === undefined) return execFailure(op.args, outcome);
  return new InfrastructureError(
    `the stand-in of an image cannot be made, ${script} failed: ${whyNotFetched(outcome.combined)}`,
  );
}

/** The error of a process that ended otherwise than expected. */
function execFailure(cmd: readonly string[], { exitCode, stdout, stderr }: ProcessResult): ExecFailure {
  return new ExecFailure({ cmd, exitCode, stdout: tail(stdout), stderr: tail(stderr) });
}

/** A process that could not be set up has no exit code: Dagger then says -1. */
function notSetUp(cmd: readonly string[], reason: string): ExecFailure {
  const failure = new ExecFailure({ cmd, exitCode: -1, stdout: '', stderr: '' });
  failure.message += `: ${reason}`;
  return failure;
}

/** Who the process runs as. @throws ExecFailure when the user or the group is unknown */
function ownerOf(op: ExecOp, root: string): Owner {
  try {
    return resolveProcessUser(root, op.user);
  } catch (error) {
    throw notSetUp(op.args, (error as Error).message);
  }
}

/** The secrets that a process is given: those are what its output is searched for. */
const secretsOf = (op: ExecOp): readonly string[] => [
  ...op.secretEnv.map(([, secret]) => secret),
  ...op.mounts.flatMap(m => (m.kind === 'secret' ? [m.secret] : [])),
];

/** Runs the exec over its inputs; `key` names the step. Throws ExecFailure when the exit code is not the expected one. */
export async function runExec(engine: Engine, op: ExecOp, key: string): Promise<Made> {
  const { context, solver } = engine;
  const { layers } = await solver.solve(op.rootfs);
  const layer = await openLayer(context, layers);
  try {
    const { tree } = layer;
    const owner = ownerOf(op, tree.root);
    const missing = whyNotStartable(tree.root, op);
    const prepared = await prepareProcess(engine, op, { root: tree.root, keeps: 'cache' });
    try {
      const outcome = await runRedirected(context, op, { owner, missing, prepared, root: tree.root, key });
      const mounts = await keptMounts(prepared);
      const drop = untouchedDirectories(tree.upper, tree.root, await context.overlays.view(layers));
      const kept = await finishLayer(context, layer, drop);
      return { layers: kept, exec: { ...outcome, mounts } };
    } finally {
      await prepared.release();
    }
  } finally {
    await layer.release();
  }
}

interface Ready {
  readonly root: string;
  readonly owner: Owner;
  readonly prepared: PreparedProcess;
  /** Why the process cannot be started at all. */
  readonly missing: string | undefined;
  /** Names the step. */
  readonly key: string;
}

/** Runs the process with its streams where they are to go, which are closed before anything is unmounted. @throws ExecFailure */
async function runRedirected(
  context: EngineContext,
  op: ExecOp,
  { root, owner, prepared, missing, key }: Ready,
): Promise<ProcessResult> {
  const redirects = openOrFail(op, () => openRedirects(op, owner, path => placeInMounts(root, prepared.mounts, path)));
  try {
    const outcome = await outcomeOf(
      context,
      op,
      await runProcess(context, op, { prepared, input: redirects.input, missing, key }),
    );
    prepared.clearStubs();
    if (!wanted[op.expect](outcome.exitCode)) throw failureOf(op, outcome);
    redirects.write(outcome);
    return outcome;
  } finally {
    redirects.close();
  }
}

/** @throws ExecFailure when a file cannot be read or made */
function openOrFail(op: ExecOp, open: () => Redirects): Redirects {
  try {
    return open();
  } catch (error) {
    throw notSetUp(op.args, (error as Error).message);
  }
}

async function runProcess(
  context: EngineContext,
  op: ExecOp,
  { prepared, input, missing, key }: Pick<Ready, 'prepared' | 'missing' | 'key'> & { readonly input: string },
): Promise<ProcessResult> {
  if (missing !== undefined) return { exitCode: 1, stdout: '', stderr: missing, combined: missing };
  const live = liveOutput(context, key);
  const options = {
    env: prepared.secretEnv,
    onOutput: live.take,
    ...defined({ input: input === '' ? undefined : input }),
  };
  const run = (pidFile: string | undefined) =>
    context.podman.call(runArguments({ ...prepared.run, mode: 'attached', stdin: input !== '', pidFile }), options);
  const result = await context.limit(() => whileAnswered(context, op, run));
  live.end();
  return result;
}

/** What the process did, secrets replaced. @throws InfrastructureError when podman could not run it */
async function outcomeOf(context: EngineContext, op: ExecOp, raw: ProcessResult): Promise<ProcessResult> {
  const failure = startFailure(raw);
  if (failure?.kind === 'machine')
    throw new InfrastructureError(
      `podman could not run ${JSON.stringify(op.args.join(' '))}: ${context.secrets.scrub(failure.reason)}`,
    );
  const scrub = await context.secrets.scrubberOf(secretsOf(op));
  return {
    exitCode: failure === undefined ? raw.exitCode : 1,
    stdout: scrub(raw.stdout),
    stderr: scrub(raw.stderr),
    combined: scrub(raw.combined),
  };
}

async function keptMounts({ mounts }: PreparedProcess): Promise<ExecOutcome['mounts']> {
  const kept = mounts.flatMap(m => (m.keep ? [m.keep().then(layers => [m.path, layers] as const)] : []));
  return Object.fromEntries(await Promise.all(kept));
}
