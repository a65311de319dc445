/** How the server's workers work: their class, the app's own settings, and whether there may be only one. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import { dependencyOn } from '../../support/dependency.js';
import { type RunServerKind, runServer } from '../../support/run-servers.js';
import type { RunServer, WorkerClasses } from '../../support/servers/definition.js';
import { SERVICES } from '../../support/services/index.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { mentionOf } from '../code/mentions.js';
import { callsIn, literalString, type PythonModule } from '../code/module.js';
import type { ServerFacts, ServiceFacts } from '../facts.js';
import { asStarted, starterOf } from '../files/web-command.js';
import { bringing, isBrought, type ServerContext, type ServerFinding } from './server.js';

/** The server whose workers are meant, with its settings and the command that starts it when that is its own. */
interface WorkersContext extends ServerContext {
  readonly kind: RunServerKind;
  readonly brought: ServerFinding['brought'];
  readonly server: RunServer;
  readonly settings: PythonModule | undefined;
}

/** Finds how the server's workers work. Absent: as the image's own settings say. */
export function detectWorkers(
  context: ServerContext,
  { server: { value: kind }, brought }: ServerFinding,
  services: readonly ServiceFacts[],
): Finding<ServerFacts> {
  const server = runServer(kind);
  const path = server.settings && (context.web?.settings ?? server.settings.path);
  const settings = path === undefined ? undefined : settingsAt(context, path);
  const all = { ...context, kind, brought, server, settings };
  const workerClass = classOf(all);
  const dropped = workerClass && droppedClass(all, workerClass);
  if (dropped) return failed(dropped);
  const conf = settings && { value: settings.path, place: { file: settings.path } };
  const single = singleOf(context, services);
  const open = server.start.streaming && openConnection(context.project.modules.filter(({ isTest }) => !isTest));
  const streams = open && { value: 'connections that stay open', place: open };
  return found(
    defined({ workerClass, single, streams, conf, ...startedWith(all, single !== undefined), lacks: lacking(all) }),
  );
}

/** The file of a path; of one that a container has elsewhere, the only one of the source by that name. */
function settingsAt({ project: { modules }, web }: ServerContext, path: string): PythonModule | undefined {
  const direct = modules.find(module => module.path === path);
  if (direct !== undefined || web?.settings === undefined) return direct;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [only, another] = modules.filter(module => module.path === name || module.path.endsWith(`/${name}`));
  return another === undefined ? only : undefined;
}

/** What the app's own command says beside the app and the class of workers. */
function startedWith(
  { web, kind, settings }: WorkersContext,
  isSingle: boolean,
): Pick<ServerFacts, 'count' | 'options' | 'leftOut'> {
  if (web?.server !== kind) return {};
  const { workers, options, leftOut, place } = web;
  const words = (value: readonly string[]) => (value.length === 0 ? undefined : { value, place, why: asStarted(web) });
  return defined({
    count: isSingle || workers === undefined ? undefined : { value: workers, place, why: asStarted(web) },
    options: words(options),
    // Settings that nothing of the source is.
    leftOut: words(web.settings !== undefined && !settings ? [...leftOut, web.settings] : leftOut),
  });
}

/** The options of the image's own start that came after the version that is installed. */
function lacking({ server, versions, brought, kind }: WorkersContext): Sourced<readonly string[]> | undefined {
  const locked = server.packages.map(name => versions.get(name)).find(found => found !== undefined);
  const version = isBrought(brought, kind)?.version ?? locked;
  if (!version) return undefined;
  const later = Object.entries(server.start.since ?? {}).filter(([, since]) => isBefore(version.value, since));
  if (later.length === 0) return undefined;
  return {
    value: later.map(([option]) => option),
    place: version.place,
    why: `version ${version.value} does not have it`,
  };
}

/** Whether one release is older than another, by the numbers in their versions. */
function isBefore(version: string, other: string): boolean {
  const [left, right] = [version, other].map(text => text.split('.').map(part => Number.parseInt(part, 10) || 0));
  const at = right!.findIndex((part, index) => (left![index] ?? 0) !== part);
  return at >= 0 && (left![at] ?? 0) < right![at]!;
}

function classOf(context: WorkersContext): Sourced<string> | undefined {
  const { project, kind, server, web } = context;
  if (!server.workers) return undefined;
  const { worker } = project.config.server ?? {};
  if (worker !== undefined) return { value: worker, place: configPlace(project.origins, 'server.worker') };
  const own = web?.server === kind ? web : undefined;
  if (own?.workerClass !== undefined) return { value: own.workerClass, place: own.place };
  const written = writtenClass(context);
  if (written) return written;
  const adapters = server.workers.adapters[context.entry.value.protocol];
  if (adapters) return adapterOf(context, adapters);
  // Started by the project itself without a class, and without settings to look for one in: it has the default's.
  if (own && own.settings === undefined) return undefined;
  return packagedClass(context, server.workers);
}

