/** The services of a session: each started once however many are bound to it, ready before anyone is, gone at the end. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExecFailure, InfrastructureError } from '../errors.js';
import { removeTree } from '../fs/remove-tree.js';
import type { Binding } from '../objects/op.js';
import type { ServiceDefinition } from '../objects/service.js';
import { runArguments } from '../podman/args.js';
import type { EngineContext, Services, Solver } from '../solve/context.js';
import { type PreparedProcess, prepareProcess, whyNotStartable } from '../solve/process.js';
import { processStart } from '../store/sessions.js';
import { waitHealthy, waitPorts } from './health.js';
import { readLog } from './logs.js';

export interface RunningService {
  readonly container: string;
  readonly address: string;
  readonly pid: number;
}

export interface ServiceManager extends Services {
  /** Starts a service unless it runs and waits until it is ready. */
  start(service: ServiceDefinition): Promise<RunningService>;
  /** Resolves when a running service has ended, by itself or because it was stopped. */
  ended(service: ServiceDefinition): Promise<void>;
  /** Stops a service: SIGTERM and ten seconds, or SIGKILL at once. */
  stop(service: ServiceDefinition, kill: boolean): Promise<void>;
}

type Instance = { readonly ready: Promise<RunningService>; release(): Promise<void> };

const stopSeconds = 10;
const deathPause = 50;
/** A service that has a port to wait for and never opens it. */
const longestWait = 10 * 60_000;

