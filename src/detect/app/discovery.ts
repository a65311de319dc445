/** Which of several apps is meant: what starts it, else where the framework's own programs look for one. */
import type { AppDiscovery } from '../../support/frameworks/definition.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import { canonicalName } from '../code/names.js';
import type { Project } from '../project.js';
import type { AppCandidate } from './candidates.js';
import { appsNamedAtStart, type NamedApp } from './start-files.js';

/** Ways to one app. */
type Group = readonly AppCandidate[];

/** The one of several apps that the project's own start files name. */
export async function namedGroup<G extends Group>(project: Project, groups: readonly G[]): Promise<G | undefined> {
  for (const names of await appsNamedAtStart(project)) {
    const named = groups.filter(group =>
      names.some(name => group.some(candidate => isNamed(project, name, candidate))),
    );
    if (named.length === 1) return named[0];
  }
  return undefined;
}

/** The way to an app that the project's own start files take, where it has several: `gunicorn shop.main:app` beside a factory. */
export async function namedWay<C extends AppCandidate>(project: Project, group: readonly C[]): Promise<C | undefined> {
  const usable = group.filter(({ missing }) => missing.length === 0);
  if (usable.length < 2) return undefined;
  for (const names of await appsNamedAtStart(project)) {
    const named = usable.filter(candidate =>
      names.some(name => name.attribute !== undefined && isNamed(project, name, candidate)),
    );
    if (named.length === 1) return named[0];
  }
  return undefined;
}

/** Whether a name means a candidate: its module and attribute, or a module that takes it from where it is. */
function isNamed({ modules, packageRoot }: Project, named: NamedApp, candidate: AppCandidate): boolean {
  const start = packageRoot && `${packageRoot.value.replaceAll('/', '.')}.`;
  // A path begins at the source, an import where imports start.
  const names = [named.module, ...(start && named.module.startsWith(start) ? [named.module.slice(start.length)] : [])];
  const isMeant = (attribute: string) => named.attribute === undefined || named.attribute === attribute;
  if (names.includes(candidate.module)) return isMeant(candidate.attribute);
  const target = `${candidate.module}.${candidate.attribute}`;
  const module = modules.find(({ name }) => names.includes(name));
  return [...(module?.imports ?? [])].some(
    ([attribute, from]) => isMeant(attribute) && canonicalName(from, modules) === target,
  );
}

/** The one of several apps that the framework's own programs would find. */
export function discoveredGroup<G extends Group>(project: Project, groups: readonly G[]): G | undefined {
  const frameworks = new Set(groups.flatMap(group => group.map(({ framework }) => framework)));
  for (const framework of frameworks) {
    const { finds } = frameworkOf(framework);
    const own = groups.filter(group => group.some(candidate => candidate.framework === framework));
    const found = finds && discovered(project, own.flat(), finds);
    if (found) return own.find(group => group.includes(found));
  }
  return undefined;
}

function discovered(
  { packageRoot }: Project,
  candidates: readonly AppCandidate[],
  { files, objects, otherwise, factories }: AppDiscovery,
): AppCandidate | undefined {
  const roots = ['', ...(packageRoot ? [`${packageRoot.value}/`] : [])];
  for (const path of files.flatMap(file => roots.map(root => `${root}${file}`))) {
    const inside = candidates.filter(candidate => candidate.path === path && candidate.missing.length === 0);
    const made = inside.filter(({ call }) => call === 'object');
    const callable = inside.filter(({ call }) => call === 'factory');
    const named = firstNamed(made, objects);
    const other = otherwise === 'first' || made.length === 1 ? made[0] : undefined;
    const found = named ?? other ?? firstNamed(callable, factories);
    if (found) return found;
  }
  return undefined;
}

function firstNamed(candidates: readonly AppCandidate[], names: readonly string[]): AppCandidate | undefined {
  return names.map(name => candidates.find(({ attribute }) => attribute === name)).find(Boolean);
}
