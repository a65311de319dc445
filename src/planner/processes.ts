/** The processes of the app: workers, the web server, the frontend's own server, nginx in front of all. */
import type { ComponentFacts, Facts, FrontendFacts } from '../detect/facts.js';
import type { HealthCheck, Need, Probe, Process, ProcessProfile } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { quoteWords } from '../source/quote-words.js';
import { allVolumes, sharedVolumes } from './data.js';
import { assetsProcess, developedCode, developedFrontend, developedServer } from './development.js';
import { FRONTEND_SERVER_STAGE } from './frontend.js';
import { type Gateway, gatewayProcess } from './gateway.js';
import { startPeriod } from './migration.js';
import { APP_ALIAS, ENTRYPOINT, FRONTEND_ALIAS, LIBRARY, STARTED, USER } from './paths.js';
import type { Ports } from './ports.js';
import { mayDo, STOP } from './process-bounds.js';

/** What every process that runs the app's code has in common. */
export interface AppCode {
  readonly needs: readonly Need[];
  /** What only its tests read, of the same. */
  readonly needsOfTests: readonly Need[];
  /** Variables with secrets of the app's own. */
  readonly secrets: readonly string[];
  readonly hasMigrations: boolean;
  /** Variables of a run before people or tests, which the published image does not have. */
  readonly trialEnv: Readonly<Record<string, string>>;
  /** Those of them, and of the secrets, that the tests set themselves. */
  readonly setByTests: readonly string[];
}

/**
 * A health check does not get secret variables from Dagger, and what it starts may need them. So whoever runs before people or tests
 * leaves its variables where only its user can read them and no disk has them: this is memory in every container manager.
 */
const ENVIRONMENT = '/dev/shm/quayside-environment';
const KEEP_ENVIRONMENT = `(umask 077 && export -p > ${ENVIRONMENT}) || :`;
const RECALL_ENVIRONMENT = `if test -r ${ENVIRONMENT}; then . ${ENVIRONMENT}; fi`;

/** What of an app says which processes it has. */
type ProcessFacts = Pick<
  Facts,
  | 'components'
  | 'django'
  | 'entry'
  | 'environment'
  | 'framework'
  | 'frontend'
  | 'health'
  | 'root'
  | 'server'
  | 'started'
  | 'variables'
  | 'volumes'
  | 'workers'
>;

/**
 * Makes the processes in the order in which they start, each after the one before it, so that all run as long as the last
 * is used. The first that has the app's code brings the database to the newest schema.
 */
export function makeProcesses(
  facts: ProcessFacts,
  gateway: Gateway | undefined,
  code: AppCode,
  ports: Ports,
): readonly [Process, ...Process[]] {
  const workers = facts.components ?? [];
  const shared = sharedVolumes(facts);
  const ofCode = (before: string | undefined) => ({
    image: 'production',
    needs: code.needs,
    after: before === undefined ? [] : [before],
    migrates: code.hasMigrations && before === undefined,
    secrets: code.secrets,
    volumes: allVolumes(facts),
    security: mayDo(`${USER.id}`),
    stop: STOP,
    env: {},
  });
  const trial: ProcessProfile = { env: code.trialEnv, volumes: shared };
  const made = workers.map((worker, at): Process => {
    // Volumes with names of their own for each run would make each run another one, and nothing of it could be cached.
    const originals = at === 0 ? shared.map(path => ({ path, at: `${ORIGINALS}${path}` })) : [];
    const prepare = [
      ...(originals.length > 0 ? [emptied(shared), ...originals.map(laidBack)] : []),
      ...(workerApp(worker) === undefined ? [] : [KEEP_ENVIRONMENT]),
    ];
    const profile = {
      ...trial,
      ...(originals.length > 0 && { originals }),
      ...(prepare.length > 0 && { prepare }),
    };
    const own = ofCode(workers[at - 1]?.name);
    return {
      ...own,
      id: worker.name,
      role: 'worker',
      ...(isScheduler(worker) && { alone: true }),
      command: worker.command.value,
      probe: { kind: 'exec', check: checkOf(worker, own.migrates) },
      profiles: { test: profile, serve: profile, dev: developedCode(facts) },
    };
  });
  const web: Process = {
    ...ofCode(workers.at(-1)?.name),
    id: APP_ALIAS,
    role: 'web',
    port: ports.app,
    ...(isMovable(facts) ? { portVariable: 'PORT' } : {}),
    probe: probeOf(facts.health?.value, ports.app),
    profiles: { test: trial, serve: trial, dev: developedServer(facts, ports) },
  };
  const server = facts.frontend?.server && frontendProcess(facts.frontend, ports);
  const fronts = [...(server ? [server] : []), ...(gateway ? [gatewayProcess(gateway, ports, server)] : [])];
  const [first = web, ...others] = [...assetsProcess(facts.frontend, ports), ...made, web, ...fronts];
  return [first, ...others];
}