interface ContainerInfo {
  readonly State: { readonly Status: string; readonly Pid: number; readonly ExitCode: number };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** Opens the services of a session. */
export function openServices(context: EngineContext, solver: Solver): ServiceManager {
  const instances = new Map<string, Instance>();
  const { podman } = context;

  const inspect = async (name: string): Promise<ContainerInfo | undefined> => {
    const result = await podman.call(['container', 'inspect', name]);
    return result.exitCode === 0 ? (JSON.parse(result.stdout) as ContainerInfo[])[0] : undefined;
  };

  const launch = async (service: ServiceDefinition, name: string, label: string): Promise<Instance> => {
    const { layers } = await solver.solve(service.process.rootfs);
    const layer = context.store.newLayer();
    const tree = await context.overlays.writable(layers, layer.scratch);
    let prepared: PreparedProcess | undefined;
    const release = async (): Promise<void> => {
      await prepared?.release();
      await tree.unmount();
      await removeTree(layer.scratch);
    };
    const logs = join(context.sessionDir, 'logs');
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    const logFile = join(logs, name);
    const scrubbedLog = async () => {
      const log = await readLog(logFile);
      return { stdout: context.secrets.scrub(log.stdout), stderr: context.secrets.scrub(log.stderr) };
    };
    const exited = async (exitCode: number): Promise<ExecFailure> => {
      const log = await scrubbedLog();
      return new ExecFailure(service.process.args, exitCode, log.stdout, log.stderr, `${label}: process`);
    };

    const start = async (): Promise<RunningService> => {
      const missing = whyNotStartable(tree.root, service.process);
      if (missing !== undefined)
        throw new ExecFailure(service.process.args, 1, '', `${missing}\n`, `${label}: process`);
      prepared = await prepareProcess(context, solver, manager, service.process, tree.root);
      const run = await podman.call(
        runArguments({
          ...prepared.run,
          mode: 'detached',
          stdin: false,
          name,
          hostname: service.hostname,
          logFile,
        }).filter(a => a !== '--rm'),
        { env: prepared.secretEnv },
      );
      if (run.exitCode !== 0)
        throw new InfrastructureError(`podman could not start ${label}: ${context.secrets.scrub(run.stderr.trim())}`);
      const info = await inspect(name);
      const address = Object.values(info?.NetworkSettings.Networks ?? {})[0]?.IPAddress;
      if (info === undefined || address === undefined)
        throw new InfrastructureError(`${label}: podman knows nothing of its container`);
      if (info.State.Status === 'exited') throw await exited(info.State.ExitCode);
      await waitReady(service, name, label, info.State.Pid, exited);
      return { container: name, address, pid: info.State.Pid };
    };
    const instance: Instance = { ready: start(), release };
    instance.ready.catch(() => undefined);
    return instance;
  };

  const waitReady = async (
    service: ServiceDefinition,
    name: string,
    label: string,
    pid: number,
    exited: (code: number) => Promise<ExecFailure>,
  ): Promise<void> => {
    const over = new AbortController();
    const deadline = AbortSignal.any([over.signal, AbortSignal.timeout(longestWait)]);
    const ready = async (): Promise<void> => {
      if (service.healthcheck === undefined) return waitPorts(service.ports, pid, deadline);
      const run = async (args: readonly string[], timeoutMs: number) => ({
        args,
        ...(await podman.call(['exec', name, ...args], { timeoutMs })),
      });
      const failed = await waitHealthy(service.healthcheck, run, deadline);
      if (failed === undefined) return;
      const log = await readLog(join(context.sessionDir, 'logs', name));
      const tail = context.secrets.scrub(`${log.stdout}${log.stderr}`).trimEnd().split('\n').slice(-20).join('\n');
      const failure = new ExecFailure(
        failed.args,
        failed.exitCode,
        context.secrets.scrub(failed.stdout),
        context.secrets.scrub(failed.stderr),
        `${label}: health check`,
      );
      failure.message += tail === '' ? '\nthe service printed nothing' : `\nlast lines of the service:\n${tail}`;
      throw failure;
    };
    const death = async (): Promise<never> => {
      const start = processStart(pid);
      while (start !== undefined && processStart(pid) === start)
        await sleep(deathPause, undefined, { signal: over.signal });
      // It has ended; podman waits until it has seen that, and knows the exit code.
      const result = await podman.call(['wait', name]);
      over.abort();
      throw await exited(Number(result.stdout.trim()));
    };
    const dying = death();
    dying.catch(() => undefined);
    try {
      await Promise.race([ready(), dying]);
      // A check under way when the service ends may be reported as passed.
      if (processStart(pid) === undefined) await dying;
    } catch (error) {
      // A service that dies makes its health check fail too: its own end is the better reason.
      const info = await inspect(name);
      if (info?.State.Status === 'exited') throw await exited(info.State.ExitCode);
      if (deadline.aborted && !over.signal.aborted)
        throw new InfrastructureError(`${label} was not ready after ${longestWait / 60_000} minutes`);
      throw error;
    } finally {
      over.abort();
    }
  };

  /** @param alias what whoever needs the service calls it; the first to need it names it */
  const startAs = async (service: ServiceDefinition, alias: string): Promise<RunningService> => {
    const key = await solver.serviceKey(service);
    let instance = instances.get(key);
    if (instance === undefined) {
      const name = `${service.hostname.replace(/[^a-zA-Z0-9_.-]/g, '-')}-${context.store.newLayer().id}`;
      const label = `service ${alias}`;
      const launched = launch(service, name, label);
      const begin = performance.now();
      const id = `service-${key}`;
      context.emit({ kind: 'step', id, name: label, status: 'started' });
      instance = {
        ready: launched.then(i => i.ready),
        release: async () => (await launched).release(),
      };
      instances.set(key, instance);
      instance.ready.then(
        () =>
          context.emit({ kind: 'step', id, name: label, status: 'done', seconds: (performance.now() - begin) / 1000 }),
        (error: Error) =>
          context.emit({
            kind: 'step',
            id,
            name: label,
            status: 'failed',
            seconds: (performance.now() - begin) / 1000,
            output: whatFailed(error),
          }),
      );
    }
    return instance.ready;
  };

  const start = (service: ServiceDefinition) => startAs(service, service.hostname);

  const manager: ServiceManager = {
    start,
    async bind(bindings: readonly Binding[]) {
      const running = await Promise.all(
        bindings.map(async b => ({ binding: b, service: await startAs(b.service, b.alias) })),
      );
      return running.flatMap(({ binding, service }) =>
        [...new Set([binding.alias, binding.service.hostname])].map(name => ({ name, address: service.address })),
      );
    },
    async ended(service) {
      const { container } = await start(service);
      await podman.call(['wait', '--interval', '500ms', container]);
    },
    async stop(service, kill) {
      const key = await solver.serviceKey(service);
      const instance = instances.get(key);
      if (instance === undefined) return;
      instances.delete(key);
      const { container } = await instance.ready;
      await podman.call(['rm', '--force', '--time', kill ? '0' : String(stopSeconds), container]);
      await instance.release();
    },
  };
  return manager;
}

/** What there is to show of a failure: a process that ended has said why. */
function whatFailed(error: Error): string {
  if (!(error instanceof ExecFailure)) return error.message;
  const { stdout, stderr } = error.extensions;
  return `${error.message}\n${stdout}${stderr}`;
}
