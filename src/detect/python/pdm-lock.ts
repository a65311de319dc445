/** Whether pdm.lock belongs to pyproject.toml, and says of each package which group needs it. */
import { createHash } from 'node:crypto';
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { isTable, stringAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { normaliseName } from '../../support/dependency.js';
import { pythonJson } from './python-json.js';

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
  return `sha256:${createHash('sha256').update(pythonJson(hashed)).digest('hex')}`;
}

/** Says why pdm.lock cannot be taken for the project; undefined when it can. */
export function pdmLockProblem(pyproject: TomlFile, lock: TomlFile): Diagnostic | undefined {
  const recorded = stringAt(lock.data, 'metadata', 'content_hash');
  if (recorded !== pdmContentHash(pyproject)) {
    return worded('QS205', {
      place: { file: lock.path },
      problem: 'pdm.lock was written for another pyproject.toml: its content_hash does not match',
      expected: 'a lock file made after the last change of the dependencies',
      fix: 'run "pdm lock" and commit pdm.lock',
    });
  }
  const packages = Array.isArray(lock.data.package) ? lock.data.package.filter(isTable) : [];
  const bare = packages.find(entry => !Array.isArray(entry.groups) || !Array.isArray(entry.files));
  if (!bare) return undefined;
  return worded('QS209', {
    place: { file: lock.path },
    problem: `pdm.lock does not say which group needs ${stringAt(bare, 'name')}, or has no hashes of its files`,
    expected: 'a lock file written with the strategy inherit_metadata, the default of pdm 2.11 and newer',
    fix: 'run "pdm lock --update-reuse -S inherit_metadata" and commit pdm.lock',
  });
}
