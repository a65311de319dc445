/** The variables that the app reads, for whoever has to set them. */
import type { Facts } from '../detect/facts.js';
import { isSecretTemplate } from '../plan/template.js';
import type { Need, Variable } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { isSecretName } from '../support/secret-names.js';

/** Makes the list, by name. */
export function makeVariables(
  { secrets, variables = [] }: Pick<Facts, 'secrets' | 'variables'>,
  needs: readonly Need[],
): readonly Variable[] {
  const addresses = new Map(
    needs.flatMap(({ to, env }) => Object.entries(env).map(([name, template]) => [name, { to, template }] as const)),
  );
  const own = new Map(secrets.map(({ value, place }) => [value, place]));
  const read = new Map(variables.map(variable => [variable.name, variable]));
  const names = [...new Set([...own.keys(), ...addresses.keys(), ...read.keys()])].sort();
  return names.map(name => {
    const address = addresses.get(name);
    const known = read.get(name);
    const place = own.get(name);
    return defined({
      name,
      secret: place !== undefined || (address ? isSecretTemplate(address.template) : isSecretName(name)),
      required: known?.required ?? true,
      default: known?.fallback,
      service: address?.to,
      read: (known?.places ?? (place ? [place] : [])).map(({ file, line }) => defined({ file, line })),
    });
  });
}

/** Values that the deployment gives: those that the app's own image has, or those of what runs it. */
export function givenValues(
  { environment = [] }: Pick<Facts, 'environment'>,
  inImage: boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    environment.filter(given => given.inImage === inImage).map(({ name, value }) => [name, value.value]),
  );
}
