/** Secrets that steps of the build are given, which no result is known by and none keeps. */
import { type Container, dag, type Secret } from '@dagger.io/dagger';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { Plan, StepSecret } from '../plan/types.js';

/** The secrets of a build by their names. */
export type BuildSecrets = ReadonlyMap<string, Secret>;

/** Mounts the secrets for the command that comes next. */
export function withBuildSecrets(
  container: Container,
  wanted: readonly StepSecret[],
  secrets: BuildSecrets,
): Container {
  return wanted.reduce((to, { name, file }) => {
    const secret = secrets.get(name) as Secret;
    return file === undefined
      ? to.withSecretVariable(name, secret)
      : to.withMountedSecret(file, secret, { owner: '0:0', mode: 0o400 });
  }, container);
}

/** Takes them away again. */
export function withoutBuildSecrets(container: Container, wanted: readonly StepSecret[]): Container {
  return wanted.reduce(
    (from, { name, file }) => (file === undefined ? from.withoutSecretVariable(name) : from.withoutMount(file)),
    container,
  );
}

/**
 * Finds the value of every secret that steps of the plan are given: what was given by its name, else a variable of that name where the engine
 * reads them. Fails with a diagnostic for each that is not there, and for each given one that no step takes.
 */
export async function findBuildSecrets({ stages }: Plan, given: readonly Secret[]): Promise<BuildSecrets> {
  const steps = stages.flatMap(stage => stage.steps);
  const all = steps.flatMap(step => (step.kind === 'script' || step.kind === 'exec' ? (step.secrets ?? []) : []));
  const wanted = new Map(all.map(secret => [secret.name, secret]));
  const named = await Promise.all(given.map(async secret => ({ secret, ...(await nameOf(secret, wanted)) })));
  const unknown = named.flatMap(({ name, called }) =>
    name === undefined ? [diagnose('QS220', { name: called })] : [],
  );
  const found = await Promise.all(
    [...wanted.values()].map(async ({ name, file }) => {
      const secret = named.find(one => one.name === name)?.secret ?? dag.secret(`env://${name}`);
      return { name, value: await readSecret(secret, file !== undefined) };
    }),
  );
  const missing = found.flatMap(({ name, value }) => (value === '' ? [diagnose('QS217', { name })] : []));
  if (unknown.length + missing.length > 0) throw new DiagnosticError([...unknown, ...missing]);
  // By a name of its own: what is installed with it is the same whatever its value, and wherever that comes from.
  return new Map(found.map(({ name, value }) => [name, dag.setSecret(`quayside/build/${name}`, value)]));
}

/** What a file ends with is no part of a word. */
async function readSecret(secret: Secret, isFile: boolean): Promise<string> {
  const text = await secret.plaintext().catch(() => '');
  return isFile ? text : text.replace(/\r?\n$/, '');
}

/**
 * Which of the wanted secrets one is. Dagger's own command line gives secrets without names: then a part of their addresses tells, such as
 * `env://CORP_TOKEN` or `file:///home/me/.netrc`.
 */
async function nameOf(secret: Secret, wanted: ReadonlyMap<string, StepSecret>) {
  const name = await secret.name();
  if (name !== '') return { name: wanted.has(name) ? name : undefined, called: name };
  const uri = await secret.uri();
  const parts = uri.split(/[:/?#]+/).map(part => part.replace(/^\./, '').replaceAll(/[.-]/g, '_'));
  const match = parts.findLast(part => [part, part.toUpperCase()].some(word => wanted.has(word)));
  const found = match !== undefined && wanted.has(match) ? match : match?.toUpperCase();
  return { name: found, called: uri };
}
