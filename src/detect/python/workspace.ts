/** Workspaces, whose projects share one lock: their members, and which of them is the app. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile, parseToml, stringAt, type TomlFile } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import type { WorkspacePatterns } from '../../support/managers/python/definition.js';
import { normaliseName } from '../../support/pep508/requirement.js';
import { lockingManagers } from '../../support/python-managers.js';
import { bringsWebFramework } from '../../support/web-frameworks.js';
import type { Member, Workspace } from '../project.js';
import { declaredIn } from './dependencies.js';

/**
 * Reads a workspace; undefined when the project is none, diagnostics when the app in it cannot be told.
 * @param configured name of the member that is said to be the app
 */
export async function readWorkspace(
  tree: Tree,
  pyproject: TomlFile,
  configured: Sourced<string> | undefined,
): Promise<Workspace | readonly Diagnostic[] | undefined> {
  const [kept] = lockingManagers().flatMap(({ spoken, lock, workspace }) => {
    const patterns = tree.paths.includes(lock.path) ? workspace?.(pyproject) : undefined;
    return patterns ? [{ manager: spoken, patterns }] : [];
  });
  if (!kept) return localDependencies(tree, pyproject);
  const members: Member[] = [];
  for (const directory of memberDirectories(tree, kept.patterns)) {
    const member = await readMember(tree, directory);
    if (!isMember(member)) return [member];
    members.push(member);
  }
  return withApp(pyproject, members, configured, kept.manager);
}

async function readMember(tree: Tree, directory: string): Promise<Member | Diagnostic> {
  const path = `${directory}/pyproject.toml`;
  const file = parseToml(path, (await tree.read(path)) ?? '', 'QS206');
  if (!isTomlFile(file)) return file;
  const isSrc = tree.paths.some(other => other.startsWith(`${directory}/src/`) && other.endsWith('.py'));
  const written = stringAt(file.data, 'project', 'name') ?? stringAt(file.data, 'tool', 'poetry', 'name') ?? '';
  return { name: normaliseName(written), directory, root: isSrc ? `${directory}/src` : directory, file };
}

function isMember(read: Member | Diagnostic): read is Member {
  return 'directory' in read;
}

/** Projects in the source that the app names by their directories, and those that these name: imports and the lock treat them as members. */
async function localDependencies(
  tree: Tree,
  pyproject: TomlFile,
): Promise<Workspace | readonly Diagnostic[] | undefined> {
  const manager = lockingManagers().find(
    ({ lock, localDirectories }) => localDirectories && tree.paths.includes(lock.path),
  );
  const members: Member[] = [];
  const waiting = (manager?.localDirectories?.(pyproject) ?? []).map(path => resolvePath('', path));
  for (let directory = waiting.shift(); directory !== undefined; directory = waiting.shift()) {
    const isKnown = members.some(member => member.directory === directory);
    if (directory === '' || isKnown || !tree.paths.includes(`${directory}/pyproject.toml`)) continue;
    const member = await readMember(tree, directory);
    if (!isMember(member)) return [member];
    members.push(member);
    const from = directory;
    waiting.push(...(manager?.localDirectories?.(member.file) ?? []).map(path => resolvePath(from, path)));
  }
  return members.length === 0 ? undefined : { members, app: pyproject, isLoose: true };
}

function memberDirectories(tree: Tree, { members, exclude }: WorkspacePatterns): readonly string[] {
  return tree.paths
    .filter(path => path.endsWith('/pyproject.toml'))
    .map(path => path.replace(/\/pyproject\.toml$/, ''))
    .filter(directory => matchesAny(members, directory) && !matchesAny(exclude, directory));
}

function withApp(
  pyproject: TomlFile,
  members: readonly Member[],
  configured: Sourced<string> | undefined,
  manager: string,
): Workspace | readonly Diagnostic[] {
  const asked = configured?.value;
  const web = members.filter(({ file }) => isWeb(file));
  if (asked === undefined && isWeb(pyproject)) return { members, app: pyproject };
  const chosen = asked === undefined ? web : members.filter(({ name }) => name === normaliseName(asked));
  const [only, second] = chosen;
  if (!only || second) {
    const names = (chosen.length > 0 ? chosen : members).map(({ name }) => name);
    const place = configured?.place ?? tomlPlace(pyproject, 'tool', manager, 'workspace');
    return [diagnose('QS212', { manager, asked, names }, place)];
  }
  const others = web.filter(member => member !== only);
  const found = configured
    ? { place: configured.place, why: 'configured' }
    : {
        place: { ...tomlPlace(only.file, 'project', 'name'), file: 'pyproject.toml' },
        why: 'the one member with a web framework',
      };
  return {
    // Another app of the workspace is not part of this one.
    members: members.filter(member => !others.includes(member)),
    member: { value: only.name, ...found },
    app: only.file,
  };
}

function isWeb(file: TomlFile): boolean {
  return bringsWebFramework(declaredIn(file, 'pyproject.toml'));
}

/** Whether a directory matches one of uv's patterns, in which `*` stands for one name. */
function matchesAny(patterns: readonly string[], directory: string): boolean {
  return patterns.some(pattern => {
    const words = pattern
      .replace(/^\.\//, '')
      .replace(/\/$/, '')
      .split('*')
      .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${words.join('[^/]*')}$`).test(directory);
  });
}
