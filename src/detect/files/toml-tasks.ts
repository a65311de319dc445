/** Commands that projects give names to, in tables of pyproject.toml and Pipfile. */
import { defined } from '../../source/defined.js';
import { isTable, isTomlFile, readToml, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import type { ShellStep } from './workflow-steps.js';

/** Where a tool has such names. */
interface TaskTable {
  readonly file: 'pyproject.toml' | 'Pipfile';
  readonly at: readonly string[];
}

const TABLES: Readonly<Record<string, readonly TaskTable[]>> = {
  poe: [{ file: 'pyproject.toml', at: ['tool', 'poe', 'tasks'] }],
  pdm: [{ file: 'pyproject.toml', at: ['tool', 'pdm', 'scripts'] }],
  task: [{ file: 'pyproject.toml', at: ['tool', 'taskipy', 'tasks'] }],
  rye: [{ file: 'pyproject.toml', at: ['tool', 'rye', 'scripts'] }],
  pixi: [{ file: 'pyproject.toml', at: ['tool', 'pixi', 'tasks'] }],
  pipenv: [{ file: 'Pipfile', at: ['scripts'] }],
};

/** Tools whose tasks are kept so. */
export const TASK_TOOLS: readonly string[] = [...Object.keys(TABLES), 'hatch'];

/** The steps of a task of a tool, those that it calls among them; none where there is no such task. */
export async function taskSteps(tree: Tree, tool: string, name: string): Promise<readonly ShellStep[]> {
  const tables = tool === 'hatch' ? await hatchTables(tree, name) : (TABLES[tool] ?? []);
  for (const { file: path, at } of tables) {
    const file = await read(tree, path);
    const found = file ? stepsOf(file, at, name.replace(/^.*:/, tool === 'hatch' ? '' : '$&'), []) : [];
    if (found.length > 0) return found;
  }
  return [];
}

async function read(tree: Tree, path: string): Promise<TomlFile | undefined> {
  const file = await readToml(tree, path);
  return file && isTomlFile(file) ? file : undefined;
}

/** The scripts of one environment, `dev:test`, else those of every environment, the usual one first. */
async function hatchTables(tree: Tree, name: string): Promise<readonly TaskTable[]> {
  const file = await read(tree, 'pyproject.toml');
  const all = Object.keys(tableAt(file?.data ?? {}, 'tool', 'hatch', 'envs'));
  const [, environment] = /^([\w.-]+):/.exec(name) ?? [];
  const wanted = environment === undefined ? ['default', ...all] : [environment];
  return wanted.map(env => ({ file: 'pyproject.toml', at: ['tool', 'hatch', 'envs', env, 'scripts'] }));
}

function stepsOf(file: TomlFile, at: readonly string[], name: string, seen: readonly string[]): readonly ShellStep[] {
  const value = tableAt(file.data, ...at)[name];
  if (value === undefined || seen.includes(name)) return [];
  const { line = 1 } = tomlPlace(file, ...at, name);
  const table = isTable(value) ? value : {};
  const env = envOf(file, at, table);
  const directory = [table.cwd, table.working_dir].find(path => typeof path === 'string') ?? '';
  return commandsOf(value).flatMap((text): readonly ShellStep[] => {
    const [first = ''] = text.split(/\s/);
    const inner = stepsOf(file, at, first, [...seen, name]);
    if (inner.length > 0) return inner;
    const filled = text.replaceAll(/\{args(?::([^{}]*))?\}/g, '$1').replaceAll(/\{[\w:]+\}/g, '$UNKNOWN');
    return [{ text: filled, file: file.path, line, env, directory: String(directory).replace(/^\.\/?/, '') }];
  });
}

/** What a task runs: a line, a list of words, tasks or lines in a row. */
function commandsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(commandsOf);
  if (!isTable(value)) return [];
  const { cmd, shell, sequence, composite, chain, ref, call: _ } = value;
  if (Array.isArray(cmd)) return [cmd.filter(word => typeof word === 'string').join(' ')];
  return [cmd, shell, sequence, composite, chain, ref].flatMap(commandsOf);
}

function envOf(
  file: TomlFile,
  at: readonly string[],
  table: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const around =
    at[1] === 'hatch' ? tableAt(file.data, ...at.slice(0, -1), 'env-vars') : tableAt(file.data, ...at, '_', 'env');
  const own = isTable(table.env) ? table.env : {};
  const all = Object.entries({ ...around, ...own }).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : undefined,
  ]);
  return defined(Object.fromEntries(all)) as Readonly<Record<string, string>>;
}