/** Whether a variable moves the web process to another port: a command may name one. */
function isMovable({ started, variables = [] }: Pick<Facts, 'started' | 'variables'>): boolean {
  if (started === undefined) return true;
  return (
    started.port === undefined &&
    (/PORT/.test(started.command.value.join(' ')) || variables.some(({ name }) => name === 'PORT'))
  );
}

function probeOf(path: string | undefined, port: number): Probe {
  return path === undefined ? { kind: 'tcp', port } : { kind: 'http', port, path };
}

/** Where the first worker sees what the image has in directories that volumes hide. */
const ORIGINALS = `${LIBRARY}/originals`;

/** A new volume begins with what the image has in its place, such as a database that comes with the code: a container manager does so too. */
function laidBack({ path, at }: { readonly path: string; readonly at: string }): string {
  return `cp -R ${quoteWords([`${at}/.`, path])}`;
}

function emptied(directories: readonly string[]): string {
  return `find ${quoteWords(directories)} -mindepth 1 -delete`;
}

function frontendProcess(frontend: FrontendFacts, ports: Ports): Process {
  const apiVariable = frontend.apiVariable?.value;
  const address = [
    { kind: 'text', text: 'http://' },
    { kind: 'host' },
    { kind: 'text', text: ':' },
    { kind: 'port' },
  ] as const;
  return {
    id: FRONTEND_ALIAS,
    role: 'frontend',
    image: FRONTEND_SERVER_STAGE,
    port: ports.frontend,
    portVariable: 'PORT',
    probe: { kind: 'http', port: ports.frontend, path: '/' },
    needs: [{ to: APP_ALIAS, env: apiVariable === undefined ? {} : { [apiVariable]: address } }],
    after: [APP_ALIAS],
    migrates: false,
    secrets: [],
    env: {},
    volumes: [],
    security: mayDo(`${USER.id}`),
    stop: STOP,
    profiles: defined({ dev: developedFrontend(frontend, ports) }),
  };
}

/** Names and words of what starts tasks by the clock, Celery's worker with a scheduler in it included. */
const SCHEDULES = /^(beat|(rq)?[-_]?scheduler|celery[-_]?beat|periodiq|cron|run_?scheduler|runapscheduler)(\.py)?$/i;
const WITH_BEAT = /^(-B|--beat)$/;

function isScheduler({ name, command: { value } }: ComponentFacts): boolean {
  const isCelery = value[0] === 'celery';
  return [name, ...value].some(word => SCHEDULES.test(word) || (isCelery && WITH_BEAT.test(word)));
}

/** What `celery worker` works for: a worker of Celery can be asked how it is. */
function workerApp({ command: { value } }: ComponentFacts): string | undefined {
  if (value[0] !== 'celery' || !value.includes('worker')) return undefined;
  const at = value.findIndex(word => word === '--app' || word === '-A');
  return at < 0 ? value.find(word => word.startsWith('--app='))?.slice('--app='.length) : value[at + 1];
}

/** A worker of Celery is asked, with the secrets that it has; of others it is known that they were started. */
function checkOf(worker: ComponentFacts, migrates: boolean): HealthCheck {
  const app = workerApp(worker);
  const ping = `QUAYSIDE_MIGRATE=0 ${ENTRYPOINT} celery --app ${quoteWords([app ?? ''])} inspect ping --timeout 5 --destination "celery@$(hostname)"`;
  return {
    args:
      app === undefined
        ? ['test', '-e', STARTED]
        : ['sh', '-c', `test -e ${STARTED} && ${RECALL_ENVIRONMENT} && ${ping} > /dev/null`],
    interval: '30s',
    // Each question starts Celery, and the app with it.
    timeout: app === undefined ? '15s' : '30s',
    startPeriod: startPeriod(migrates),
    startInterval: '1s',
    retries: 3,
  };
}
