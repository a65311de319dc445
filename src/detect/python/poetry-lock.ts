/** Whether poetry.lock belongs to pyproject.toml: the content hash, computed as poetry computes it. */
import { createHash } from 'node:crypto';
import { type TomlFile, tableAt } from '../../source/toml-file.js';
import { pythonJson } from './python-json.js';

/** Keys of [tool.poetry] in the hash; the first four count as null when absent and nothing of [project] is there. */
const LEGACY_KEYS = ['dependencies', 'source', 'extras', 'dev-dependencies'];
const POETRY_KEYS = [...LEGACY_KEYS, 'group'];
const PROJECT_KEYS = ['requires-python', 'dependencies', 'optional-dependencies'];

/**
 * The content hashes that a fresh poetry.lock may carry: poetry 2.2 and newer hash [dependency-groups] as well, older
 * ones do not.
 */
export function poetryContentHashes(pyproject: TomlFile): string[] {
  return [...new Set([contentHash(pyproject, true), contentHash(pyproject, false)])];
}

function contentHash({ data }: TomlFile, withGroups: boolean): string {
  const project = pick(tableAt(data, 'project'), PROJECT_KEYS);
  const groups = withGroups ? tableAt(data, 'dependency-groups') : {};
  const isNew = Object.keys(project).length > 0 || Object.keys(groups).length > 0;
  const poetry = pick(tableAt(data, 'tool', 'poetry'), POETRY_KEYS);
  if (!isNew) for (const key of LEGACY_KEYS) poetry[key] ??= null;
  const content: Record<string, unknown> = {};
  if (Object.keys(project).length > 0) content.project = project;
  if (Object.keys(groups).length > 0) content['dependency-groups'] = groups;
  const hashed = isNew ? { ...content, tool: { poetry } } : poetry;
  return createHash('sha256').update(pythonJson(hashed)).digest('hex');
}

function pick(table: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter(key => table[key] !== undefined).map(key => [key, table[key]]));
}
