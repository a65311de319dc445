/** Groups and extras that belong into production: their dependencies count as the app's own. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { closest } from '../../diagnostics/suggest.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import { PYTHON_MANAGERS } from '../../support/managers/python/index.js';
import type { Project } from '../project.js';
import { deployedGroups } from './deployed-groups.js';
import { groupsAlone, isForRunning, withIncluded } from './groups-alone.js';
import type { PackageFacts } from './package-facts.js';

/**
 * The packages with the dependencies of `python.groups` among the main ones, and, in a project of groups alone, those of the groups that
 * production installs, else those beside them that its Dockerfile or its server wants; a diagnostic for a name that nothing has.
 */
export async function withProductionGroups(project: Project, packages: PackageFacts): Promise<Finding<PackageFacts>> {
  const wanted = project.config.python?.groups ?? [];
  if (wanted.length === 0) return found(inProduction(project, packages, await groupsOfProduction(project, packages)));
  const place = configPlace(project.origins, 'python.groups');
  const known = [...new Set(packages.dependencies.flatMap(({ groupName }) => groupName ?? []))];
  const unknown = wanted.find(name => !known.includes(name));
  if (unknown !== undefined) {
    const isListed = PYTHON_MANAGERS[packages.packageManager.value].pins === 'requirements';
    const data = { name: unknown, known, near: closest(unknown, known), isListed };
    return failed(diagnose('QS213', data, place));
  }
  const groups = wanted.map(value => ({ value, place }));
  return found(inProduction(project, packages, groups));
}

/** Lists of requirements are what production installs already. */
async function groupsOfProduction(project: Project, { packageManager, dependencies }: PackageFacts) {
  if (PYTHON_MANAGERS[packageManager.value].pins === 'requirements') return [];
  const alone = await groupsAlone(project, dependencies);
  if (alone.length > 0 || !dependencies.some(({ groupName }) => groupName === undefined)) return alone;
  return deployedGroups(project, dependencies, name => isForRunning(dependencies, name));
}

function inProduction(
  { pyproject }: Project,
  packages: PackageFacts,
  groups: readonly Sourced<string>[],
): PackageFacts {
  if (groups.length === 0) return packages;
  const names = groups.map(({ value }) => value);
  const all = withIncluded(pyproject, names);
  const dependencies = packages.dependencies.map(dependency => {
    const { groupName, ...own } = dependency;
    return groupName !== undefined && all.includes(groupName) ? { ...own, group: 'main' as const } : dependency;
  });
  return { ...packages, dependencies, groups };
}
