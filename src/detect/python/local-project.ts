/** Code in the source that is installed by its directory (`.`, `-e .`, `./libs/money`): what it declares itself. */

import { isTable, isTomlFile, readToml, stringsAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import { parseRequirement } from '../../support/pep508/requirement.js';
import { readSections } from '../files/ini.js';
import { requirementLines } from './requirement-lines.js';
import { readSetupLists, type SeenList } from './setup-lists.js';

/** A project in a directory of the source. */
export interface LocalProject {
  /** Directory that its imports start from. */
  readonly root: string;
  /** The requirements it declares, with those of the extras asked for: what is seen of them. */
  readonly declared: readonly string[];
  /** Whether that may not be all: building its metadata, as pip does, shows the rest. */
  readonly isComputed: boolean;
}

/** The lists of a project. */
interface ProjectLists {
  readonly requires: SeenList;
  readonly extras: ReadonlyMap<string, SeenList>;
}

/** Reads a project's declared requirements; undefined where there is none, or one that has to be compiled. */
export async function readLocalProject(
  tree: Tree,
  directory: string,
  extras: readonly string[],
): Promise<LocalProject | undefined> {
  const at = (path: string) => (directory === '' ? path : `${directory}/${path}`);
  const lists = await projectLists(tree, directory);
  if (lists === undefined) return undefined;
  const all = [lists.requires, ...extras.map(extra => lists.extras.get(extra) ?? UNKNOWN)];
  const isSrc = tree.paths.some(path => path.startsWith(at('src/')) && path.endsWith('.py'));
  return {
    root: isSrc ? at('src') : directory,
    declared: all.flatMap(({ lines }) => lines),
    isComputed: all.some(({ isWhole }) => !isWhole),
  };
}

/** The extras of a project that is no package of pyproject.toml: those in its setup.cfg and setup.py. */
export async function setupExtras(
  tree: Tree,
): Promise<ReadonlyMap<string, { readonly lines: readonly string[]; readonly file: string }>> {
  const [cfg, py] = await Promise.all([fromSetupCfg(tree, ''), fromSetupPy(tree, '')]);
  const inFile = (file: string, extras: ProjectLists['extras'] | undefined) =>
    [...(extras ?? [])].map(([name, { lines }]) => [name, { lines, file }] as const);
  return new Map([...inFile('setup.py', py?.extras), ...inFile('setup.cfg', cfg?.extras)]);
}

const UNKNOWN: SeenList = { lines: [], isWhole: false };

async function projectLists(tree: Tree, directory: string): Promise<ProjectLists | undefined> {
  const own = await fromPyproject(tree, directory);
  if (own && own !== 'dynamic') return own;
  const [cfg, py] = await Promise.all([fromSetupCfg(tree, directory), fromSetupPy(tree, directory)]);
  if (py?.isCompiled) return undefined;
  // What setup.py hands over counts before what setup.cfg says.
  const isInPy = py && (py.requires.lines.length > 0 || !py.requires.isWhole);
  const lists = isInPy ? py : (cfg ?? py);
  if (lists && cfg) return { requires: lists.requires, extras: new Map([...(py?.extras ?? []), ...cfg.extras]) };
  return lists ?? (own === 'dynamic' ? { requires: UNKNOWN, extras: new Map() } : undefined);
}

async function fromPyproject(tree: Tree, directory: string): Promise<ProjectLists | 'dynamic' | undefined> {
  const path = directory === '' ? 'pyproject.toml' : `${directory}/pyproject.toml`;
  const file = await readToml(tree, path);
  if (!file || !isTomlFile(file)) return undefined;
  const project = tableAt(file.data, 'project');
  if (!('name' in project)) return undefined;
  const extras = new Map(
    Object.keys(tableAt(project, 'optional-dependencies')).map(
      extra => [extra, whole(stringsAt(project, 'optional-dependencies', extra))] as const,
    ),
  );
  if (!declaresLater(file)) return { requires: whole(stringsAt(project, 'dependencies')), extras };
  const named = dynamicFiles(file);
  return named.length === 0 ? 'dynamic' : { requires: await fromFiles(tree, directory, named), extras };
}

function whole(lines: readonly string[]): SeenList {
  return { lines, isWhole: true };
}

/** Whether a project's dependencies are not in its pyproject.toml: the tool that builds it finds them. */
export function declaresLater({ data }: TomlFile): boolean {
  return stringsAt(data, 'project', 'dynamic').includes('dependencies');
}

/** The files that setuptools takes the dependencies from. */
function dynamicFiles({ data }: TomlFile): readonly string[] {
  const { file } = tableAt(data, 'tool', 'setuptools', 'dynamic', 'dependencies');
  const hook = tableAt(data, 'tool', 'hatch', 'metadata', 'hooks', 'requirements_txt');
  return [file, isTable(hook) ? hook.files : undefined].flat().filter(item => typeof item === 'string');
}

/** Files with a requirement a line; one that includes others is read by the tool that builds the project. */
async function fromFiles(tree: Tree, directory: string, files: readonly string[]): Promise<SeenList> {
  const texts = await Promise.all(files.map(file => tree.read(directory === '' ? file : `${directory}/${file}`)));
  const lines = texts
    .flatMap(text => requirementLines(text ?? '').map(({ text: line }) => line.trim()))
    .filter(Boolean);
  const read = lines.filter(line => parseRequirement(line));
  return { lines: read, isWhole: read.length === lines.length && !texts.includes(undefined) };
}

async function fromSetupCfg(tree: Tree, directory: string): Promise<ProjectLists | undefined> {
  const text = await tree.read(directory === '' ? 'setup.cfg' : `${directory}/setup.cfg`);
  const sections = text === undefined ? undefined : readSections(text);
  if (!sections?.has('options')) return undefined;
  const listed = async (lines: readonly string[]): Promise<SeenList> => {
    const [, files] = /^file:\s*(.+)$/.exec(lines.join(' ')) ?? [];
    if (files !== undefined) return fromFiles(tree, directory, files.split(/\s*,\s*/));
    const read = lines.map(line => line.replace(/\s+#.*$/, '')).filter(line => parseRequirement(line));
    return { lines: read, isWhole: read.length === lines.length };
  };
  const extras = [...(sections.get('options.extras_require') ?? [])].map(
    async ([name, lines]) => [name, await listed(lines)] as const,
  );
  return {
    requires: await listed(sections.get('options')?.get('install_requires') ?? []),
    extras: new Map(await Promise.all(extras)),
  };
}

async function fromSetupPy(tree: Tree, directory: string) {
  const text = await tree.read(directory === '' ? 'setup.py' : `${directory}/setup.py`);
  return text === undefined ? undefined : readSetupLists(tree, directory, text);
}
