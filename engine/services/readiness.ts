/** Waits until a started service is ready, has ended, or has taken too long. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ExecFailure } from '../errors.js';
import { pairValue } from '../objects/image-config.js';
import type { ProcessSpec } from '../objects/op.js';
import { timedExec } from '../podman/timed-exec.js';
import type { EngineContext } from '../solve/context.js';
import { whyNotStartable } from '../solve/process.js';
import { processStart } from '../store/sessions.js';
import { exitOf, inspectContainer } from './container.js';
import { type CheckResult, waitHealthy, waitPorts } from './health.js';
import type { Launch, RunningService } from './instance.js';
import { scrubbedLog } from './logs.js';

const deathPause = 50;
/** A service that has a port to wait for and never opens it. */
const longestWait = 10 * 60_000;
const shownLines = 20;

/** Waits until the service is ready. @throws ExecFailure when it ends or its health check fails for good, or it takes ten minutes */
export async function waitReady(context: EngineContext, launch: Launch, running: RunningService): Promise<void> {
  const { pid } = running;
  const over = new AbortController();
  const deadline = AbortSignal.any([over.signal, AbortSignal.timeout(longestWait)]);
  const dying = death(context, launch, pid, over);
  dying.catch(() => undefined);
  try {
    await Promise.race([becomesReady(context, launch, running, deadline), dying]);
    // A check under way when the service ends may be reported as passed.
    if (processStart(pid) === undefined) await dying;
  } catch (error) {
    // A service that dies makes its health check fail too: its own end is the better reason.
    const info = await inspectContainer(context.podman, launch.container);
    if (info?.State.Status === 'exited') throw await exitOf(context, launch, info.State.ExitCode);
    throw deadline.aborted && !over.signal.aborted ? await neverReady(context, launch) : error;
  } finally {
    over.abort();
  }
}

async function becomesReady(
  context: EngineContext,
  launch: Launch,
  { id, pid }: RunningService,
  signal: AbortSignal,
): Promise<void> {
  const { healthcheck, ports, process } = launch.service;
  if (healthcheck === undefined) return waitPorts(ports, pid, signal);
  const { options, prefix } = withoutSecrets(process, `/proc/${pid}/root`);
  const run = async (args: readonly string[], timeoutMs: number): Promise<CheckResult> => {
    const result = await timedExec(context.podman, { id, options, args: [...prefix, ...args], timeoutMs });
    return { args, ...result };
  };
  const failed = await waitHealthy(healthcheck, run, signal);
  if (failed !== undefined) throw await unhealthy(context, launch, failed);
}

/**
 * How a health check is started without the values of the process's secret variables, which it does not get from Dagger either: a plain
 * variable of the same name counts. Where nothing can take a variable away it is emptied.
 * @param root where the running process's root file system can be seen
 */
function withoutSecrets(
  process: ProcessSpec,
  root: string,
): { readonly options: readonly string[]; readonly prefix: readonly string[] } {
  const plain = (name: string): string | undefined => pairValue([...process.env, ...process.volatileEnv], name);
  const names = process.secretEnv.map(([name]) => name);
  const emptied = names.flatMap(name => ['--env', `${name}=${plain(name) ?? ''}`]);
  const removed = names.filter(name => plain(name) === undefined).flatMap(name => ['-u', name]);
  if (removed.length === 0 || whyNotStartable(root, { ...process, args: ['env'] }) !== undefined)
    return { options: emptied, prefix: [] };
  return { options: emptied, prefix: ['env', ...removed] };
}

/** The failure of a service that runs and is not ready: nothing is wrong with the machine. */
async function neverReady(context: EngineContext, launch: Launch): Promise<ExecFailure> {
  const { stdout, stderr } = await scrubbedLog(context, launch.container);
  const failure = new ExecFailure(
    { cmd: launch.service.process.args, exitCode: -1, stdout, stderr },
    `${launch.label}: process`,
  );
  const ports = launch.service.ports.map(({ port, protocol }) => `${port}/${protocol}`).join(', ');
  failure.message = `${launch.label} was not ready after ${longestWait / 60_000} minutes: nothing listens on ${ports}`;
  return failure;
}

/** The failure of a health check, with what the service printed last. */
async function unhealthy(context: EngineContext, launch: Launch, failed: CheckResult): Promise<ExecFailure> {
  const { scrub } = context.secrets;
  const log = await scrubbedLog(context, launch.container);
  const tail = `${log.stdout}${log.stderr}`.trimEnd().split('\n').slice(-shownLines).join('\n');
  const failure = new ExecFailure(
    {
      cmd: failed.args,
      exitCode: failed.exitCode,
      stdout: scrub(failed.stdout),
      stderr: scrub(failed.stderr),
    },
    `${launch.label}: health check`,
  );
  if (failed.timedOut) failure.message += '\nit took longer than its timeout, and was ended';
  failure.message += tail === '' ? '\nthe service printed nothing' : `\nlast lines of the service:\n${tail}`;
  return failure;
}

/** Rejects when the process has ended, and says so to whoever waits otherwise. */
async function death(context: EngineContext, launch: Launch, pid: number, over: AbortController): Promise<never> {
  const start = processStart(pid);
  while (start !== undefined && processStart(pid) === start)
    await sleep(deathPause, undefined, { signal: over.signal });
  // It has ended; podman waits until it has seen that, and knows the exit code.
  const result = await context.podman.call(['wait', launch.container]);
  over.abort();
  throw await exitOf(context, launch, Number(result.stdout.trim()));
}
