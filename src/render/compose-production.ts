/** Production by compose on one machine: what processes may do is what the plan lets them, and nginx speaks TLS in front. */
import { isApp } from '../plan/look-up.js';
import type { Plan, Process, ServiceSpec } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import {
  appEnvironment,
  built,
  composeProcess,
  dependenciesIfThere,
  mountedVolumes,
  passwordEnvironment,
  processesFor,
} from './compose-parts.js';
import { GIVEN_SECRETS, passwordVariable, SECRETS, secretFiles, secretsRead } from './secrets.js';
import { remarked, type YamlData } from './yaml-file.js';

/** The network of the app, and where the proxy is in it: what it says of where requests come from is believed, and nobody else. */
const SUBNET = '${INTERNAL_SUBNET:-10.213.7.0/24}';
const PROXY_ADDRESS = '${PROXY_ADDRESS:-10.213.7.250}';

const LOGS = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } };
/** What one container of the app may take of the machine; nginx keeps what it is sent in memory, as much as the app takes. */
const LIMITS = { limits: { memory: '1g', pids: 512 } };
const NO_NEW_PRIVILEGES = ['no-new-privileges:true'];

/** What production adds to the base. */
export function production(plan: Plan): YamlData {
  const processes = processesFor(plan, 'prod');
  const migrates = plan.migration && processes.find(process => process.migrates);
  const opened = processes.find(({ tls }) => tls) ?? processes.find(({ id }) => id === plan.front);
  const services = plan.services.map(service => [service.id, kept(service)] as const);
  const files = secretFiles(plan).map(({ name }) => [name, { file: `./${SECRETS}/${name}` }] as const);
  const job = migrates ? [['migrate', migration(plan, migrates)] as const] : [];
  const around = { hasJob: job.length > 0, hasProxy: opened?.tls !== undefined };
  const others = processes.map(
    process => [process.id, hardened(plan, process, { ...around, isOpened: process === opened })] as const,
  );
  return defined({
    services: Object.fromEntries([...services, ...job, ...others]),
    networks: { internal: { internal: true, ipam: { config: [{ subnet: SUBNET }] } }, public: {}, outbound: {} },
    secrets: unlessEmpty(Object.fromEntries(files)),
  });
}

/** A mailbox in the place of a server that is elsewhere. */
const UNSENT = 'what the app sends ends here, until .env names where it goes';

/** A service, which takes its password from a file where its image can. */
function kept(service: ServiceSpec): YamlData {
  const { password, passwordFile, tmp, seenByBrowsers } = service;
  const name = passwordVariable(service);
  const isFile = password !== undefined && passwordFile !== undefined;
  const environment = !isFile
    ? passwordEnvironment(service)
    : passwordFile.kind === 'variable'
      ? { [passwordFile.name]: `${GIVEN_SECRETS}/${name}` }
      : {};
  const given = isFile && passwordFile.kind === 'settings' ? { source: name, target: passwordFile.path } : name;
  return defined({
    environment: unlessEmpty(environment),
    secrets: isFile ? [given] : undefined,
    ...(tmp === undefined ? {} : { read_only: true, ...(tmp.length > 0 ? { tmpfs: tmp } : {}) }),
    restart: seenByBrowsers ? remarked('unless-stopped', UNSENT) : 'unless-stopped',
    logging: LOGS,
    networks: ['internal'],
    security_opt: NO_NEW_PRIVILEGES,
  });
}

/** Brings the database to the newest schema once, however many web servers there are. */
function migration(plan: Plan, process: Process): YamlData {
  return defined({
    ...built(plan, process.image),
    command: ['true'],
    environment: { ...appEnvironment(plan, process), ...inProduction(plan), ...plan.migration?.env },
    secrets: unlessEmpty(secretsRead(plan, process)),
    // A database may be a file among them.
    volumes: mountedVolumes(process.volumes),
    healthcheck: { disable: true },
    depends_on: unlessEmpty(dependenciesIfThere(plan, process.needs, [])),
    networks: ['internal'],
    ...security(process),
    restart: 'no',
  });
}

/** What stands around a process in production. */
interface Around {
  /** Whether a migration runs before it. */
  readonly hasJob: boolean;
  /** Whether something speaks TLS in front of the app. */
  readonly hasProxy: boolean;
  /** Whether it is what people open. */
  readonly isOpened: boolean;
}

function hardened(plan: Plan, process: Process, { hasJob, hasProxy, isOpened }: Around): YamlData {
  const { tls } = process;
  const hasCode = isApp(process);
  const added = { ...inProduction(plan), ...(hasProxy ? { FORWARDED_ALLOW_IPS: PROXY_ADDRESS } : {}) };
  return defined({
    // What only production has stands in no other file.
    ...(process.only ? composeProcess(plan, process) : {}),
    restart: 'unless-stopped',
    ...security(process),
    ...(hasCode && hasJob ? { depends_on: { migrate: { condition: 'service_completed_successfully' } } } : {}),
    secrets: unlessEmpty(secretsRead(plan, process)),
    ...(hasCode ? defined({ environment: unlessEmpty(added) }) : {}),
    // The app calls others; who calls it comes through the proxy, which shares no other network with it: names lead to any that is shared.
    networks: tls
      ? { internal: { ipv4_address: PROXY_ADDRESS }, public: null }
      : ['internal', ...(isOpened ? ['public'] : hasCode ? ['outbound'] : [])],
    ...(tls ? { volumes: [`./certificates:${tls.certificates}:ro`] } : {}),
    ports: isOpened ? publishedPorts(process) : undefined,
    deploy: hasCode ? { ...(process.role === 'web' && { replicas: 1 }), resources: LIMITS } : undefined,
  });
}

/** What the code would have otherwise where nobody sets it, which is for developers. */
function inProduction({ variables }: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    variables.flatMap(({ name, production: value }) => (value === undefined ? [] : [[name, `\${${name}:-${value}}`]])),
  );
}

/** With TLS the ports that browsers try, else its own. */
function publishedPorts({ port, tls }: Process): readonly string[] {
  if (port === undefined) return [];
  if (!tls) return [`\${HTTP_PORT:-${port}}:${port}`];
  const plain = tls.plainPort === undefined ? [] : [`\${HTTP_PORT:-80}:${tls.plainPort}`];
  return [...plain, `\${HTTPS_PORT:-443}:${port}`];
}

/** Keys of what keeps a process within bounds. */
export const CONFINEMENT: readonly string[] = ['read_only', 'tmpfs', 'cap_drop', 'security_opt', 'logging'];

/** What the plan lets a process do, and no more. */
function security({ security: { user, readOnly, tmp } }: Process): YamlData {
  return {
    user,
    read_only: readOnly,
    tmpfs: tmp,
    cap_drop: ['ALL'],
    security_opt: NO_NEW_PRIVILEGES,
    logging: LOGS,
  };
}
