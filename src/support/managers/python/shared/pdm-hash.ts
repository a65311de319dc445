/** The content hash of pdm.lock, computed as pdm computes it. */
import { type TomlFile, tableAt } from '../../../../source/toml-file.js';
import { normaliseName } from '../../../pep508/requirement.js';
import { hashOfJson } from './python-json.js';

/** The content hash that a fresh pdm.lock carries, with its algorithm before it. */
export function pdmContentHash({ data }: TomlFile): string {
  const project = tableAt(data, 'project');
  const settings = tableAt(data, 'tool', 'pdm');
  const groups: Record<string, unknown[]> = {};
  for (const [name, list] of [
    ...Object.entries(tableAt(data, 'dependency-groups')),
    ...Object.entries(tableAt(settings, 'dev-dependencies')),
  ]) {
    groups[normaliseName(name)] = [...(groups[normaliseName(name)] ?? []), ...(Array.isArray(list) ? list : [])];
  }
  const hashed = {
    sources: settings.source ?? [],
    dependencies: project.dependencies ?? [],
    'dev-dependencies': groups,
    'optional-dependencies': project['optional-dependencies'] ?? {},
    'requires-python': project['requires-python'] ?? '',
    resolution: settings.resolution ?? {},
  };
  return `sha256:${hashOfJson(hashed)}`;
}
