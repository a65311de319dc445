/** Parts of compose files: what services and processes of the plan are, said as compose says it. */

import type { Scalar } from 'yaml';
import { imageAddress, imageName, imageSettings, isApp, neededOf, portOf, startValue } from '../plan/look-up.js';
import { fillTemplate } from '../plan/template.js';
import type { HealthCheck, Need, Plan, Process, Profile, ServiceSpec, Variable } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { buildSecrets } from './build-secrets.js';
import { BROUGHT } from './rendered.js';
import { neededSecrets, passwordVariable, secretsRead } from './secrets.js';
import { mayBeSqlite, variableWithout } from './without-server.js';
import { remarked, type YamlData } from './yaml-file.js';

/** What writes the variables that are needed. */
export const SETUP = 'make setup';

/** `${NAME:?...}`: compose stops with the message when it is not set. */
export function required(name: string): string {
  return `\${${name}:?run ${SETUP}}`;
}

/** How what is needed is called, and what lets one in. */
export interface Known {
  readonly hostOf?: (id: string) => string;
  readonly passwordOf?: (service: ServiceSpec) => string;
}

/**
 * The environment that needs come to: addresses of services and processes.
 * @param known hosts; default: their own names. Passwords; default: compose takes them from its own environment
 */
export function neededEnvironment(
  plan: Plan,
  needs: readonly Need[],
  { hostOf = id => id, passwordOf = service => `\${${passwordVariable(service)}}` }: Known = {},
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    needs.flatMap(({ to, env }) => {
      const needed = neededOf(plan, to);
      if (!needed) return [];
      const password = needed.kind === 'service' ? passwordOf(needed.service) : '';
      const filling = { host: hostOf(to), port: String(portOf(needed) ?? ''), password };
      return Object.entries(env).map(([name, template]) => [name, fillTemplate(template, filling)]);
    }),
  );
}

/**
 * The environment of whatever runs the app's code, without secrets: addresses, values that have to be set, and what may be. Variables that
 * nobody sets are not there.
 */
export function appEnvironment(
  plan: Plan,
  process: Pick<Process, 'role' | 'needs' | 'env'>,
): Readonly<Record<string, string | null>> {
  const known = { ...addresses(plan, process.needs), ...process.env };
  const others = plan.variables.filter(({ name, service }) => !Object.hasOwn(known, name) && service === undefined);
  const all = {
    ...known,
    ...Object.fromEntries(
      others.map(variable => [
        variable.name,
        startValue(plan, variable) === undefined ? asDeployed(variable) : required(variable.name),
      ]),
    ),
  };
  const secret = new Set(secretsRead(plan, process));
  // A service that asks for no password is told of none; a file with one, which another asks for, takes the place.
  const none = Object.keys(all).filter(name => secret.has(name) && all[name] === orElse(name, ''));
  return {
    ...Object.fromEntries(Object.entries(all).filter(([name]) => !secret.has(name))),
    ...Object.fromEntries(none.map(name => [name, ''])),
  };
}

/** What the app's own deployment gives a variable, unless compose is given another value; null: nothing but that. */
function asDeployed({ name, given }: Variable): string | null {
  if (given === undefined) return null;
  // Compose looks for the end of a value among its braces.
  return /[{}]/.test(given) ? escaped(given) : `\${${name}:-${escaped(given)}}`;
}

/** The secrets of it as variables, made of those of compose: they have to be set, or may be. */
export function secretEnvironment(
  plan: Plan,
  process: Pick<Process, 'role' | 'needs' | 'env' | 'secrets'>,
): Readonly<Record<string, string | null>> {
  const needed = new Set(neededSecrets(plan));
  const known = addresses(plan, process.needs);
  const givenFor = (name: string) => known[name] ?? (needed.has(name) ? required(name) : null);
  return Object.fromEntries(secretsRead(plan, process).map(name => [name, givenFor(name)]));
}

/** The addresses of services and processes that the app's code reads. Those of services may be others: what compose is given takes their place. */
function addresses(plan: Plan, needs: readonly Need[]): Readonly<Record<string, string>> {
  const toServices = new Set(
    needs.flatMap(({ to, env }) => (plan.services.some(({ id }) => id === to) ? Object.keys(env) : [])),
  );
  const known = Object.entries(neededEnvironment(plan, needs));
  return Object.fromEntries(known.map(([name, value]) => [name, toServices.has(name) ? orElse(name, value) : value]));
}

/** What compose is given for a variable, else another value: a password that is called as the service's has no other. */
function orElse(name: string, value: string): string {
  return value === `\${${name}}` ? required(name) : `\${${name}:-${value}}`;
}

/** A health check without how often it is asked while the container starts: engines before 25 refuse that. */
export function composeHealth({ args, interval, timeout, startPeriod, retries }: HealthCheck): YamlData {
  return { test: ['CMD', ...args.map(escaped)], interval, timeout, start_period: startPeriod, retries };
}

/** Compose fills in what stands behind a dollar. */
export function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Variables with values that mean what they say. */
export function escapedValues(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, escaped(value)]));
}

