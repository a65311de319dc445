/** Parts of compose files: what services and processes of the plan are, said as compose says it. */
import { imageSettings, neededOf, portOf } from '../plan/look-up.js';
import { fillTemplate } from '../plan/template.js';
import type { HealthCheck, Need, Plan, Process, Profile, ServiceSpec } from '../plan/types.js';
import { BROUGHT } from './rendered.js';

/** A compose file, or a part of one. */
export type Composed = Readonly<Record<string, unknown>>;

/** Variable of the environment that compose takes the password of a service from. */
export function passwordVariable({ id }: Pick<ServiceSpec, 'id'>): string {
  return `${id.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

/** `${NAME:?...}`: compose stops with the message when it is not set. */
export function required(name: string): string {
  return `\${${name}:?is not set: "make setup" writes .env}`;
}

/** The environment that needs come to: addresses of services and processes, with passwords from compose's own environment. */
export function neededEnvironment(plan: Plan, needs: readonly Need[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    needs.flatMap(({ to, env }) => {
      const needed = neededOf(plan, to);
      if (!needed) return [];
      const password = needed.kind === 'service' ? `\${${passwordVariable(needed.service)}}` : '';
      const filling = { host: to, port: String(portOf(needed) ?? ''), password };
      return Object.entries(env).map(([name, template]) => [name, fillTemplate(template, filling)]);
    }),
  );
}

/**
 * The environment of whatever runs the app's code: addresses, secrets and needed values that have to be set, and what may be. Variables
 * that nobody sets are not there.
 */
export function appEnvironment(
  plan: Plan,
  { needs, secrets, env }: Pick<Process, 'needs' | 'secrets' | 'env'>,
): Readonly<Record<string, string | null>> {
  const known = { ...neededEnvironment(plan, needs), ...env };
  const others = plan.variables.filter(({ name, service }) => !Object.hasOwn(known, name) && service === undefined);
  return {
    ...known,
    ...Object.fromEntries(
      others.map(({ name, trial }) => [name, secrets.includes(name) || trial !== undefined ? required(name) : null]),
    ),
  };
}

/** A health check without how often it is asked while the container starts: engines before 25 refuse that. */
export function composeHealth({ args, interval, timeout, startPeriod, retries }: HealthCheck): Composed {
  return { test: ['CMD', ...args.map(escaped)], interval, timeout, start_period: startPeriod, retries };
}

/** Compose fills in what stands behind a dollar. */
export function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Names of the volumes with the data of services: the first database's is `db_data`. */
export function dataVolume(plan: Plan, service: ServiceSpec): string {
  const database = plan.services.find(({ data, password }) => data !== undefined && password !== undefined);
  return database?.id === service.id ? 'db_data' : `${service.id}_data`;
}

/** Name of the volume of a directory that the app writes to: `uploads` is the one that is there always. */
export function appVolume(path: string): string {
  return path === '/data'
    ? 'uploads'
    : path
        .slice(1)
        .toLowerCase()
        .replaceAll(/[^a-z0-9_.-]+/g, '_');
}

/** A service of the plan. */
export function composeService(plan: Plan, service: ServiceSpec): Composed {
  const { image, env, password, probe, data, files } = service;
  const secret = password === undefined ? {} : { [password]: required(passwordVariable(service)) };
  const mounts = [
    ...(data === undefined ? [] : [`${dataVolume(plan, service)}:${data}`]),
    ...files.map(name => `./${servedPath(name)}:${plan.files[name]!.path}:ro`),
  ];
  const environment = {
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, escaped(value)])),
    ...secret,
  };
  return {
    image: pinnedImage(plan, image),
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(mounts.length > 0 && { volumes: mounts }),
    ...(probe.kind === 'exec' && { healthcheck: composeHealth(probe.check) }),
  };
}

function pinnedImage({ images }: Plan, reference: string): string {
  const digest = images[reference]?.digest;
  return digest === undefined ? reference : `${reference}@${digest}`;
}

/** Where a file that a service reads lies in the source. */
export function servedPath(name: string): string {
  return `${BROUGHT}/services/${name}`;
}

/** A process of the plan as it is in production. */
export function composeProcess(plan: Plan, process: Process): Composed {
  const { image, command, probe, volumes, after, needs, stop } = process;
  const environment = isApp(process)
    ? appEnvironment(plan, process)
    : { ...neededEnvironment(plan, needs), ...process.env };
  return {
    image: imageName(plan, image),
    build: { context: '.', target: image },
    ...(command && { command: command.map(escaped) }),
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(volumes.length > 0 && { volumes: volumes.map(path => `${appVolume(path)}:${path}`) }),
    ...(probe.kind === 'exec' && { healthcheck: composeHealth(probe.check) }),
    depends_on: dependencies(plan, needs, after),
    ...(stop.signal !== 'SIGTERM' && { stop_signal: stop.signal }),
    stop_grace_period: `${stop.seconds}s`,
  };
}

/** Whether it runs the app's own code. */
export function isApp({ role }: Process): boolean {
  return role === 'web' || role === 'worker';
}

/** The name of an image that is built here. */
export function imageName({ name, processes }: Plan, stage: string): string {
  const component = processes.find(({ image }) => image === stage);
  const suffix =
    component === undefined || component.role === 'web' || component.role === 'worker' ? '' : `-${component.id}`;
  const isPublished = component !== undefined;
  return isPublished ? `${name}${suffix}` : `${name}-${stage}`;
}

/** What has to be healthy before: services that have a check, and processes. */
export function dependencies(plan: Plan, needs: readonly Need[], after: readonly string[]): Composed {
  const ids = [...new Set([...needs.map(({ to }) => to), ...after])];
  return Object.fromEntries(
    ids.map(id => [id, { condition: isChecked(plan, id) ? 'service_healthy' : 'service_started' }]),
  );
}

/** Whether its container says how it is: by the check of the plan, or by the image's. */
function isChecked(plan: Plan, id: string): boolean {
  const needed = neededOf(plan, id);
  if (!needed) return false;
  if (needed.kind === 'service') return needed.service.probe.kind === 'exec';
  const { probe, image } = needed.process;
  return probe.kind === 'exec' || imageSettings(plan.stages, image).healthcheck !== undefined;
}

/** The processes that run for something. */
export function processesFor({ processes }: Plan, profile: Profile): readonly Process[] {
  return processes.filter(({ only }) => only === undefined || only.includes(profile));
}
