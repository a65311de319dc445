/** The version of a package in the source: written in its manifest, in a file that this names, or not at all. */
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { isTable, stringAt, stringsAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';

/** What a version is taken for that nothing says: history, which only git has, is no part of the source. */
export const UNKNOWN_VERSION = '0.0.0';

const WHY_UNKNOWN = 'not written in the source, as versions that come from git are; version gives one';

/** Where a build backend takes the version from when git has none. */
const FALLBACKS = [
  ['tool', 'hatch', 'version', 'fallback-version'],
  ['tool', 'hatch', 'version', 'raw-options', 'fallback_version'],
  ['tool', 'setuptools_scm', 'fallback_version'],
  ['tool', 'pdm', 'version', 'fallback_version'],
] as const;

/** Finds the version; every package has one, and where it is not found that is said. */
export async function packageVersion(tree: Tree, file: TomlFile, directory: string): Promise<Sourced<string>> {
  const { data } = file;
  const isDynamic = stringsAt(data, 'project', 'dynamic').includes('version');
  const described = isDynamic ? await describedVersion(tree, directory) : undefined;
  if (described) return described;
  for (const path of [['project', 'version'], ['tool', 'poetry', 'version'], ...FALLBACKS]) {
    const value = stringAt(data, ...path);
    // Poetry's plugins for versions want a placeholder there, which is as good as any.
    if (value !== undefined && isVersion(value)) return { value, place: tomlPlace(file, ...path) };
  }
  for (const path of versionFiles(file)) {
    const read = await versionIn(tree, joinPath(directory, path));
    if (read) return read;
  }
  return {
    value: UNKNOWN_VERSION,
    place: tomlPlace(file, 'project', ...(isDynamic ? ['dynamic'] : [])),
    why: WHY_UNKNOWN,
  };
}

/** What git has written of itself into a source that is taken out of it; tools that take versions from git read it too. */
const ARCHIVAL = '.git_archival.txt';

/** The version by the newest tag: behind it, the next one is being developed, as setuptools-scm has it. */
async function describedVersion(tree: Tree, directory: string): Promise<Sourced<string> | undefined> {
  for (const path of new Set([joinPath(directory, ARCHIVAL), ARCHIVAL])) {
    const text = (await tree.read(path)) ?? '';
    const match =
      /^describe-name:\s*(?:[\w.]+[-/])?v?(\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?)(?:-(\d+)-g([0-9a-f]+))?\s*$/m.exec(text);
    if (!match) continue;
    const [, tag = '', behind, commit] = match;
    const next = tag.replace(/\d+$/, last => `${Number(last) + 1}`);
    const value = behind === undefined ? tag : `${next}.dev${behind}+g${commit}`;
    return {
      value,
      place: { file: path },
      why: behind === undefined ? "git's tag" : `${behind} commits behind git's tag ${tag}`,
    };
  }
  return undefined;
}

/** The version in a file that says `__version__ = "1.2.3"`, or nothing but the version. */
export async function versionIn(tree: Tree, path: string): Promise<Sourced<string> | undefined> {
  const text = await tree.read(path);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const index = lines.findIndex(line => ASSIGNED.test(line));
  if (index >= 0) return { value: ASSIGNED.exec(lines[index]!)![1]!, place: { file: path, line: index + 1 } };
  const whole = text.trim();
  return isVersion(whole) ? { value: whole, place: { file: path } } : undefined;
}

const ASSIGNED = /^\s*(?:__version__|VERSION|version)\b[^=\n]*=\s*["']v?(\d[^"']*)["']/;

/** Whether a text is a version that the index would take. */
export function isVersion(text: string): boolean {
  return /^v?\d+(\.\d+)*([-_.]?(a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[-_.]?\d*)*(\+[\w.]+)?$/i.test(text);
}

/** The files that a manifest says the version is in. */
function versionFiles(file: TomlFile): readonly string[] {
  const { data } = file;
  const dynamic = tableAt(data, 'tool', 'setuptools', 'dynamic', 'version');
  const attribute = typeof dynamic.attr === 'string' ? attributeFiles(dynamic.attr) : [];
  const listed = typeof dynamic.file === 'string' ? [dynamic.file] : stringsAt(dynamic, 'file');
  const named = [stringAt(data, 'tool', 'hatch', 'version', 'path'), stringAt(data, 'tool', 'pdm', 'version', 'path')];
  const backend = stringAt(data, 'build-system', 'build-backend') ?? '';
  const name = stringAt(data, 'project', 'name') ?? '';
  const flit = isTable(data['build-system']) && backend.startsWith('flit') ? attributeFiles(`${name}.__version__`) : [];
  return [...named.filter(path => path !== undefined), ...attribute, ...listed, ...flit];
}

/** The files in which `shop.about.__version__` may be written. */
export function attributeFiles(attribute: string): readonly string[] {
  const module = attribute.split('.').slice(0, -1).join('/').replaceAll('-', '_');
  return ['', 'src/'].flatMap(start => [`${start}${module}.py`, `${start}${module}/__init__.py`]);
}
