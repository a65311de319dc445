/** What an app speaks whose framework spoke another protocol in the version that the app has. */
import { dependencyOn } from '../../support/dependency.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import type { Project } from '../project.js';
import type { PackageFacts } from '../python/package-facts.js';
import type { EntryFinding } from './entry-point.js';

/** A declaration that allows no version from 3 on, with the number in place of `N`: `<N`, and what stays below by its form. */
const BELOW = String.raw`(<\s*N\b|<=\s*M\b|(==|~=|\^)\s*M\b)`;

/** The entry point with the protocol of the version that is locked, or that its declaration alone allows. */
export async function withOlderProtocol(
  project: Project,
  { dependencies, versions }: Pick<PackageFacts, 'dependencies' | 'versions'>,
  found: EntryFinding,
): Promise<EntryFinding> {
  const { older } = frameworkOf(found.framework);
  if (!older || found.entry.value.protocol === older.protocol) return found;
  const locked = versions.get(older.package)?.value;
  const isOlder =
    locked === undefined ? await isBelow(project, dependencies, older) : Number.parseInt(locked, 10) < older.before;
  return isOlder
    ? { ...found, entry: { ...found.entry, value: { ...found.entry.value, protocol: older.protocol } } }
    : found;
}

async function isBelow(
  { tree }: Project,
  dependencies: PackageFacts['dependencies'],
  { package: name, before }: { readonly package: string; readonly before: number },
): Promise<boolean> {
  const place = dependencyOn(dependencies, name)?.place;
  const line = place?.line === undefined ? undefined : (await tree.read(place.file))?.split('\n')[place.line - 1];
  return new RegExp(BELOW.replaceAll('N', `${before}`).replaceAll('M', `${before - 1}`)).test(line ?? '');
}
