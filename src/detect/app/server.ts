/** The server of the production image: which of those that are installed with the app, else which one is brought. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import { objectReference, type Protocol } from '../../support/app-object.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import {
  RUN_SERVERS,
  type RunServerKind,
  runServer,
  SERVER_PACKAGES,
  serversFor,
  UNSUPPORTED_SERVERS,
} from '../../support/run-servers.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import type { BroughtServer, EntryPoint } from '../facts.js';
import { asStarted, type WebCommand } from '../files/web-command.js';
import type { LockedVersions } from '../python/locked-versions.js';
import { broughtServer, mentionedServers, type Wanted } from './brought.js';

/** What decides about the server and its workers. */
export interface ServerContext extends Wanted {
  readonly entry: Sourced<EntryPoint>;
  /** The command that starts the app. */
  readonly web: WebCommand | undefined;
}

/** The server, and what is installed of it and its workers when no dependency brings it. */
export interface ServerFinding {
  readonly server: Sourced<RunServerKind>;
  readonly brought: readonly BroughtServer[];
}

/**
 * Finds the server: the configured one, that of the command which starts the app, else the first for the protocol that is a main
 * dependency, or that other files of the app name, else the usual one. One that is no dependency is brought.
 */
export async function detectServer(context: ServerContext): Promise<Finding<ServerFinding>> {
  const main = context.dependencies.filter(({ group }) => group === 'main');
  const chosen = (await chosenServer(context, main)) ?? (await otherServer(context, main));
  const { value: entry, place } = context.entry;
  const { factory } = runServer(chosen.value);
  const cannotCall =
    (entry.arguments !== undefined && factory === 'option') || (entry.call === 'factory' && factory === 'none');
  if (cannotCall) {
    const data = { reason: 'arguments', reference: objectReference(entry), server: chosen.value } as const;
    return failed(diagnose('QS304', data, place));
  }
  const own = bringing(main, chosen.value, context.versions);
  const version = context.project.config.server?.version;
  if (own && version !== undefined) {
    const locked = context.versions.get(own.name)?.value;
    const versionPlace = configPlace(context.project.origins, 'server.version');
    if (locked !== version) return failed(diagnose('QS312', { server: own.name, version, locked }, versionPlace));
  }
  const wanted = [...(own ? [] : [chosen.value]), ...workersServer(context, chosen.value, main)];
  const brought = await Promise.all(wanted.map(kind => broughtServer(context, kind, chosen)));
  return found({ server: chosen, brought });
}

/** The server that the configuration or a command asks for, else one that is there. */
async function chosenServer(
  context: ServerContext,
  main: readonly Dependency[],
): Promise<Sourced<RunServerKind> | undefined> {
  const { project, web, versions } = context;
  const { protocol } = context.entry.value;
  const fitting = serversFor(protocol).filter(kind => canCall(context, kind));
  const configured = project.config.server?.kind;
  if (configured !== undefined) {
    const dependency = bringing(main, configured, versions);
    return defined({
      value: configured,
      place: configPlace(project.origins, 'server.kind'),
      why: dependency && `${dependency.name} is a dependency`,
    });
  }
  // A file of settings may be left from another time, unless something installs what reads it.
  const isMeant =
    web && (web.by !== 'settings' || bringing(main, web.server, versions) || (await isMentioned(context, web.server)));
  if (isMeant && fitting.includes(web.server)) return { value: web.server, place: web.place, why: asStarted(web) };
  for (const kind of usualServers(protocol).filter(kind => canCall(context, kind))) {
    const dependency = bringing(main, kind, versions);
    if (!dependency) continue;
    const why = `${protocol.toUpperCase()} app, ${dependency.name} is a dependency`;
    return { value: kind, place: dependency.place, why };
  }
  return undefined;
}

/** Whether the app has a server for other uses than production, as far as its own files for that say. */
async function isMentioned(context: ServerContext, server: RunServerKind): Promise<boolean> {
  return (await mentionedServers(context)).some(({ value: { kind } }) => kind === server);
}

/** Whether a server can call what makes the app. */
function canCall({ entry }: ServerContext, kind: RunServerKind): boolean {
  return entry.value.call === 'object' || runServer(kind).factory !== 'none';
}

function usualServers(protocol: Protocol): readonly RunServerKind[] {
  return serversFor(protocol).filter(kind => runServer(kind).serves[protocol]?.taken === 'when there');
}

/** A server that the app has for other uses than production, else the usual one. */
async function otherServer(context: ServerContext, main: readonly Dependency[]): Promise<Sourced<RunServerKind>> {
  const usual = usualServers(context.entry.value.protocol);
  const mentions = await mentionedServers(context);
  const mentioned = mentions.find(({ value }) => usual.includes(value.kind));
  if (mentioned) return { value: mentioned.value.kind, place: mentioned.place, why: mentioned.value.how };
  const other = dependencyOn(main, ...UNSUPPORTED_SERVERS);
  const speaks = `${context.entry.value.protocol.toUpperCase()} app`;
  const why = other ? `${speaks}, ${other.name} is not run here` : `${speaks} without a server`;
  return { value: usual[0]!, place: other?.place ?? context.entry.place, why };
}

/** The server that the workers are made with, where that is another one and no dependency. */
function workersServer(
  { entry, versions }: ServerContext,
  kind: RunServerKind,
  main: readonly Dependency[],
): readonly RunServerKind[] {
  const adapters = runServer(kind).workers?.adapters[entry.value.protocol] ?? [];
  const isThere = adapters.some(({ from }) =>
    'package' in from ? dependencyOn(main, from.package) : bringing(main, from.server, versions),
  );
  if (isThere) return [];
  const servers = adapters.flatMap(({ from }) => ('server' in from ? [from.server] : []));
  return RUN_SERVERS.flatMap(([name]) => (servers.includes(name) ? [name] : [])).slice(0, 1);
}

/** Whether a server is among those that are installed for the app. */
export function isBrought(brought: readonly BroughtServer[], server: string): BroughtServer | undefined {
  return brought.find(({ kind }) => kind === server);
}

/** The main dependency that brings a server: a package of its own, or one of a framework that it comes with. */
export function bringing(
  main: readonly Dependency[],
  server: string,
  versions: LockedVersions,
): Dependency | undefined {
  const own = RUN_SERVERS.find(([kind]) => kind === server)?.[1].packages ?? [];
  return dependencyOn(main, ...own) ?? main.find(dependency => comesWith(dependency, server, versions));
}

function comesWith({ name, extras = [] }: Dependency, server: string, versions: LockedVersions): boolean {
  return WEB_FRAMEWORKS.flatMap(([, { brings = [] }]) => brings).some(brought => {
    if (brought.server !== server || brought.package !== name) return false;
    const { when } = brought;
    if (when === 'always') return true;
    const isWhole = when.version !== undefined && (versions.get(name)?.value.startsWith(when.version) ?? false);
    return isWhole || extras.some(extra => when.extras.includes(extra));
  });
}

/** Whether a project that can be served over both protocols is meant to be over ASGI: only a server for that is there, or what needs it. */
export function prefersAsgi(dependencies: readonly Dependency[]): boolean {
  const main = dependencies.filter(({ group }) => group === 'main');
  const needs = WEB_FRAMEWORKS.flatMap(([, { asgiPackages = [] }]) => asgiPackages);
  if (dependencyOn(main, ...needs)) return true;
  return !dependencyOn(main, ...SERVER_PACKAGES.wsgi) && dependencyOn(main, ...SERVER_PACKAGES.asgi) !== undefined;
}
