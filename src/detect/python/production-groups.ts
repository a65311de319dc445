/** Groups and extras that belong into production: their dependencies count as the app's own. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { closest } from '../../diagnostics/suggest.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { PYTHON_MANAGERS } from '../../support/managers/python/index.js';
import type { Project } from '../project.js';
import type { PackageFacts } from './package-facts.js';

/** The packages with the dependencies of `python.groups` among the main ones; a diagnostic for a name that nothing has. */
export function withProductionGroups(project: Project, packages: PackageFacts): Finding<PackageFacts> {
  const wanted = project.config.python?.groups ?? [];
  if (wanted.length === 0) return found(packages);
  const place = configPlace(project.origins, 'python.groups');
  const known = [...new Set(packages.dependencies.flatMap(({ groupName }) => groupName ?? []))];
  const unknown = wanted.find(name => !known.includes(name));
  if (unknown !== undefined) {
    const isListed = PYTHON_MANAGERS[packages.packageManager.value].pins === 'requirements';
    const data = { name: unknown, known, near: closest(unknown, known), isListed };
    return failed(diagnose('QS213', data, place));
  }
  const dependencies = packages.dependencies.map(dependency => {
    const { groupName, ...own } = dependency;
    return groupName !== undefined && wanted.includes(groupName) ? { ...own, group: 'main' as const } : dependency;
  });
  return found({
    ...packages,
    dependencies,
    groups: wanted.map(value => ({ value, place })),
  });
}
