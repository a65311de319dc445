/** Bundlers of before Node 17, which hash with what OpenSSL 3 has only for those who ask for it. */
import coerce from 'semver/functions/coerce.js';
import lt from 'semver/functions/lt.js';
import type { Sourced } from '../../source/sourced.js';
import type { FrontendDefinition } from '../../support/frontends/definition.js';
import { FRONTENDS } from '../../support/frontends/index.js';
import { type PackageJson, placeOfDependency } from '../files/package-json.js';

const TOOLS: readonly FrontendDefinition[] = Object.values(FRONTENDS);

/**
 * The package among a frontend's dependencies that does so, by its locked version, else by the range that package.json has.
 * @param versionOf the locked version of a package
 */
export function oldHashes(
  file: PackageJson,
  versionOf: (name: string) => string | undefined,
): Sourced<string> | undefined {
  for (const { packages, oldHashesBefore } of TOOLS) {
    const [name = ''] = packages;
    const range = oldHashesBefore === undefined ? undefined : file.dependencies.get(name);
    const version = range === undefined ? null : coerce(versionOf(name) ?? range);
    if (version === null || !lt(version, oldHashesBefore!)) continue;
    return { value: `${name} ${version}`, place: placeOfDependency(file, name) };
  }
  return undefined;
}