/** The class that the app's own settings of the server set. */
function writtenClass({ server, settings }: WorkersContext): Sourced<string> | undefined {
  const own = settings?.statements.find(
    ({ tokens }) => tokens[0]?.text === server.settings?.workerClass && tokens[1]?.text === '=',
  );
  const value = own && literalString(own.tokens.slice(2));
  return settings && own && value !== undefined ? { value, place: { file: settings.path, line: own.line } } : undefined;
}

function adapterOf(
  { dependencies, versions, kind, brought }: WorkersContext,
  adapters: NonNullable<WorkerClasses['adapters']['asgi']>,
): Sourced<string> | undefined {
  const main = dependencies.filter(({ group }) => group === 'main');
  for (const { from, workerClass } of adapters) {
    const brings = 'package' in from ? dependencyOn(main, from.package) : bringing(main, from.server, versions);
    const isThere = brings ?? ('server' in from ? isBrought(brought, from.server)?.version : undefined);
    if (isThere) return { value: workerClass, place: isThere.place, why: `${kind} serves ASGI with it` };
  }
  return undefined;
}

/** The class that a package asks for by being there, or an extra of the server's own. */
function packagedClass(
  { dependencies, server }: WorkersContext,
  { classes }: WorkerClasses,
): Sourced<string> | undefined {
  const main = dependencies.filter(({ group }) => group === 'main');
  const named = Object.entries(classes).flatMap(([value, { package: name }]) => (name ? [{ value, name }] : []));
  const declared = dependencyOn(main, ...named.map(({ name }) => name));
  const why = (value: string) => `${value} is a dependency`;
  if (declared) {
    const { value } = named.find(({ name }) => name === declared.name)!;
    return { value, place: declared.place, why: why(declared.name) };
  }
  const wanted = new Set(named.map(({ name }) => name));
  for (const { name, extras = [], place } of main.filter(({ name }) => server.packages.includes(name))) {
    const extra = extras.find(candidate => wanted.has(candidate));
    if (extra !== undefined && server.packages.includes(name)) return { value: extra, place, why: why(extra) };
  }
  return undefined;
}

function droppedClass({ server, kind, versions, brought }: WorkersContext, worker: Sourced<string>) {
  const classes = server.workers?.classes ?? {};
  const dropped = Object.hasOwn(classes, worker.value) ? classes[worker.value]?.dropped : undefined;
  if (!dropped) return undefined;
  const locked = server.packages.map(name => versions.get(name)?.value).find(value => value !== undefined);
  const version = isBrought(brought, kind)?.version.value ?? locked;
  if (version !== undefined && Number.parseInt(version, 10) < dropped.in) return undefined;
  const data = {
    server: kind,
    workerClass: worker.value,
    version,
    dropped: dropped.in,
    last: dropped.last,
    similar: dropped.by,
    plain: Object.keys(classes)[0]!,
  };
  return diagnose('QS308', data, worker.place);
}

/** Packages that keep their clients in the memory of one process. */
const KEEPS_CLIENTS = ['flask-socketio', 'python-socketio'];

/** Names of what keeps connections open. */
const OPEN = new Set(WEB_FRAMEWORKS.flatMap(([, { openConnections = [] }]) => openConnections));

/** Why there may be only one worker: connections that stay open, in a process that nothing else hears of. */
function singleOf(
  { project, dependencies, web }: ServerContext,
  services: readonly ServiceFacts[],
): Sourced<string> | undefined {
  if (web?.single) return { value: `${starterOf(web)} asks for one`, place: web.place };
  const main = dependencies.filter(({ group }) => group === 'main');
  const socket = dependencyOn(main, ...KEEPS_CLIENTS);
  if (socket) return { value: `${socket.name} keeps its clients in one process`, place: socket.place };
  if (services.some(({ kind }) => SERVICES[kind].sharesMessages)) return undefined;
  const place = openConnection(project.modules.filter(({ isTest }) => !isTest));
  return place && { value: 'open connections, and no service to tell other workers of them', place };
}

const mentionsOpen = mentionOf(OPEN);

/** What a server answers with that goes on sending. */
const STREAM = 'text/event-stream';

function openConnection(modules: readonly PythonModule[]) {
  for (const module of modules.filter(({ text }) => text.includes(STREAM) || mentionsOpen(text))) {
    for (const { tokens } of module.statements) {
      const call = callsIn(tokens).find(({ callee }) => OPEN.has(callee.split('.').at(-1)!));
      const stream = tokens.find(token => token.kind === 'string' && token.text.startsWith(STREAM));
      const line = call?.line ?? stream?.line;
      if (line !== undefined) return { file: module.path, line };
    }
  }
  return undefined;
}
