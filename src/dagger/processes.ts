/** The app as it runs: each of its processes as a service, bound to those that are ready before it. */
import { type Container, dag, type Service } from '@dagger.io/dagger';
import { imageSettings } from '../plan/look-up.js';
import type { Plan, Process } from '../plan/types.js';
import type { App } from './app.js';
import { withProbe, withVariables } from './container.js';
import type { Run } from './secrets.js';
import { findServiceImages } from './service-images.js';
import { withNeeds, withSecrets } from './services.js';
import { entitle } from './titles.js';

/** What of the app is started, and how. */
export interface Started {
  readonly run: Run;
  /** Services that its processes have. */
  readonly services: readonly string[];
  /** Port of what people open, when it is not to be its own. */
  readonly port?: number;
}

/** Gives the service of a process by its id, started with all that comes before it; each process is started once. */
export type ProcessStarter = (id: string) => Promise<Service>;

/** Makes the starter of an app's processes. */
export function processStarter(app: App, started: Started): ProcessStarter {
  const services = new Map<string, Promise<Service>>();
  const start: ProcessStarter = id => {
    const process = app.plan.processes.find(candidate => candidate.id === id);
    if (!process) return Promise.reject(new Error(`the plan has no process ${id}`));
    const service = services.get(id) ?? startProcess(app, process, started, start);
    services.set(id, service);
    return service;
  };
  return start;
}

/** The app as a service for a person: with everything it needs, on the given port. */
export async function servedApp(app: App, port: number): Promise<Service> {
  const { name, services, front } = app.plan;
  await findServiceImages(app.plan);
  const run: Run = { app: name, label: 'serve', profile: 'serve' };
  return processStarter(app, { run, services: services.map(({ id }) => id), port })(front);
}

async function startProcess(
  { plan, stage }: App,
  process: Process,
  { run, services, port }: Started,
  start: ProcessStarter,
): Promise<Service> {
  const profile = process.profiles[run.profile] ?? {};
  const image = profile.image ?? process.image;
  const [container, ...before] = await Promise.all([stage(image), ...process.after.map(start)] as const);
  const needs = process.needs.filter(({ to }) => services.includes(to) || process.after.includes(to));
  const told = withVariables(withSecrets(container, process.secrets, run), { ...process.env, ...profile.env });
  const needing = withNeeds(told, plan, needs, run);
  const mounted = (profile.volumes ?? process.volumes).reduce(
    (to, path) =>
      to.withMountedCache(path, dag.cacheVolume(`quayside/${plan.name}/${run.label}${path}`), {
        // The group that every user of a container manager is in.
        owner: `${process.security.user}:0`,
      }),
    needing,
  );
  const shown = (profile.originals ?? []).reduce(
    (to, { path, at }) => to.withMountedDirectory(at, container.directory(path)),
    mounted,
  );
  const bound = process.after.reduce((to, id, at) => to.withServiceBinding(id, before[at] as Service), shown);
  const migrating = process.migrates ? withVariables(bound, plan.migration?.env) : bound;
  const opened = port === undefined || process.id !== plan.front ? migrating : onPort(migrating, process, port);
  return asService(withProbe(closed(opened, plan, process), process.probe), plan, process, run);
}

/** What people open, on another port than its own: one that cannot be moved stays where it is. */
function onPort(container: Container, { port, portVariable }: Process, wanted: number): Container {
  if (port === undefined || portVariable === undefined || port === wanted) return container;
  return container.withoutExposedPort(port).withExposedPort(wanted).withEnvVariable(portVariable, `${wanted}`);
}

/** Nobody waits for the ports of the image of a process that answers on none. */
function closed(container: Container, { stages }: Plan, { image, port }: Process): Container {
  if (port !== undefined) return container;
  const steps = stages.find(({ id }) => id === image)?.steps ?? [];
  return steps.reduce((to, step) => (step.kind === 'expose' ? to.withoutExposedPort(step.port) : to), container);
}

function asService(container: Container, plan: Plan, process: Process, run: Run): Service {
  const { image, command, profiles } = process;
  const { prepare = [] } = profiles[run.profile] ?? {};
  const settings = imageSettings(plan.stages, image);
  const words = [...(settings.entrypoint ?? []), ...(command ?? settings.command ?? [])];
  const args = prepare.length === 0 ? words : ['sh', '-ec', [...prepare, 'exec "$0" "$@"'].join('\n'), ...words];
  entitle(args, { title: nameOf(process) });
  if (prepare.length > 0) return container.asService({ args });
  return container.asService({ useEntrypoint: true, ...(command && { args: [...command] }) });
}

/** What a process is called where it starts: by its role, and by its own name where that says more. */
function nameOf({ id, role }: Process): string {
  return id === role ? `service ${id}` : `${role} ${id}`;
}
