/** Secrets of the build: those that are declared or that files name, and which steps are given them. */
import type { Config } from '../config/schema.js';
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { configPlace, type Origins } from '../source/config-place.js';
import { defined } from '../source/defined.js';
import type { BuildSecret } from './facts.js';
import type { NamedCredential } from './files/credentials.js';

type Declaring = { readonly config: Pick<Config, 'secrets'>; readonly origins: Origins };

/**
 * The secrets that whoever builds has to give: those that quayside.yaml declares, in its order, and variables that files name as part of a credential, which
 * it need not say again.
 */
export function neededSecrets(declaring: Declaring, named: readonly NamedCredential[]): readonly BuildSecret[] {
  const { secrets = {} } = declaring.config;
  const others = named.flatMap(credential => (credential.kind === 'variable' ? [credential] : []));
  return [
    ...declaredSecrets(declaring),
    ...others
      .filter(({ name }, at) => !Object.hasOwn(secrets, name) && others.findIndex(other => other.name === name) === at)
      .map(({ name, place }) => ({ value: name, place })),
  ];
}

function declaredSecrets({ config, origins }: Declaring): readonly BuildSecret[] {
  return Object.entries(config.secrets ?? {}).flatMap(([value, form]) => {
    if (form === false) return [];
    const place = configPlace(origins, `secrets.${value}`);
    return [
      defined({
        value,
        place,
        file:
          typeof form === 'object' ? form.file.replace(/^~(?=\/)/, HOME) : form === 'ssh' ? keyFile(value) : undefined,
        isKey: form === 'ssh' ? (true as const) : undefined,
      }),
    ];
  });
}

/** The home directory of whoever installs. */
const HOME = '/root';

function keyFile(name: string): string {
  return `${HOME}/.ssh/${name.toLowerCase()}`;
}

/** A diagnostic for each credential that a file has or asks for without the name of a variable, where it does so first. */
export function undeclaredSecrets(
  named: readonly NamedCredential[],
  { config: { secrets = {} } }: Declaring,
): readonly Diagnostic[] {
  const hasKey = Object.values(secrets).includes('ssh');
  const open = named.flatMap(credential =>
    credential.kind === 'password' || (credential.kind === 'key' && !hasKey) ? [credential] : [],
  );
  const keys = open.map(({ place, ...rest }) => JSON.stringify(rest.kind === 'password' ? place : rest));
  return open
    .filter((_, at) => keys.indexOf(keys[at]!) === at)
    .map(({ place, ...data }) => diagnose('QS219', data, place));
}

/**
 * Those that a package manager's steps are given: what its files name, and what no other's files name. A secret that one index asks for
 * is no business of packages from another.
 */
export function secretsFor(
  declared: readonly BuildSecret[],
  own: ReadonlySet<string>,
  others: ReadonlySet<string>,
): readonly BuildSecret[] {
  return declared.filter(({ value }) => own.has(value) || !others.has(value));
}
