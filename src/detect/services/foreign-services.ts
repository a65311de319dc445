/** Services that the app needs and that Quayside does not run: by their clients among the dependencies, and their use in code. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Place } from '../../diagnostics/place.js';
import type { Dependency } from '../../support/dependency.js';
import { FOREIGN_SERVICES, RUN_SERVICES } from '../../support/run-services.js';
import type { ForeignServiceDefinition } from '../../support/services/definition.js';
import type { EnvRead } from '../code/env-read.js';
import type { Project } from '../project.js';
import { installedDrivers } from './drivers.js';
import { isDatabase } from './wanted.js';

/** A variable that holds the address of whichever database an app has. */
const DATABASE_VARIABLE = /(^|_)(DATABASE|DB)_UR[IL]$/;

/** Says which services stand in the way of a run: a client is a main dependency, and the code uses it. */
export function foreignServices(
  project: Project,
  dependencies: readonly Dependency[],
  reads: readonly EnvRead[],
): readonly Diagnostic[] {
  const main = dependencies.filter(({ group }) => group === 'main');
  const hasDatabase = installedDrivers(dependencies).some(({ kind }) => isDatabase(kind));
  return FOREIGN_SERVICES.flatMap(([service, definition]) => {
    if (project.config.services?.[service] === false) return [];
    const { packages, variables, title } = definition;
    const client = main.find(({ name }) => packages.includes(name));
    const addresses = reads.filter(
      ({ name }) => variables.test(name) || (definition.isDatabase && !hasDatabase && DATABASE_VARIABLE.test(name)),
    );
    const use = client && placeOfUse(project, client.name, definition, addresses);
    if (!client || !use) return [];
    const run = RUN_SERVICES.map(([, other]) => other.need ?? other.title);
    return [diagnose('QS505', { service, title, client: { name: client.name, place: client.place }, run }, use)];
  });
}

/** Where the code shows that it talks to the service. */
function placeOfUse(
  { modules }: Project,
  name: string,
  { modules: others = [], texts }: ForeignServiceDefinition,
  [address]: readonly EnvRead[],
): Place | undefined {
  if (address) return { file: address.path, line: address.line };
  const imported = [name.replaceAll('-', '_'), ...others];
  for (const { isTest, path, statements } of modules) {
    if (isTest) continue;
    for (const { tokens, line } of statements) {
      const isImport = /^(import|from)$/.test(tokens[0]?.text ?? '') && imported.includes(tokens[1]?.text ?? '');
      if (isImport || tokens.some(({ kind, text }) => kind === 'string' && texts.test(text)))
        return { file: path, line };
    }
  }
  return undefined;
}
