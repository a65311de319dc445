/** The content hash of poetry.lock, computed as poetry computes it. */
import { type TomlFile, tableAt } from '../../../../source/toml-file.js';
import { hashOfJson } from './python-json.js';

/** Keys of [tool.poetry] in the hash; the first four count as null when absent and nothing of [project] is there. */
const LEGACY_KEYS = ['dependencies', 'source', 'extras', 'dev-dependencies'];
const POETRY_KEYS = [...LEGACY_KEYS, 'group'];
const PROJECT_KEYS = ['requires-python', 'dependencies', 'optional-dependencies'];

/**
 * The content hashes that a fresh poetry.lock may carry: poetry 2.2 and newer hash [dependency-groups] as well, older
 * ones do not.
 */
export function poetryContentHashes(pyproject: TomlFile): readonly string[] {
  return [contentHash(pyproject, true), contentHash(pyproject, false)];
}

function contentHash({ data }: TomlFile, withGroups: boolean): string {
  const project = pick(tableAt(data, 'project'), PROJECT_KEYS);
  const groups = withGroups ? tableAt(data, 'dependency-groups') : {};
  const isNew = Object.keys(project).length > 0 || Object.keys(groups).length > 0;
  const own = pick(tableAt(data, 'tool', 'poetry'), POETRY_KEYS);
  if (!isNew) for (const key of LEGACY_KEYS) own[key] ??= null;
  const content: Record<string, unknown> = {};
  if (Object.keys(project).length > 0) content.project = project;
  if (Object.keys(groups).length > 0) content['dependency-groups'] = groups;
  return hashOfJson(isNew ? { ...content, tool: { poetry: own } } : own);
}

function pick(table: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter(key => table[key] !== undefined).map(key => [key, table[key]]));
}
