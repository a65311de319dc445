/** The server of the production image: which of those that are installed with the app. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import { objectReference } from '../../support/app-object.js';
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
import type { EntryPoint } from '../facts.js';
import { asStarted, type WebCommand } from '../files/web-command.js';
import type { Project } from '../project.js';
import type { LockedVersions } from '../python/locked-versions.js';

/** What decides about the server and its workers. */
export interface ServerContext {
  readonly project: Project;
  readonly entry: Sourced<EntryPoint>;
  readonly dependencies: readonly Dependency[];
  readonly versions: LockedVersions;
  /** The command that starts the app. */
  readonly web: WebCommand | undefined;
}

/** Finds the server: the configured one, that of the command which starts the app, else the first for the protocol that is a main dependency. */
export function detectServer(context: ServerContext): Finding<Sourced<RunServerKind>> {
  const chosen = chosenServer(context);
  if (chosen.value === undefined) return chosen;
  const { value: entry, place } = context.entry;
  const cannotCall = entry.arguments !== undefined && runServer(chosen.value.value).factory === 'option';
  if (!cannotCall) return chosen;
  const data = { reason: 'arguments', reference: objectReference(entry), server: chosen.value.value } as const;
  return failed(diagnose('QS304', data, place));
}

function chosenServer(context: ServerContext): Finding<Sourced<RunServerKind>> {
  const { project, web, dependencies, versions } = context;
  const { protocol } = context.entry.value;
  const main = dependencies.filter(({ group }) => group === 'main');
  const fitting = serversFor(protocol);
  const configured = project.config.server?.kind;
  const asked = configured ?? (web && fitting.includes(web.server) ? web.server : undefined);
  const usual = fitting.filter(kind => runServer(kind).serves[protocol]?.taken === 'when there');
  const candidates = asked === undefined ? usual : [asked];
  for (const kind of candidates) {
    const dependency = bringing(main, kind, versions);
    if (!dependency) continue;
    if (configured !== undefined)
      return found({
        value: kind,
        place: configPlace(project.origins, 'server.kind'),
        why: `${dependency.name} is a dependency`,
      });
    if (asked !== undefined) return found({ value: kind, place: web!.place, why: asStarted(web!) });
    return found({
      value: kind,
      place: dependency.place,
      why: `${protocol.toUpperCase()} app, ${dependency.name} is a dependency`,
    });
  }
  return failed(missing(context, candidates));
}

function missing({ dependencies }: ServerContext, servers: readonly RunServerKind[]) {
  const main = dependencies.filter(({ group }) => group === 'main');
  const file = main[0]?.place.file ?? 'pyproject.toml';
  const elsewhere = dependencyOn(dependencies, ...servers.flatMap(kind => runServer(kind).packages));
  const other = dependencyOn(main, ...UNSUPPORTED_SERVERS);
  const development = elsewhere && { server: elsewhere.name, group: elsewhere.groupName };
  const data = { servers, file, development, other: other?.name };
  return diagnose('QS305', data, elsewhere?.place ?? other?.place ?? { file });
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
