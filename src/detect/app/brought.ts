/** Servers that an app is served by and does not install: which version of them is meant, by files that are not about production. */
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { asideIn, installedIn } from '../../source/own-code.js';
import type { Sourced } from '../../source/sourced.js';
import { newestVersion, versionAllowed } from '../../support/brought-servers.js';
import type { Dependency } from '../../support/dependency.js';
import { readRequirement } from '../../support/pep508/requirement.js';
import { RUN_SERVERS, type RunServerKind, runServer } from '../../support/run-servers.js';
import type { BroughtServer } from '../facts.js';
import { installedByName } from '../files/installed.js';
import type { Project } from '../project.js';
import type { LockedVersions } from '../python/locked-versions.js';
import { requirementLines, withoutOptions } from '../python/requirement-lines.js';

/** A server in a file that is not about what production installs, with the version that is asked for there. */
export interface MentionedServer {
  readonly kind: RunServerKind;
  /** Clauses such as `>=20`; none for any version. */
  readonly clauses: readonly string[];
  /** In words: what names it. */
  readonly how: string;
}

/** What is decided about a server before its version is. */
export interface Wanted {
  readonly project: Project;
  readonly dependencies: readonly Dependency[];
  readonly versions: LockedVersions;
  /** Minor version of Python, when one was chosen. */
  readonly python: string | undefined;
}

/** Finds the servers that the app has for other uses: in groups and extras, in further requirements files, in its Dockerfile. */
export async function mentionedServers({
  project: { tree },
  dependencies,
  versions,
}: Wanted): Promise<readonly Sourced<MentionedServer>[]> {
  const inGroups = dependencies.flatMap(({ name, group, groupName, pinned, place }) => {
    const version = pinned ?? versions.get(name)?.value;
    const clauses = version === undefined ? [] : [`==${version}`];
    const how = groupName === undefined ? 'a dependency for development' : `a dependency of ${groupName}`;
    return group === 'main' ? [] : serverOf(name).map(kind => ({ value: { kind, clauses, how }, place }));
  });
  const inFiles = await inOtherRequirements(tree);
  const byName = (await installedByName(tree)).flatMap(({ value: { name, versions: clauses }, place }) =>
    serverOf(name).map(kind => ({ value: { kind, clauses, how: `installed by ${place.file}` }, place })),
  );
  return [...inGroups, ...byName, ...inFiles];
}

/** The server that a package is. */
function serverOf(name: string): readonly RunServerKind[] {
  return RUN_SERVERS.flatMap(([kind, { packages }]) => (packages.includes(name) ? [kind] : []));
}

const REQUIREMENTS = /(^|\/)[\w.-]*requirements[\w.-]*(\/[\w.-]+)?\.(txt|in)$/i;

async function inOtherRequirements(tree: Wanted['project']['tree']): Promise<readonly Sourced<MentionedServer>[]> {
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const paths = tree.paths.filter(path => REQUIREMENTS.test(path) && !isInstalled(path) && asideOf(path) === undefined);
  const read = paths.map(async file =>
    requirementLines((await tree.read(file)) ?? '').flatMap(({ text, line }) => {
      const requirement = readRequirement(withoutOptions(text));
      const kinds = requirement ? serverOf(requirement.name) : [];
      const how = `named in ${file}`;
      return kinds.map(kind => ({ value: { kind, clauses: requirement!.versions, how }, place: { file, line } }));
    }),
  );
  return (await Promise.all(read)).flat();
}

/** A server to be brought, in the version that is configured, named elsewhere, or the newest. */
export async function broughtServer(
  context: Wanted,
  kind: RunServerKind,
  { place, why }: Sourced<unknown>,
): Promise<BroughtServer> {
  const { project, python } = context;
  const configured = project.config.server?.version;
  if (configured !== undefined) {
    const value = versionAllowed(kind, [`==${configured}`], python) ?? configured;
    return { kind, version: { value, place: configPlace(project.origins, 'server.version') } };
  }
  for (const { value: named, place: at } of await mentionedServers(context)) {
    const value = named.kind === kind ? versionAllowed(kind, named.clauses, python) : undefined;
    if (value !== undefined && named.clauses.length > 0) return { kind, version: { value, place: at, why: named.how } };
  }
  const dropped = lastWithWorkers(context, kind);
  if (dropped) return { kind, version: dropped };
  return { kind, version: defined({ value: newestVersion(kind, python), place, why }) };
}

/** The last version of a server that has the workers which a dependency is there for. */
function lastWithWorkers({ dependencies }: Wanted, kind: RunServerKind): Sourced<string> | undefined {
  for (const { package: name, dropped } of Object.values(runServer(kind).workers?.classes ?? {})) {
    const asking = dropped && dependencies.find(dependency => dependency.name === name && dependency.group === 'main');
    if (asking) return { value: dropped.last, place: asking.place, why: `the last with workers of ${asking.name}` };
  }
  return undefined;
}
