/** Packages that are built from source on purpose, or never: what package managers are told about wheels. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile, readToml, type TomlFile } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import type { BuildRule, LockingManager } from '../../support/managers/python/definition.js';
import { rulesOf } from '../../support/managers/python/shared/build-rules.js';

/** How packages come, by name: what is said last of a package counts, and `:all:` is what is said of every other. */
export type Builds = ReadonlyMap<string, BuildRule>;

/** Reads a line such as `--no-binary cffi,lxml` of a requirements file. */
export function buildRules(line: string, place: Place): readonly BuildRule[] {
  const [, option, names = ''] = /^\s*--(no-binary|only-binary)[\s=]+(\S+)/.exec(line) ?? [];
  return option === undefined ? [] : rulesOf(names.split(','), option === 'no-binary' ? 'source' : 'wheel', place);
}

/** The rules in force, by pip's order: a name replaces what was said of it, `:all:` everything before. */
export function settle(all: readonly BuildRule[]): Builds {
  const builds = new Map<string, BuildRule>();
  for (const rule of all) {
    if (rule.name === ':all:') builds.clear();
    if (rule.name !== ':none:') builds.set(rule.name, rule);
    else for (const { name, from } of [...builds.values()]) if (from === rule.from) builds.delete(name);
  }
  return builds;
}

/** Reads what a manager's own settings say, in the file that it has them in. */
export async function lockedBuildRules(
  { builds }: LockingManager,
  tree: Tree,
  manifest: TomlFile,
): Promise<readonly BuildRule[]> {
  if (builds === undefined) return [];
  if (builds.file === manifest.path) return builds.rules(manifest);
  const file = await readToml(tree, builds.file);
  return file !== undefined && isTomlFile(file) ? builds.rules(file) : [];
}

/** Names of packages to build from source, for the options of an installer that has not read them itself. */
export function fromSource(builds: Builds): readonly Sourced<string>[] {
  return [...builds.values()].flatMap(({ name, from, place }) => (from === 'source' ? [{ value: name, place }] : []));
}
