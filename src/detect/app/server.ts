/** The server of the production image, and how its workers work. */
import { worded } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import { SERVICES } from '../../support/services/index.js';
import { callsIn, literalString, type PythonModule } from '../code/module.js';
import type { EntryPoint, ServerFacts, ServerKind, ServiceFacts } from '../facts.js';
import { asStarted, starterOf, type WebCommand } from '../files/procfile.js';
import type { Project } from '../project.js';
import type { LockedVersions } from '../python/locked-versions.js';

/** Servers by protocol, the one taken first when several are installed. gunicorn serves ASGI with uvicorn's worker. */
const SERVERS: Readonly<Record<EntryPoint['protocol'], readonly ServerKind[]>> = {
  wsgi: ['gunicorn', 'granian', 'hypercorn'],
  asgi: ['uvicorn', 'hypercorn', 'granian', 'gunicorn'],
};

/** Servers that are known and not run. */
const OTHERS = ['uwsgi', 'waitress', 'daphne', 'cheroot', 'mod-wsgi', 'meinheld', 'bjoern'];

/** The major version of gunicorn that has no eventlet worker any more. */
const WITHOUT_EVENTLET = 26;

/** Finds the server: the configured one, that of the command which starts the app, else the first for the protocol that is a main dependency. */
export function detectServer(
  project: Project,
  entry: EntryPoint,
  dependencies: readonly Dependency[],
  versions: LockedVersions,
  web: WebCommand | undefined,
): Finding<Sourced<ServerKind>> {
  const main = dependencies.filter(({ group }) => group === 'main');
  const { protocol } = entry;
  const configured = project.config.server?.kind;
  const asked = configured ?? (web && SERVERS[protocol].includes(web.server) ? web.server : undefined);
  const candidates =
    asked === undefined ? SERVERS[protocol].filter(kind => kind !== 'gunicorn' || protocol === 'wsgi') : [asked];
  for (const kind of candidates) {
    const dependency = bringing(main, kind, versions);
    if (!dependency) continue;
    if (configured !== undefined)
      return found({ value: kind, place: configPlace('server.kind'), why: `${dependency.name} is a dependency` });
    if (asked !== undefined) return found({ value: kind, place: web!.place, why: asStarted(web!) });
    return found({
      value: kind,
      place: dependency.place,
      why: `${protocol.toUpperCase()} app, ${dependency.name} is a dependency`,
    });
  }
  const wanted = candidates[0]!;
  const file = main[0]?.place.file ?? 'pyproject.toml';
  const elsewhere = dependencyOn(dependencies, ...candidates);
  const other = dependencyOn(main, ...OTHERS);
  const state = elsewhere ? 'a main dependency, only a development one' : 'a dependency';
  return failed(
    worded('QS305', {
      place: elsewhere?.place ?? other?.place ?? { file },
      problem: other
        ? `${wanted} is not ${state}, and ${other.name} is a server that Quayside does not run`
        : `${elsewhere?.name ?? wanted} is not ${state}; nothing would serve the app`,
      expected: `one of ${candidates.join(', ')} among the main dependencies of ${file}`.replace(
        /one of (\w+) among/,
        '$1 among',
      ),
      fix:
        elsewhere?.groupName === undefined
          ? `add ${wanted} to the main dependencies and lock again`
          : `write into quayside.yaml  python: { groups: [${elsewhere.groupName}] }  or move ${elsewhere.name} to the main dependencies and lock again`,
    }),
  );
}

/** The main dependency that brings a server: itself, or for uvicorn FastAPI with its "standard" extra, whose part it once was without. */
function bringing(main: readonly Dependency[], kind: ServerKind, versions: LockedVersions): Dependency | undefined {
  const isComplete = versions.get('fastapi')?.value.startsWith('0.111.') ?? false;
  const standard = main.find(
    ({ name, extras = [] }) =>
      name === 'fastapi' && (isComplete || extras.some(extra => /^(standard|all)$/.test(extra))),
  );
  return dependencyOn(main, kind) ?? (kind === 'uvicorn' ? standard : undefined);
}

/** How the server's workers work: their class for gunicorn, and whether there may be only one. */
export function detectWorkers(
  project: Project,
  server: Sourced<ServerKind>,
  protocol: EntryPoint['protocol'],
  dependencies: readonly Dependency[],
  versions: LockedVersions,
  web: WebCommand | undefined,
  services: readonly ServiceFacts[],
): Finding<ServerFacts> {
  const conf = project.modules.find(({ path }) => path === (web?.conf ?? 'gunicorn.conf.py'));
  const workerClass =
    server.value === 'gunicorn' ? classOf(project, protocol, dependencies, versions, web, conf) : undefined;
  const eventlet = workerClass?.value === 'eventlet' ? eventletProblem(workerClass, versions) : undefined;
  if (eventlet) return failed(eventlet);
  const single = singleOf(project, dependencies, web, services);
  return found({
    ...(workerClass && { workerClass }),
    ...(single && { single }),
    ...(server.value === 'gunicorn' && conf && { conf: { value: conf.path, place: { file: conf.path } } }),
  });
}

