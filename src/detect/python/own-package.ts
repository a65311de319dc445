/** The app and the projects beside it as packages: what importlib.metadata finds of them, and the programs that they bring. */
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { isTable, stringAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import type { OwnPackage } from '../facts.js';
import type { Project } from '../project.js';
import { packageVersion } from './package-version.js';
import { setupPackage } from './setup-package.js';

const POETRY = ['tool', 'poetry'] as const;

/** Finds the packages: the app's own where it is one, and those of its workspace or in directories that it depends on. */
export async function ownPackages(project: Project): Promise<readonly OwnPackage[]> {
  const { tree, locked, pyproject, workspace } = project;
  const members = (workspace?.members ?? []).filter(({ file }) => file !== workspace?.app);
  const own = (pyproject && (await fromPyproject(tree, pyproject, ''))) ?? (await setupPackage(tree));
  const others = await Promise.all(members.map(({ file, directory }) => fromPyproject(locked, file, directory)));
  const packages = [...(own ? [withConfigured(own, project)] : []), ...others.filter(item => item !== undefined)];
  return packages.filter(({ name }, at) => packages.findIndex(other => other.name === name) === at);
}

/** The version that is configured, before any other. */
function withConfigured(own: OwnPackage, { config, origins }: Project): OwnPackage {
  const value = config.version;
  return value === undefined ? own : { ...own, version: { value, place: configPlace(origins, 'version') } };
}

/** Undefined for a project that is no package: its manager installs what it needs, and not itself. */
async function fromPyproject(tree: Tree, file: TomlFile, directory: string): Promise<OwnPackage | undefined> {
  const { data } = file;
  const keys = stringAt(data, 'project', 'name') === undefined ? [...POETRY, 'name'] : ['project', 'name'];
  const name = stringAt(data, ...keys);
  if (name === undefined || !isPackage(file)) return undefined;
  const place = tomlPlace(file, ...keys);
  return defined({
    name,
    place,
    version: await packageVersion(tree, file, directory),
    summary: stringAt(data, 'project', 'description') ?? stringAt(data, ...POETRY, 'description'),
    entryPoints: entryPointsOf(data),
    versionFile: versionFileOf(tree, data, directory),
  });
}

/** uv and PDM ask for a build system or a word of their own, poetry takes every project for a package that does not say otherwise. */
function isPackage({ data }: TomlFile): boolean {
  if (tableAt(data, 'tool', 'uv').package !== undefined) return tableAt(data, 'tool', 'uv').package === true;
  if (tableAt(data, 'tool', 'pdm').distribution !== undefined)
    return tableAt(data, 'tool', 'pdm').distribution === true;
  if (tableAt(data, ...POETRY)['package-mode'] === false) return false;
  return isTable(data['build-system']) || stringAt(data, ...POETRY, 'name') !== undefined;
}

function entryPointsOf(data: TomlFile['data']): OwnPackage['entryPoints'] {
  const groups: Readonly<Record<string, readonly (readonly string[])[]>> = {
    console_scripts: [
      ['project', 'scripts'],
      [...POETRY, 'scripts'],
    ],
    gui_scripts: [['project', 'gui-scripts']],
  };
  const own = Object.entries(groups).map(
    ([group, tables]) => [group, tables.flatMap(path => pairsOf(data, path))] as const,
  );
  const named = [
    ['project', 'entry-points'],
    [...POETRY, 'plugins'],
  ].flatMap(path =>
    Object.keys(tableAt(data, ...path)).map(group => [group, pairsOf(data, [...path, group])] as const),
  );
  const filled = [...own, ...named].filter(([, pairs]) => pairs.length > 0);
  return Object.fromEntries(filled.map(([group, pairs]) => [group, Object.fromEntries(pairs)]));
}

function pairsOf(data: TomlFile['data'], path: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(tableAt(data, ...path)).flatMap(([name, value]) => {
    const reference = isTable(value) ? (value.callable ?? value.reference) : value;
    return typeof reference === 'string' && reference.includes(':') ? [[name, reference] as const] : [];
  });
}

/** Where build hooks write the version, for a file that the source does not have. */
const VERSION_FILES = [
  ['tool', 'hatch', 'build', 'hooks', 'vcs', 'version-file'],
  ['tool', 'setuptools_scm', 'version_file'],
  ['tool', 'setuptools_scm', 'write_to'],
  ['tool', 'pdm', 'version', 'write_to'],
] as const;

function versionFileOf(tree: Tree, data: TomlFile['data'], directory: string): Sourced<string> | undefined {
  const key = VERSION_FILES.find(path => stringAt(data, ...path) !== undefined);
  if (!key) return undefined;
  const written = stringAt(data, ...key)!;
  // PDM's is relative to where packages lie.
  const path =
    key[1] === 'pdm' && tree.paths.some(other => other.startsWith(joinPath(directory, 'src/')))
      ? `src/${written}`
      : written;
  const value = joinPath(directory, path);
  if (tree.paths.includes(value)) return undefined;
  return {
    value,
    place: { file: joinPath(directory, 'pyproject.toml') },
    why: `written by a build hook: ${key.slice(1).join('.')}`,
  };
}
