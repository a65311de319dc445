/** Projects that declare groups and nothing else: a pyproject.toml with [dependency-groups] and no [project]. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import { isTable, stringsAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Dependency } from '../../support/dependency.js';
import { bringsWebFramework } from '../../support/web-frameworks.js';
import type { ShellWord } from '../files/command-line.js';
import { START_FILES, startFilesIn } from '../files/start-commands.js';
import type { Project } from '../project.js';

/** What groups for people who work on the app are called. */
const DEVELOPMENT =
  /^(dev|devel|develop|development|tests?|testing|lint(ers?|ing)?|docs?|documentation|typ(es|ing|echeck)|ci|format(ting)?|style|quality|bench(mark)?s?|profiling|debug|tools?|tooling|e2e|local|pre-?commit|release|notebooks?|examples?|demos?)\b/;

/** What the one that production installs is called. */
const PRODUCTION =
  /^(main|prod|production|default|app|base|core|runtime|server|web|backend|api|deps|dependencies|project)$/;

/**
 * The groups that production installs, in a project that declares nothing outside of groups: those that its own commands install, else
 * those that uv installs by itself, else the one whose name says so, else the only one with a web framework. A project with dependencies
 * of its own has none here.
 */
export async function groupsAlone(
  { tree, source, pyproject }: Project,
  dependencies: readonly Dependency[],
): Promise<readonly Sourced<string>[]> {
  const isProject = pyproject === undefined || isTable(pyproject.data.project);
  if (isProject || dependencies.some(({ groupName }) => groupName === undefined)) return [];
  const names = groupNames(pyproject, dependencies);
  const meant = (name: string) => isForRunning(dependencies, name);
  const installed = await installedGroups(source === tree ? [tree] : [tree, source], names);
  const byCommand = installed.filter(({ value }) => meant(value));
  if (byCommand.length > 0) return byCommand;
  const byDefault = stringsAt(pyproject.data, 'tool', 'uv', 'default-groups').filter(name => meant(name));
  if (byDefault.length > 0) return byDefault.map(value => said(pyproject, value, 'among the default-groups of uv'));
  const others = names.filter(meant);
  const named = others.find(name => PRODUCTION.test(name));
  if (named !== undefined) return [said(pyproject, named, 'no [project]: the group that is called so')];
  const withFramework = others.filter(name => bringsWebFramework(ofGroups(dependencies, pyproject, [name])));
  const [only, second] = withFramework;
  if (only === undefined || second !== undefined) return [];
  return [said(pyproject, only, 'no [project]: the only group with a web framework')];
}

/** The groups by name, those that they include among them. */
export function withIncluded(file: TomlFile | undefined, names: readonly string[]): readonly string[] {
  const all = new Set<string>();
  const add = (name: string): void => {
    if (all.has(name)) return;
    all.add(name);
    const items = tableAt(file?.data ?? {}, 'dependency-groups')[name];
    for (const item of Array.isArray(items) ? items : []) {
      const included = isTable(item) ? item['include-group'] : undefined;
      if (typeof included === 'string') add(included);
    }
  };
  for (const name of names) add(name);
  return [...all];
}

function groupNames(file: TomlFile, dependencies: readonly Dependency[]): readonly string[] {
  const declared = Object.keys(tableAt(file.data, 'dependency-groups'));
  return [...new Set([...declared, ...dependencies.flatMap(({ groupName }) => groupName ?? [])])];
}

function ofGroups(dependencies: readonly Dependency[], file: TomlFile, names: readonly string[]) {
  const all = withIncluded(file, names);
  return dependencies
    .filter(({ groupName }) => groupName !== undefined && all.includes(groupName))
    .map(dependency => ({ ...dependency, group: 'main' as const }));
}

/** Whether a group is not only for people who work on the app: by its name, and by the tests that it brings. */
export function isForRunning(dependencies: readonly Dependency[], group: string): boolean {
  const bringsPytest = dependencies.some(({ name, groupName }) => groupName === group && name === 'pytest');
  return !DEVELOPMENT.test(group) && !bringsPytest;
}

function said(file: TomlFile, value: string, why: string): Sourced<string> {
  return { value, place: tomlPlace(file, 'dependency-groups', value), why };
}

/** The groups that the first kind of the app's files installs which installs any. */
async function installedGroups(
  trees: readonly Project['tree'][],
  names: readonly string[],
): Promise<readonly Sourced<string>[]> {
  for (const files of START_FILES) {
    const read = trees.flatMap(tree =>
      startFilesIn(tree, files).map(async path => {
        const commands = await files.commands((await tree.read(path)) ?? '', path);
        return commands.flatMap(({ command, place }) =>
          command.commands.flatMap(({ words, line }) => groupsIn(words, names, placeAt(place, line), path)),
        );
      }),
    );
    const found = (await Promise.all(read)).flat();
    const groups = found.filter(({ value }, at) => found.findIndex(other => other.value === value) === at);
    if (groups.length > 0) return groups;
  }
  return [];
}

function placeAt(place: Place, line: number): Place {
  return place.line === undefined ? place : { ...place, line: place.line + line };
}

/** `pip install --group main`, `uv sync --only-group=main`, `pdm install -G main`, `poetry install --with main,web`. */
function groupsIn(
  words: readonly ShellWord[],
  names: readonly string[],
  place: Place,
  file: string,
): readonly Sourced<string>[] {
  const texts = words.map(({ text }) => text);
  if (!texts.some(text => /(^|\/)(pip[\d.]*|uv|pdm|poetry)$/.test(text))) return [];
  const values = texts.flatMap((text, at) => {
    const [, option = '', inside] = /^(--group|--only-group|-G|--with|--only)(?:=(.+))?$/.exec(text) ?? [];
    return option === '' ? [] : [inside ?? texts[at + 1] ?? ''];
  });
  // pip may name the file before the group.
  const wanted = values.flatMap(value => value.replace(/^.*:/, '').split(','));
  return names
    .filter(name => wanted.includes(name))
    .map(value => ({ value, place, why: `no [project]: as ${file} installs it` }));
}
