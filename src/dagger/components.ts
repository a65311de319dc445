/** The app as it runs: its web server, the workers it relies on, and the server in front of it, as one chain of services. */
import type { Container, Service } from '@dagger.io/dagger';
import { APP_ALIAS } from '../plan/paths.js';
import type { Component, Plan } from '../plan/types.js';
import { allServices, appContainer, type Pipeline, withMigrations } from './pipeline.js';

/** A process of the app that runs, under the name by which others reach it. */
export interface Bound {
  readonly alias: string;
  readonly service: Service;
}

/**
 * Starts everything the app consists of, each process bound to the one before it, so that all run as long as the last is
 * used: workers, the web server, the frontend's server. The first one that has the app's code migrates the database.
 * @param label name of the suite or use: each has services of its own
 * @param port port of what people open, when it is not to be its own
 * @returns what browsers can reach: what people open first, and the web server behind it
 */
export async function startApp(
  pipeline: Pipeline,
  label: string,
  services: readonly string[],
  port?: number,
): Promise<readonly [front: Bound, ...Bound[]]> {
  const { plan } = pipeline;
  const workers = plan.components.filter(({ role }) => role === 'worker');
  let before: Bound | undefined;
  for (const component of workers) {
    const container = await appContainer(pipeline, component.stage, label, services);
    before = { alias: component.id, service: asWorker(after(container, before, plan), plan, component) };
  }
  const fronts = plan.components.filter(({ role }) => role !== 'worker');
  const outermost = fronts.at(-1);
  const server = after(await appContainer(pipeline, plan.app.stage, label, services), before, plan);
  const moved = outermost ? server : onPort(server, plan.app.port, port);
  let reached: readonly [Bound, ...Bound[]] = [{ alias: APP_ALIAS, service: moved.asService({ useEntrypoint: true }) }];
  for (const component of fronts) {
    const container = reached.reduce(
      (to, { alias, service }) => to.withServiceBinding(alias, service),
      withEnv(await pipeline.stage(component.stage), component),
    );
    // A gateway's ports stand in its templates: only what reads PORT can be moved.
    const opened =
      component === outermost && component.role === 'frontend'
        ? onPort(container, component.port ?? plan.app.port, port)
        : container;
    reached = [{ alias: component.id, service: opened.asService({ useEntrypoint: true }) }, ...reached];
  }
  return reached;
}

function withEnv(container: Container, { env = {} }: Component): Container {
  return Object.entries(env).reduce((to, [name, value]) => to.withEnvVariable(name, value), container);
}

/** The app as a service for a person: with everything it needs, on the given port. */
export async function servedApp(pipeline: Pipeline, port: number): Promise<Service> {
  const [front] = await startApp(pipeline, 'serve', allServices(pipeline.plan), port);
  return front.service;
}

function onPort(container: Container, own: number, wanted = own): Container {
  if (wanted === own) return container;
  return container.withoutExposedPort(own).withExposedPort(wanted).withEnvVariable('PORT', `${wanted}`);
}

function after(container: Container, before: Bound | undefined, plan: Plan): Container {
  return before ? container.withServiceBinding(before.alias, before.service) : withMigrations(container, plan);
}

/** A worker answers on no port, so its readiness is asked for in another way than the web server's. */
function asWorker(container: Container, plan: Plan, { args, health }: Component): Service {
  const closed = container.withoutExposedPort(plan.app.port);
  const { args: check = [], ...times } = health ?? { interval: '', timeout: '', startPeriod: '', retries: 0 };
  const checked = health ? closed.withDockerHealthcheck([...check], times) : closed;
  return checked.asService({ useEntrypoint: true, ...(args && { args: [...args] }) });
}
