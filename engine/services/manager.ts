/** The services of a session: each started once however many are bound to it, ready before anyone is, gone at the end. */
import { ExecFailure } from '../errors.js';
import { chosenHostname, type ServiceDefinition } from '../objects/service.js';
import type { Engine, Services } from '../solve/context.js';
import { reportStep } from '../solve/steps.js';
import type { Instance, RunningService } from './instance.js';
import { launchService } from './launch.js';

export interface ServiceManager extends Services {
  /** Starts a service unless it runs and waits until it is ready. */
  start(service: ServiceDefinition): Promise<RunningService>;
  /** Resolves when a running service has ended, by itself or because it was stopped. */
  ended(service: ServiceDefinition): Promise<void>;
  /** Stops a service: SIGTERM and ten seconds, or SIGKILL at once. */
  stop(service: ServiceDefinition, kill: boolean): Promise<void>;
}

const stopSeconds = 10;

/** Opens the services of a session. They use the engine's other parts when they work, not before. */
export function openServices(engine: Engine): ServiceManager {
  const { context } = engine;
  const instances = new Map<string, Instance>();

  /** @param alias what whoever needs the service calls it; the first to need it names it */
  const startAs = async (service: ServiceDefinition, alias: string): Promise<RunningService> => {
    const key = await engine.solver.serviceKey(service);
    const instance = instances.get(key) ?? begin(engine, service, { key, alias });
    instances.set(key, instance);
    return instance.ready;
  };
  const start = (service: ServiceDefinition): Promise<RunningService> => startAs(service, service.hostname);

  return {
    start,
    async bind(bindings) {
      const running = await Promise.all(
        bindings.map(async b => ({ binding: b, service: await startAs(b.service, b.alias) })),
      );
      return running.flatMap(({ binding, service }) =>
        [...new Set([binding.alias, binding.service.hostname])].map(name => ({ name, address: service.address })),
      );
    },
    async ended(service) {
      const { container } = await start(service);
      await context.podman.call(['wait', '--interval', '500ms', container]);
    },
    async stop(service, kill) {
      const key = await engine.solver.serviceKey(service);
      const instance = instances.get(key);
      if (instance === undefined) return;
      instances.delete(key);
      const { container } = await instance.ready;
      await context.podman.call(['rm', '--force', '--time', kill ? '0' : String(stopSeconds), container]);
      await instance.release();
    },
  };
}

/** Begins to start a service, as a step for whoever watches. */
function begin(
  engine: Engine,
  service: ServiceDefinition,
  { key, alias }: { readonly key: string; readonly alias: string },
): Instance {
  const { context } = engine;
  const hostname = chosenHostname(service) ?? alias;
  const container = `${hostname.replace(/[^a-zA-Z0-9_.-]/g, '-')}-${context.store.newLayer().id}`;
  const label = `service ${alias}`;
  const launched = launchService(engine, { service, container, label, hostname: hostnameOf(hostname) });
  const step = { id: `service-${key}`, name: label, command: service.process.args };
  return {
    ready: reportStep(context, step, async () => (await launched).ready, { ofError: whatFailed }),
    release: async () => (await launched).release(),
  };
}

/** A name that the kernel and podman take for a host's. */
function hostnameOf(name: string): string {
  return name.replace(/[^a-zA-Z0-9.-]/g, '-').slice(0, 63);
}

/** What there is to show of a failure: a process that ended has said why. */
function whatFailed(error: Error): string {
  if (!(error instanceof ExecFailure)) return error.message;
  const { stdout, stderr } = error.extensions;
  return `${error.message}\n${stdout}${stderr}`;
}
