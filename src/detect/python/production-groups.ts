/** Groups and extras that belong into production: their dependencies count as the app's own. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { closest } from '../../diagnostics/suggest.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Project } from '../project.js';
import type { PackageFacts } from './package-manager.js';

/** The packages with the dependencies of `python.groups` among the main ones; a diagnostic for a name that nothing has. */
export function withProductionGroups(project: Project, packages: PackageFacts): Finding<PackageFacts> {
  const wanted = project.config.python?.groups ?? [];
  if (wanted.length === 0) return found(packages);
  const place = configPlace(project.origins, 'python.groups');
  const known = [...new Set(packages.dependencies.flatMap(({ groupName }) => groupName ?? []))];
  const unknown = wanted.find(name => !known.includes(name));
  if (unknown !== undefined) return failed(noGroup(unknown, known, packages, place));
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

function noGroup(name: string, known: readonly string[], { packageManager }: PackageFacts, place: Place): Diagnostic {
  const near = closest(name, known);
  return worded('QS213', {
    place,
    problem: `no dependency group or extra is called ${name}`,
    expected: known.length > 0 ? `one of ${known.join(', ')}` : `none: the project has no groups`,
    fix:
      near !== undefined
        ? `did you mean ${near}?`
        : packageManager.value === 'pip'
          ? 'remove python.groups, and list what production needs in the main requirements file'
          : `remove ${name} from python.groups, or declare it and lock again`,
  });
}
