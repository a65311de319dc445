/** Starts one service: its root file system mounted, its container running, ready for whoever is bound to it. */
import { ExecFailure, InfrastructureError } from '../errors.js';
import { runArguments } from '../podman/args.js';
import { makeLogFile } from '../podman/container-log.js';
import type { Engine, EngineContext } from '../solve/context.js';
import { type PreparedProcess, prepareProcess, whyNotStartable } from '../solve/process.js';
import { openLayer } from '../store/written-layers.js';
import { exitOf, inspectContainer } from './container.js';
import type { Instance, Launch, RunningService } from './instance.js';
import { waitReady } from './readiness.js';

/** Mounts the service's root file system and starts it there. Whether it comes up is told by `ready`. */
export async function launchService(engine: Engine, launch: Launch): Promise<Instance> {
  const { context, solver } = engine;
  const { layers } = await solver.solve(launch.service.process.rootfs);
  const layer = await openLayer(context, layers);
  let prepared: PreparedProcess | undefined;
  const start = async (): Promise<RunningService> => {
    const { process } = launch.service;
    const missing = whyNotStartable(layer.tree.root, process);
    if (missing !== undefined)
      throw new ExecFailure(
        { cmd: process.args, exitCode: 1, stdout: '', stderr: `${missing}\n` },
        `${launch.label}: process`,
      );
    prepared = await prepareProcess(engine, process, { root: layer.tree.root, keeps: 'data' });
    const running = await startContainer(context, launch, prepared);
    await waitReady(context, launch, running);
    return running;
  };
  const ready = start();
  ready.catch(() => undefined);
  return {
    ready,
    async release() {
      await prepared?.release();
      await layer.release();
    },
  };
}

async function startContainer(
  context: EngineContext,
  launch: Launch,
  { run, secretEnv }: PreparedProcess,
): Promise<RunningService> {
  const { container, label, service, hostname } = launch;
  const options = {
    ...run,
    mode: 'detached',
    stdin: false,
    name: container,
    hostname,
    networkAlias: service.hostname,
    logFile: makeLogFile(context.sessionDir, container),
  } as const;
  // Kept after its end, for its exit code to be asked.
  const args = runArguments(options).filter(a => a !== '--rm');
  const result = await context.podman.call(args, { env: secretEnv });
  if (result.exitCode !== 0)
    throw new InfrastructureError(`podman could not start ${label}: ${context.secrets.scrub(result.stderr.trim())}`);
  const info = await inspectContainer(context.podman, container);
  const address = Object.values(info?.NetworkSettings.Networks ?? {})[0]?.IPAddress;
  if (info === undefined || address === undefined)
    throw new InfrastructureError(`${label}: podman knows nothing of its container`);
  if (info.State.Status === 'exited') throw await exitOf(context, launch, info.State.ExitCode);
  return { container, id: info.Id, address, pid: info.State.Pid };
}
