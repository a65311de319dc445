/** Packages that are built from source on purpose, or never: what pip, uv and poetry are told about wheels. */
import type { Place } from '../../diagnostics/diagnostic.js';
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile, parseToml, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import { normaliseName } from '../../support/dependency.js';
import type { PythonPackageManager } from '../facts.js';

/** One word of such an option: a package's name, `:all:`, or `:none:`, which takes earlier ones back. */
export interface BuildRule {
  readonly name: string;
  readonly from: 'source' | 'wheel';
  readonly place: Place;
}

/** How packages come, by name: what is said last of a package counts, and `:all:` is what is said of every other. */
export type Builds = ReadonlyMap<string, BuildRule>;

/** Reads a line such as `--no-binary cffi,lxml` of a requirements file. */
export function buildRules(line: string, place: Place): readonly BuildRule[] {
  const [, option, names = ''] = /^\s*--(no-binary|only-binary)[\s=]+(\S+)/.exec(line) ?? [];
  return option === undefined ? [] : rules(names.split(','), option === 'no-binary' ? 'source' : 'wheel', place);
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

/** Reads what uv's part of pyproject.toml and poetry's own poetry.toml say. */
export async function lockedBuildRules(
  manager: PythonPackageManager,
  tree: Tree,
  pyproject: TomlFile,
): Promise<readonly BuildRule[]> {
  if (manager === 'uv') {
    return [
      ...tableRules(pyproject, 'tool.uv', 'no-binary', 'source'),
      ...tableRules(pyproject, 'tool.uv', 'no-build', 'wheel'),
      ...tableRules(pyproject, 'tool.uv', 'no-binary-package', 'source'),
      ...tableRules(pyproject, 'tool.uv', 'no-build-package', 'wheel'),
    ];
  }
  const text = manager === 'poetry' ? await tree.read('poetry.toml') : undefined;
  const file = text === undefined ? undefined : parseToml('poetry.toml', text, 'QS206');
  if (file === undefined || !isTomlFile(file)) return [];
  return [
    ...tableRules(file, 'installer', 'only-binary', 'wheel'),
    ...tableRules(file, 'installer', 'no-binary', 'source'),
  ];
}

/** Names of packages to build from source, for the options of an installer that has not read them itself. */
export function fromSource(builds: Builds): readonly Sourced<string>[] {
  return [...builds.values()].flatMap(({ name, from, place }) => (from === 'source' ? [{ value: name, place }] : []));
}

/** A key that holds a list, names between commas, or true for all. */
function tableRules(file: TomlFile, section: string, key: string, from: BuildRule['from']): readonly BuildRule[] {
  const path = [...section.split('.'), key];
  const value = tableAt(file.data, ...section.split('.'))[key];
  const names = value === true ? [':all:'] : typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(names)) return [];
  return names.flatMap((name, index) => rules([String(name)], from, tomlPlace(file, ...path, index)));
}

function rules(names: readonly string[], from: BuildRule['from'], place: Place): readonly BuildRule[] {
  return names.flatMap(written => {
    const name = written.trim();
    return name === '' ? [] : [{ name: name.startsWith(':') ? name : normaliseName(name), from, place }];
  });
}