/** An image that is built here, and how. */
export function built(plan: Plan, stage: string): YamlData {
  const build = defined({ context: '.', target: stage, secrets: unlessEmpty(buildSecrets(plan, stage)) });
  return { image: imageName(plan, stage), build };
}

/** Secrets of the builds of all images, as compose takes them out of its own environment. */
export function builtWith(plan: Plan): YamlData | undefined {
  return unlessEmpty(Object.fromEntries(buildSecrets(plan).map(name => [name, { environment: name }])));
}

/** A container of which nothing in its image says how it is: who needs it has to try again. */
const UNCHECKED = 'nothing asks whether it is ready: what needs it has to try again';

/** The check of a process that has one of its own; others have their image's. */
export function healthOf({ probe }: Pick<Process | ServiceSpec, 'probe'>): YamlData | undefined {
  return probe.kind === 'exec' ? composeHealth(probe.check) : undefined;
}

/** Variables that have the migration run before what does it. */
export function migrating(plan: Plan, { migrates }: Pick<Process, 'migrates'>): Readonly<Record<string, string>> {
  return migrates ? (plan.migration?.env ?? {}) : {};
}

/** Volumes of directories that the app writes to, and of those that are only read. */
export function mountedVolumes(paths: readonly string[], read: readonly string[] = []): readonly string[] | undefined {
  return unlessEmpty([
    ...paths.map(path => `${appVolume(path)}:${path}`),
    ...read.map(path => `${appVolume(path)}:${path}:ro`),
  ]);
}

/** Files that a service reads, where it reads them. */
export function servedMounts(plan: Plan, files: readonly string[]): readonly string[] {
  return files.map(name => `./${servedPath(name)}:${plan.files[name]!.path}:ro`);
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

/** The password of a service as a variable, as its image takes it. */
export function passwordEnvironment(service: ServiceSpec): Readonly<Record<string, string>> {
  const { password } = service;
  return password === undefined ? {} : { [password]: required(passwordVariable(service)) };
}

/** A service of the plan, without its password. */
export function composeService(plan: Plan, service: ServiceSpec): YamlData {
  const { image, env, data, args } = service;
  const kept = data === undefined ? [] : [`${dataVolume(plan, service)}:${data}`];
  return defined({
    image: isChecked(plan, service.id) ? imageAddress(plan, image) : remarked(imageAddress(plan, image), UNCHECKED),
    command: args?.map(escaped),
    environment: unlessEmpty(escapedValues(env)),
    volumes: unlessEmpty([...kept, ...servedMounts(plan, service.files)]),
    healthcheck: healthOf(service),
  });
}

/** The profiles of a service that the app can do without: one that nobody names where `.env` chooses another database. */
export function profilesOf(plan: Plan, { id }: ServiceSpec): readonly Scalar[] | undefined {
  const variable = variableWithout(plan, id);
  const places = mayBeSqlite(plan, id) ? 'to SQLite, or a server elsewhere' : 'to a server elsewhere';
  const words = `not started where .env sets it: ${places}`;
  return variable === undefined ? undefined : [remarked(`\${${variable}:+elsewhere}`, words)];
}

/** Where a file that a service reads lies in the source. */
export function servedPath(name: string): string {
  return `${BROUGHT}/services/${name}`;
}

/** A process of the plan as it is in production, without its secrets. */
export function composeProcess(plan: Plan, process: Process): YamlData {
  const { image, command, volumes, reads, after, needs, stop } = process;
  const environment = isApp(process)
    ? appEnvironment(plan, process)
    : { ...neededEnvironment(plan, needs), ...process.env };
  const made = built(plan, image);
  return defined({
    ...made,
    image: isChecked(plan, process.id) ? made.image : remarked(String(made.image), UNCHECKED),
    command: command?.map(escaped),
    environment: unlessEmpty(environment),
    volumes: mountedVolumes(volumes, reads),
    healthcheck: healthOf(process),
    depends_on: unlessEmpty(dependenciesIfThere(plan, needs, after)),
    stop_signal: stop.signal === 'SIGTERM' ? undefined : stop.signal,
    stop_grace_period: `${stop.seconds}s`,
  });
}

/** What has to be healthy before: services that have a check, and processes. */
export function dependencies(plan: Plan, needs: readonly Need[], after: readonly string[]): YamlData {
  const ids = [...new Set([...needs.map(({ to }) => to), ...after])];
  return Object.fromEntries(
    ids.map(id => [id, { condition: isChecked(plan, id) ? 'service_healthy' : 'service_started' }]),
  );
}

/** The same where a service may not be there: nobody waits for what is not started. */
export function dependenciesIfThere(plan: Plan, needs: readonly Need[], after: readonly string[]): YamlData {
  return Object.fromEntries(
    Object.entries(dependencies(plan, needs, after)).map(([id, waits]) => [
      id,
      variableWithout(plan, id) === undefined ? waits : { ...(waits as object), required: false },
    ]),
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
