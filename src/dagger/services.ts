/** Services of the plan -> running ones, and containers that can reach them. */
import { type Container, dag, type Service } from '@dagger.io/dagger';
import { imageAddress, neededOf, portOf } from '../plan/look-up.js';
import { fillTemplate, isSecretTemplate } from '../plan/template.js';
import type { Need, Plan, PlanFile, ServiceSpec } from '../plan/types.js';
import { withFile, withProbe, withVariables } from './container.js';
import { appValue, type Run, runSecret, runValue } from './secrets.js';

/** Gives the app its own secrets, with values that the run has for them. */
export function withSecrets(container: Container, names: readonly string[], run: Run): Container {
  return names.reduce((to, name) => to.withSecretVariable(name, runSecret(run, name, appValue(run, name))), container);
}

/**
 * Lets a container reach the services that it needs, and tells it where they are and where the processes are that it needs:
 * those are bound by whoever starts them.
 * @param run each label has instances of its own, with databases and passwords of their own
 */
export function withNeeds(container: Container, plan: Plan, needs: readonly Need[], run: Run): Container {
  const bound = needs.reduce((to, need) => {
    const needed = neededOf(plan, need.to);
    return needed?.kind === 'service' ? to.withServiceBinding(need.to, startService(plan, needed.service, run)) : to;
  }, container);
  return needs.reduce((to, need) => withAddresses(to, plan, need, run), bound);
}

function withAddresses(container: Container, plan: Plan, { to: id, env }: Need, run: Run): Container {
  const needed = neededOf(plan, id);
  const filling = { host: id, port: `${needed ? (portOf(needed) ?? '') : ''}`, password: '' };
  return Object.entries(env).reduce((to, [name, template]) => {
    if (!isSecretTemplate(template)) return to.withEnvVariable(name, fillTemplate(template, filling));
    const value = fillTemplate(template, { ...filling, password: runValue(run, id) });
    return to.withSecretVariable(name, runSecret(run, name, value));
  }, container);
}

function startService(plan: Plan, service: ServiceSpec, run: Run): Service {
  const { id, image, env, password, ports, probe, files, profiles } = service;
  const { args, memory = [], files: others = [] } = profiles[run.profile] ?? {};
  const named = withVariables(dag.container().from(imageAddress(plan, image)), { ...env, QUAYSIDE_LABEL: run.label });
  const prepared = [...files, ...others].reduce((to, name) => withFile(to, plan.files[name] as PlanFile), named);
  const opened = ports.reduce(
    (to, port) => to.withExposedPort(port),
    password === undefined ? prepared : prepared.withSecretVariable(password, runSecret(run, id)),
  );
  const ready = memory.reduce((to, path) => to.withMountedTemp(path), withProbe(opened, probe));
  return ready.asService({ useEntrypoint: true, ...(args && { args: [...args] }) });
}
