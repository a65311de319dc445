/** Workspaces of uv: their members, and which of them is the app. */
import type { ParsedConfig } from '../../config/parse.js';
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { configPlace } from '../../source/config-place.js';
import { isTomlFile, parseToml, stringAt, stringsAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import { normaliseName } from '../../support/dependency.js';
import { bringsWebFramework } from '../../support/web-frameworks.js';
import type { Member, Workspace } from '../project.js';
import { pyprojectDependencies } from './dependencies.js';

/** Reads a workspace; undefined when the project is none, diagnostics when the app in it cannot be told. */
export async function readWorkspace(
  tree: Tree,
  pyproject: TomlFile,
  { config, origins }: ParsedConfig,
): Promise<Workspace | readonly Diagnostic[] | undefined> {
  const table = tableAt(pyproject.data, 'tool', 'uv', 'workspace');
  if (!('members' in table) || !tree.paths.includes('uv.lock')) return undefined;
  const members: Member[] = [];
  for (const path of tree.paths) {
    const directory = path.replace(/\/?pyproject\.toml$/, '');
    if (directory === '' || directory === path || !matchesAny(stringsAt(table, 'members'), directory)) continue;
    if (matchesAny(stringsAt(table, 'exclude'), directory)) continue;
    const file = parseToml(path, (await tree.read(path)) ?? '', 'QS206');
    if (!isTomlFile(file)) return [file];
    const isSrc = tree.paths.some(other => other.startsWith(`${directory}/src/`) && other.endsWith('.py'));
    const name = normaliseName(stringAt(file.data, 'project', 'name') ?? '');
    members.push({ name, directory, root: isSrc ? `${directory}/src` : directory, file });
  }
  const asked = config.python?.package;
  const configured = configPlace(origins, 'python.package');
  const web = members.filter(({ file }) => isWeb(file));
  if (asked === undefined && isWeb(pyproject)) return { members, app: pyproject };
  const chosen = asked === undefined ? web : members.filter(({ name }) => name === normaliseName(asked));
  const [only, second] = chosen;
  if (!only || second) return [undecided(pyproject, chosen.length > 0 ? chosen : members, asked, configured)];
  const place =
    asked === undefined ? { ...tomlPlace(only.file, 'project', 'name'), file: 'pyproject.toml' } : configured;
  const others = web.filter(member => member !== only);
  return {
    // Another app of the workspace is not part of this one.
    members: members.filter(member => !others.includes(member)),
    member: {
      value: only.name,
      place,
      why: asked === undefined ? 'the one member with a web framework' : 'configured',
    },
    app: only.file,
  };
}

function isWeb(file: TomlFile): boolean {
  return bringsWebFramework(pyprojectDependencies(file));
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

function undecided(
  pyproject: TomlFile,
  members: readonly Member[],
  asked: string | undefined,
  configured: Place,
): Diagnostic {
  const names = members.map(({ name }) => name);
  return worded('QS212', {
    place: asked === undefined ? tomlPlace(pyproject, 'tool', 'uv', 'workspace') : configured,
    problem:
      asked === undefined
        ? `the uv workspace does not show which project is the app${names.length > 0 ? `: ${names.join(', ')}` : '; no member was found'}`
        : `the uv workspace has no member "${asked}"`,
    expected: `one member with a web framework, or its name${asked === undefined || names.length === 0 ? '' : `: ${names.join(', ')}`}`,
    fix: `write in quayside.yaml: python: { package: ${names[0] ?? 'NAME'} }${names[1] === undefined ? '' : ` (or ${names[1]})`}`,
  });
}
