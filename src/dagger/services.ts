/** Services of the plan -> running ones, and containers that can reach them. */
import { randomBytes } from 'node:crypto';
import { type Container, dag, type Service } from '@dagger.io/dagger';
import type { ServiceKind } from '../detect/facts.js';
import type { Plan, ServiceSpec } from '../plan/types.js';
import { type CatalogueEntry, packagedCatalogue } from '../planner/catalogue.js';

const passwords = new Map<string, string>();

/** A random value made once per run for a name, so that everything in one run agrees on it. */
function passwordOf(name: string): string {
  const password = passwords.get(name) ?? randomBytes(24).toString('base64url');
  passwords.set(name, password);
  return password;
}

/**
 * Lets a container reach services of the plan and tells it their addresses.
 * @param container the container to bind them to
 * @param plan the plan
 * @param ids ids of the wanted services
 * @param label name of the suite or use; each label has instances of its own, with databases and passwords of their own
 */
export function bindServices(container: Container, plan: Plan, ids: readonly string[], label: string): Container {
  const wanted = plan.services.filter(service => ids.includes(service.id));
  const first = wanted.filter((service, index) => wanted.findIndex(({ id }) => id === service.id) === index);
  const bound = first.reduce((to, spec) => to.withServiceBinding(spec.id, startable(plan, spec, label)), container);
  return wanted.reduce((to, spec) => withAddress(to, plan, spec, label), bound);
}

/**
 * Gives the app what only a test or a trial run sets: its own secrets, with random values that do not outlive the run,
 * and plain variables.
 */
export function withTrialEnv(container: Container, plan: Plan, label: string): Container {
  const plain = Object.entries(plan.app.trialEnv ?? {}).reduce(
    (to, [name, value]) => to.withEnvVariable(name, value),
    container,
  );
  return plan.app.secrets.reduce((to, variable) => {
    const name = secretName(plan, label, variable);
    return to.withSecretVariable(variable, dag.setSecret(name, passwordOf(name)));
  }, plain);
}

function withAddress(container: Container, plan: Plan, spec: ServiceSpec, label: string): Container {
  if (!spec.value.includes('{password}')) return container.withEnvVariable(spec.variable, spec.value);
  const value = spec.value.replace('{password}', passwordOf(secretName(plan, label, spec.id)));
  return container.withSecretVariable(spec.variable, dag.setSecret(secretName(plan, label, spec.variable), value));
}

function startable(plan: Plan, spec: ServiceSpec, label: string): Service {
  const entry = catalogueEntry(spec);
  const plain = Object.entries({ ...entry.env, QUAYSIDE_LABEL: label }).reduce(
    (to, [name, value]) => to.withEnvVariable(name, value),
    dag.container().from(spec.image),
  );
  const { args, ...times } = entry.health;
  const prepared = entry.files.reduce((to, { path, content }) => to.withNewFile(path, content), plain);
  const checked = entry.ports
    .reduce((to, port) => to.withExposedPort(port), withPassword(prepared, plan, entry, label))
    .withDockerHealthcheck([...args], times);
  const ready = entry.data === undefined ? checked : checked.withMountedTemp(entry.data);
  return ready.asService({ useEntrypoint: true, ...(entry.testCommand && { args: [...entry.testCommand] }) });
}

function withPassword(container: Container, plan: Plan, entry: CatalogueEntry, label: string): Container {
  if (entry.passwordVariable === undefined) return container;
  const name = secretName(plan, label, entry.id);
  return container.withSecretVariable(entry.passwordVariable, dag.setSecret(name, passwordOf(name)));
}

/** The catalogue's entry of a service. */
export function catalogueEntry(spec: ServiceSpec): CatalogueEntry {
  return packagedCatalogue(spec.id as ServiceKind);
}

/** Names are the same in every run: a name is part of what a result is remembered by, a value is not. */
function secretName(plan: Plan, label: string, what: string): string {
  return `quayside/${plan.name}/${label}/${what}`;
}
