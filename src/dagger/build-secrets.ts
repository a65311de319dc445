/** Secrets that steps of the build are given: values of variables of whoever builds, which no result is known by and none keeps. */
import { type Container, dag, type Secret } from '@dagger.io/dagger';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { Plan } from '../plan/types.js';

/** The secret behind a variable. What is installed with it is the same whatever its value. */
function buildSecret(name: string): Secret {
  return dag.secret(`env://${name}`, { cacheKey: `quayside/build/${name}` });
}

/** Sets the secrets for the command that comes next. */
export function withBuildSecrets(container: Container, names: readonly string[]): Container {
  return names.reduce((to, name) => to.withSecretVariable(name, buildSecret(name)), container);
}

/** Takes them away again. */
export function withoutBuildSecrets(container: Container, names: readonly string[]): Container {
  return names.reduce((from, name) => from.withoutSecretVariable(name), container);
}

/** Fails with a diagnostic for each variable that steps of the plan are given and that is not set. */
export async function requireBuildSecrets({ stages }: Plan): Promise<void> {
  const steps = stages.flatMap(stage => stage.steps);
  const names = steps.flatMap(step => (step.kind === 'script' || step.kind === 'exec' ? (step.secrets ?? []) : []));
  const answers = await Promise.all([...new Set(names)].map(async name => ({ name, isSet: await isSet(name) })));
  const missing = answers.filter(answer => !answer.isSet);
  if (missing.length > 0) throw new DiagnosticError(missing.map(({ name }) => diagnose('QS217', { name })));
}

async function isSet(name: string): Promise<boolean> {
  try {
    return (await buildSecret(name).plaintext()) !== '';
  } catch {
    return false;
  }
}
