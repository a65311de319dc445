/** Linters, type checkers and formatters of Python: those that are dependencies, each as its own configuration wants it. */

import { tableAt } from '../../source/toml-file.js';
import { tomlLine } from '../../source/toml-place.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import type { SuiteFacts } from '../facts.js';
import type { Project } from '../project.js';
import { groupsOf } from '../python/dependency-groups.js';

interface Tool {
  readonly name: string;
  readonly command: readonly string[];
  /** Files and the table of pyproject.toml that hold its settings. */
  readonly files: readonly string[];
  readonly table: string;
  /** Runs only when its settings are there: what is installed for another purpose is not asked for. */
  readonly onlyConfigured?: boolean;
}

const RUFF = { name: 'ruff', files: ['ruff.toml', '.ruff.toml'], table: 'tool.ruff' } as const;
const BLACK = { name: 'black', files: [], table: 'tool.black' } as const;
const ISORT = { name: 'isort', files: ['.isort.cfg'], table: 'tool.isort' } as const;

const TOOLS: Readonly<Record<'lint' | 'typecheck' | 'format', readonly Tool[]>> = {
  lint: [
    { ...RUFF, command: ['ruff', 'check', '.'] },
    {
      ...RUFF,
      table: 'tool.ruff.format',
      files: [],
      command: ['ruff', 'format', '--check', '.'],
      onlyConfigured: true,
    },
    { name: 'flake8', command: ['flake8'], files: ['.flake8', 'setup.cfg', 'tox.ini'], table: 'tool.flake8' },
    { ...BLACK, command: ['black', '--check', '.'] },
    { ...ISORT, command: ['isort', '--check-only', '.'] },
  ],
  typecheck: [
    { name: 'mypy', command: ['mypy'], files: ['mypy.ini', '.mypy.ini'], table: 'tool.mypy' },
    { name: 'pyright', command: ['pyright'], files: ['pyrightconfig.json'], table: 'tool.pyright' },
    { name: 'basedpyright', command: ['basedpyright'], files: ['pyrightconfig.json'], table: 'tool.basedpyright' },
  ],
  format: [
    { ...ISORT, command: ['isort', '--quiet', '.'] },
    { ...BLACK, command: ['black', '--quiet', '.'] },
    { ...RUFF, command: ['ruff', 'format', '--quiet', '.'] },
  ],
};

/** The suite of one kind of tool; undefined when the app has none. */
export function toolSuite(
  name: keyof typeof TOOLS,
  project: Project,
  dependencies: readonly Dependency[],
): SuiteFacts | undefined {
  const { pyproject, tree } = project;
  const placed = TOOLS[name].flatMap(tool => {
    const dependency = dependencyOn(dependencies, tool.name);
    if (!dependency) return [];
    const line = pyproject ? tomlLine(pyproject, ...tool.table.split('.')) : undefined;
    const own = tool.files.find(path => tree.paths.includes(path));
    if (tool.onlyConfigured && !line && own === undefined) return [];
    const place = pyproject && line ? { file: pyproject.path, line } : own ? { file: own } : dependency.place;
    return [{ tool, place, command: tool.name === 'mypy' ? mypyCommand(project) : tool.command }];
  });
  // Two formatters would undo each other's work: with black there, ruff is there to lint.
  const used =
    name === 'format' && placed.some(({ tool }) => tool.name === 'black')
      ? placed.filter(({ tool }) => tool.name !== 'ruff')
      : placed;
  const [first, ...others] = used;
  if (!first) return undefined;
  const names = used.map(({ tool }) => tool.name);
  const command = others.length === 0 ? first.command : all(used.map(item => item.command));
  return {
    name,
    command,
    place: first.place,
    ...groupsOf(dependencies.filter(dependency => names.includes(dependency.name))),
  };
}

/** mypy is told what to check by its settings, or on its command line. */
function mypyCommand({ pyproject }: Project): readonly string[] {
  const settings = tableAt(pyproject?.data ?? {}, 'tool', 'mypy');
  const says = ['files', 'packages', 'modules'].some(key => key in settings);
  return says ? ['mypy'] : ['mypy', '.'];
}

/** Runs every command, also after one that found something, and fails when one did. */
function all(commands: readonly (readonly string[])[]): readonly string[] {
  return ['sh', '-c', `failed=0; ${commands.map(words => `${words.join(' ')} || failed=1;`).join(' ')} exit $failed`];
}
