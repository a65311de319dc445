/** The app as it runs: its web server, the workers it relies on, and the server in front of it, as one chain of services. */
import { type Container, dag, type Service } from '@dagger.io/dagger';
import type { Component, Plan } from '../plan/types.js';
import { APP_ALIAS, ENTRYPOINT, USER } from '../planner/paths.js';
import { quoteWords } from '../planner/shell.js';
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
    const container = withShared(await appContainer(pipeline, component.stage, label, services), plan, label);
    const isFirst = before === undefined;
    before = { alias: component.id, service: asWorker(after(container, before, plan), plan, component, isFirst) };
  }
  const fronts = plan.components.filter(({ role }) => role !== 'worker');
  const outermost = fronts.at(-1);
  const alone = await appContainer(pipeline, plan.app.stage, label, services);
  const server = after(withShared(alone, plan, label), before, plan);
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

/** Gives a process of the app the volumes that it has in common with the others, as where they are deployed. */
function withShared(container: Container, { name, app }: Plan, label: string): Container {
  return (app.shared ?? []).reduce(
    (to, path) =>
      to.withMountedCache(path, dag.cacheVolume(`quayside/${name}/${label}${path}`), { owner: `${USER.id}:0` }),
    container,
  );
}

/**
 * A worker answers on no port, so its readiness is asked for in another way than the web server's.
 * @param isFirst whether it is the first process of the run, which finds the volumes as the run before left them
 */
function asWorker(container: Container, plan: Plan, { args, health }: Component, isFirst: boolean): Service {
  const closed = container.withoutExposedPort(plan.app.port);
  const { args: check = [], ...times } = health ?? { interval: '', timeout: '', startPeriod: '', retries: 0 };
  const checked = health ? closed.withDockerHealthcheck([...check], times) : closed;
  const { shared = [] } = plan.app;
  if (!isFirst || !args || shared.length === 0)
    return checked.asService({ useEntrypoint: true, ...(args && { args: [...args] }) });
  // Volumes with names of their own for each run would make each run another one, and nothing of it could be cached.
  const empty = `find ${quoteWords(shared)} -mindepth 1 -delete\nexec "$0" "$@"`;
  return checked.asService({ args: ['sh', '-ec', empty, ENTRYPOINT, ...args] });
}