function classOf(
  project: Project,
  protocol: EntryPoint['protocol'],
  dependencies: readonly Dependency[],
  versions: LockedVersions,
  web: WebCommand | undefined,
  conf: PythonModule | undefined,
): Sourced<string> | undefined {
  const { worker } = project.config.server ?? {};
  if (worker !== undefined) return { value: worker, place: configPlace('server.worker') };
  if (web?.server === 'gunicorn' && web.workerClass !== undefined) return { value: web.workerClass, place: web.place };
  const own = conf?.statements.find(({ tokens }) => tokens[0]?.text === 'worker_class' && tokens[1]?.text === '=');
  const written = own && literalString(own.tokens.slice(2));
  if (conf && own && written !== undefined) return { value: written, place: { file: conf.path, line: own.line } };
  const main = dependencies.filter(({ group }) => group === 'main');
  if (protocol === 'asgi') {
    const separate = dependencyOn(main, 'uvicorn-worker');
    const brings = separate ?? bringing(main, 'uvicorn', versions);
    const value = separate ? 'uvicorn_worker.UvicornWorker' : 'uvicorn.workers.UvicornWorker';
    return brings && { value, place: brings.place, why: 'gunicorn serves ASGI with it' };
  }
  // Started by the project itself without a class, and without settings to look for one in: it has the default's.
  if (web?.server === 'gunicorn' && web.conf === undefined) return undefined;
  const declared =
    dependencyOn(main, 'gevent', 'eventlet') ??
    main.find(
      ({ name, extras = [] }) => name === 'gunicorn' && extras.some(extra => /^(gevent|eventlet)$/.test(extra)),
    );
  if (!declared) return undefined;
  const value =
    declared.name === 'gunicorn' ? declared.extras!.find(extra => /^(gevent|eventlet)$/.test(extra))! : declared.name;
  return { value, place: declared.place, why: `${value} is a dependency` };
}

function eventletProblem(worker: Sourced<string>, versions: LockedVersions) {
  const version = versions.get('gunicorn');
  if (version && Number.parseInt(version.value, 10) < WITHOUT_EVENTLET) return undefined;
  return worded('QS308', {
    place: worker.place,
    problem: version
      ? `eventlet workers are asked for, and gunicorn ${version.value} has none: version ${WITHOUT_EVENTLET} dropped them`
      : `eventlet workers are asked for, and no version of gunicorn is pinned: version ${WITHOUT_EVENTLET} dropped them`,
    expected: `gunicorn below ${WITHOUT_EVENTLET}, or workers of another class`,
    fix: `${version ? `ask for "gunicorn<${WITHOUT_EVENTLET}" and lock again` : 'pin "gunicorn==25.1.0"'}, or replace eventlet by gevent, or write server: { worker: gthread } in quayside.yaml`,
  });
}

/** Why there may be only one worker: connections that stay open, in a process that nothing else hears of. */
function singleOf(
  { modules }: Project,
  dependencies: readonly Dependency[],
  web: WebCommand | undefined,
  services: readonly ServiceFacts[],
): Sourced<string> | undefined {
  if (web?.single) return { value: `${starterOf(web)} asks for one`, place: web.place };
  const socket = dependencyOn(
    dependencies.filter(({ group }) => group === 'main'),
    'flask-socketio',
    'python-socketio',
  );
  if (socket) return { value: `${socket.name} keeps its clients in one process`, place: socket.place };
  if (services.some(({ kind }) => SERVICES[kind].sharesMessages)) return undefined;
  for (const module of modules.filter(({ isTest }) => !isTest)) {
    for (const { tokens } of module.statements) {
      const call = callsIn(tokens).find(({ callee }) =>
        /(^|\.)(websocket|WebSocketRoute|EventSourceResponse|add_websocket_route)$/.test(callee),
      );
      const stream = tokens.find(token => token.kind === 'string' && token.text.startsWith('text/event-stream'));
      const line = call?.line ?? stream?.line;
      if (line === undefined) continue;
      return {
        value: 'open connections, and no service to tell other workers of them',
        place: { file: module.path, line },
      };
    }
  }
  return undefined;
}
