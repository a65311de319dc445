/** Compose files: what the app is made of, and what differs in development, in production and for tests. */
import { imageSettings } from '../plan/look-up.js';
import type { Plan, Process, Suite } from '../plan/types.js';
import {
  appEnvironment,
  appVolume,
  type Composed,
  composeHealth,
  composeProcess,
  composeService,
  dataVolume,
  dependencies,
  escaped,
  imageName,
  isApp,
  neededEnvironment,
  passwordVariable,
  processesFor,
  servedPath,
} from './compose-parts.js';
import type { Rendered } from './rendered.js';
import { yamlFile } from './yaml-file.js';

/** The four files, and those that services read. */
export function composeFiles(plan: Plan): readonly Rendered[] {
  const file = (path: string, about: string, content: Composed) => yamlFile(path, about, content, ['services']);
  return [
    file(
      'compose.yaml',
      'What the app is made of. Add compose.dev.yaml or compose.prod.yaml to it; "make help" tells how.',
      base(plan),
    ),
    file('compose.dev.yaml', 'Development: the source is mounted, and edits are taken in.', development(plan)),
    file('compose.prod.yaml', 'Production on one machine.', production(plan)),
    file('compose.test.yaml', 'Tests: docker compose -f compose.test.yaml run --rm test', testing(plan)),
    ...servedFiles(plan),
  ];
}

function servedFiles({ files, services }: Plan): readonly Rendered[] {
  const names = [...new Set(services.flatMap(service => service.files))].sort();
  return names.map(name => ({ path: servedPath(name), text: files[name]!.content }));
}

function base(plan: Plan): Composed {
  const processes = plan.processes.filter(({ only }) => only === undefined);
  const volumes = [
    ...plan.services.flatMap(service => (service.data === undefined ? [] : [dataVolume(plan, service)])),
    ...processes.flatMap(process => process.volumes.map(appVolume)),
  ];
  return {
    name: plan.name,
    services: Object.fromEntries([
      ...plan.services.map(service => [service.id, composeService(plan, service)] as const),
      ...processes.map(process => [process.id, composeProcess(plan, process)] as const),
    ]),
    ...(volumes.length > 0 && { volumes: Object.fromEntries([...new Set(volumes)].map(name => [name, {}])) }),
  };
}

/** Who runs what is developed: files that containers make belong to whoever started them. */
const HOST_USER = '${UID:-1000}:${GID:-1000}';

function development(plan: Plan): Composed {
  const services = plan.services
    .filter(({ ports, seenByBrowsers }) => seenByBrowsers || ports.length > 0)
    .map(({ id, ports }) => [id, { ports: ports.map(port => onLoopback(id, port)) }] as const);
  const processes = processesFor(plan, 'dev').map(process => [process.id, developed(plan, process)] as const);
  return { services: Object.fromEntries([...services, ...processes]) };
}

/** A port that nobody but this machine reaches; a variable moves it. */
function onLoopback(id: string, port: number): string {
  return `127.0.0.1:\${${id.toUpperCase().replaceAll('-', '_')}_PORT_${port}:-${port}}:${port}`;
}

function developed(plan: Plan, process: Process): Composed {
  const profile = process.profiles.dev ?? {};
  const image = profile.image ?? process.image;
  const { mounts = [], env = {}, reloads = false } = profile;
  const command = profile.command ?? process.command;
  const migrates = process.migrates ? (plan.migration?.env ?? {}) : {};
  const runsSource = mounts.length > 0;
  const environment = { ...(runsSource && { HOME: '/tmp' }), ...env, ...migrates };
  return {
    image: imageName(plan, image),
    build: { context: '.', target: image },
    ...(command && { command: command.map(escaped) }),
    // The directories of the image that the app writes to are its group's, which every user of a container manager may be in.
    ...(runsSource && { user: HOST_USER, group_add: ['0'] }),
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(runsSource && {
      volumes: mounts.flatMap(({ path, to, keep }) => [`./${path}:${to}`, ...keep]),
      develop: { watch: mounts.flatMap(({ path, to, keep }) => watched(path, to, keep, reloads)) },
    }),
    ...(process.only && {
      ...(process.probe.kind === 'exec' && { healthcheck: composeHealth(process.probe.check) }),
      ...(process.after.length > 0 && { depends_on: dependencies(plan, process.needs, process.after) }),
    }),
    ...(process.port !== undefined && { ports: [onLoopback(process.id, process.port)] }),
  };
}

/** What compose does on an edit without a mount: carry it over, and start again what does not take it in. */
function watched(path: string, to: string, keep: readonly string[], reloads: boolean): readonly Composed[] {
  const ignore = [...keep.map(kept => kept.slice(to.length + 1)), '.git', '.venv', 'node_modules', '__pycache__'];
  const inside = (name: string) => (path === '' ? name : `${path}/${name}`);
  return [
    { action: reloads ? 'sync' : 'sync+restart', path: `./${path}`, target: to, ignore: [...new Set(ignore)] },
    ...['Dockerfile'].map(name => ({ action: 'rebuild', path: `./${path === '' ? name : inside('package.json')}` })),
  ];
}

const LOGS = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } };

function production(plan: Plan): Composed {
  const processes = processesFor(plan, 'prod');
  const migrating = processes.find(({ migrates }) => migrates);
  const opened = processes.find(({ tls }) => tls) ?? processes.find(({ id }) => id === plan.front);
  const services = plan.services.map(
    ({ id }) =>
      [id, { restart: 'unless-stopped', logging: LOGS, networks: ['internal'], security_opt: NO_NEW }] as const,
  );
  const job = migrating && plan.migration ? [['migrate', migration(plan, migrating)] as const] : [];
  const others = processes.map(process => {
    const around = {
      hasJob: job.length > 0,
      isOpened: process.id === opened?.id,
      proxy: opened?.tls ? opened.id : undefined,
    };
    return [process.id, hardened(plan, process, around)] as const;
  });
  return {
    services: Object.fromEntries([...services, ...job, ...others]),
    networks: { internal: { internal: true, ipam: { config: [{ subnet: SUBNET }] } }, public: {} },
  };
}

/** The network of the app, and where the proxy is in it: what it says of where requests come from is believed, and nobody else. */
const SUBNET = '${INTERNAL_SUBNET:-10.213.7.0/24}';
const PROXY_ADDRESS = '${PROXY_ADDRESS:-10.213.7.250}';

const NO_NEW = ['no-new-privileges:true'];

/** Brings the database to the newest schema once, however many web servers there are. */
function migration(plan: Plan, process: Process): Composed {
  return {
    image: imageName(plan, process.image),
    build: { context: '.', target: process.image },
    command: ['true'],
    environment: { ...appEnvironment(plan, process), ...plan.migration?.env },
    healthcheck: { disable: true },
    depends_on: dependencies(plan, process.needs, []),
    networks: ['internal'],
    ...security(process),
    restart: 'no',
  };
}

/** What stands around a process in production. */
interface Around {
  /** Whether a migration runs before it. */
  readonly hasJob: boolean;
  /** Whether it is what people open. */
  readonly isOpened: boolean;
  /** What speaks TLS in front of the app. */
  readonly proxy: string | undefined;
}

function hardened(plan: Plan, process: Process, { hasJob, isOpened, proxy }: Around): Composed {
  const isBehind = isApp(process) && proxy !== undefined;
  return {
    // What only production has stands in no other file.
    ...(process.only && composeProcess(plan, process)),
    restart: 'unless-stopped',
    ...security(process),
    ...(isApp(process) && hasJob && { depends_on: { migrate: { condition: 'service_completed_successfully' } } }),
    ...(isBehind && { environment: { FORWARDED_ALLOW_IPS: PROXY_ADDRESS } }),
    // The app calls others; who calls it comes through the proxy.
    networks: process.tls
      ? { internal: { ipv4_address: PROXY_ADDRESS }, public: null }
      : isOpened || isApp(process)
        ? ['internal', 'public']
        : ['internal'],
    ...(process.tls && { volumes: [`./certificates:${process.tls.certificates}:ro`] }),
    ...(isOpened && { ports: publishedPorts(process) }),
    ...(process.role === 'web' && { deploy: { replicas: 1, resources: { limits: { memory: '1g', pids: 512 } } } }),
  };
}

/** With TLS the ports that browsers try, else its own. */
function publishedPorts({ port, tls }: Process): readonly string[] {
  if (port === undefined) return [];
  if (!tls) return [`\${HTTP_PORT:-${port}}:${port}`];
  const plain = tls.plainPort === undefined ? [] : [`\${HTTP_PORT:-80}:${tls.plainPort}`];
  return [...plain, `\${HTTPS_PORT:-443}:${port}`];
}

/** What the plan lets a process do, and no more. */
function security({ security: { user, readOnly, tmp } }: Process): Composed {
  return {
    user,
    read_only: readOnly,
    tmpfs: tmp,
    cap_drop: ['ALL'],
    security_opt: NO_NEW,
    logging: LOGS,
  };
}

/** Services of their own with data in memory, the suites of Python in one service, those in browsers in another. */
function testing(plan: Plan): Composed {
  const inCode = plan.suites.find(({ kind }) => kind === 'unit');
  const inBrowser = plan.suites.find(({ kind }) => kind === 'e2e');
  const opened = new Set(inBrowser?.opens?.processes ?? []);
  const withOthers = new Set([...opened]);
  for (const process of plan.processes.toReversed())
    if (withOthers.has(process.id)) for (const id of process.after) withOthers.add(id);
  const shared = plan.processes
    .filter(({ id }) => withOthers.has(id))
    .flatMap(({ volumes, profiles, security: { user } }) =>
      (profiles.test?.volumes ?? volumes).map(path => [appVolume(path), inMemory(user)] as const),
    );
  return {
    name: `${plan.name}-test`,
    services: Object.fromEntries([
      ...plan.services.map(service => [service.id, testService(plan, service)] as const),
      ['test', bench(plan, inCode)],
      ...(inBrowser
        ? [
            ...plan.processes
              .filter(({ id }) => withOthers.has(id))
              .map(process => [process.id, testProcess(plan, process)] as const),
            ['browser', browser(plan, inBrowser)] as const,
          ]
        : []),
    ]),
    ...(shared.length > 0 && { volumes: Object.fromEntries(shared) }),
  };
}

/** Kept in memory, and belonging to who writes there. */
function inMemory(user: string): Composed {
  return { driver_opts: { type: 'tmpfs', device: 'tmpfs', o: `uid=${user},mode=0775` } };
}

function testService(plan: Plan, service: Plan['services'][number]): Composed {
  const { volumes: _, ...common } = composeService(plan, service) as { volumes?: readonly string[] };
  const { args, memory = [] } = service.profiles.test ?? {};
  const password = service.password === undefined ? {} : { [service.password]: TEST_PASSWORD };
  const environment = { ...(common as { environment?: Composed }).environment, ...password };
  const files = service.files.map(name => `./${servedPath(name)}:${plan.files[name]!.path}:ro`);
  return {
    ...common,
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(args && { command: args.map(escaped) }),
    ...(memory.length > 0 && { tmpfs: memory }),
    ...(files.length > 0 && { volumes: files }),
  };
}

/** Nobody but the tests reaches what it opens, and that is gone with them. */
const TEST_PASSWORD = 'only-for-tests';

/** An environment for tests: what a trial has in place of what nobody gave. */
function trialEnvironment(plan: Plan, { needs, secrets, env }: Pick<Suite, 'needs' | 'secrets' | 'env'>): Composed {
  const addresses = Object.entries(neededEnvironment(plan, needs)).map(([name, value]) => [
    name,
    plan.services.reduce((text, service) => text.replaceAll(`\${${passwordVariable(service)}}`, TEST_PASSWORD), value),
  ]);
  return {
    ...Object.fromEntries(secrets.map(name => [name, TEST_PASSWORD])),
    ...Object.fromEntries(
      plan.variables.flatMap(({ name, trial }) => (trial === undefined ? [] : [[name, escaped(trial)]])),
    ),
    ...Object.fromEntries(addresses),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, escaped(value)])),
  };
}

function bench(plan: Plan, suite: Suite | undefined): Composed {
  const { stage, workdir, needs, secrets, env } = suite ?? { ...plan.shell };
  const migrates = suite?.migrates ? (plan.migration?.env ?? {}) : {};
  return {
    image: imageName(plan, stage),
    build: { context: '.', target: stage },
    working_dir: workdir,
    command: (suite?.args ?? plan.shell.command).map(escaped),
    environment: { ...trialEnvironment(plan, { needs, secrets, env }), ...migrates },
    depends_on: dependencies(plan, needs, []),
  };
}

function testProcess(plan: Plan, process: Process): Composed {
  const profile = process.profiles.test ?? {};
  const image = profile.image ?? process.image;
  const env = { ...process.env, ...profile.env };
  const migrates = process.migrates ? (plan.migration?.env ?? {}) : {};
  const { probe, command, needs, after } = process;
  const volumes = profile.volumes ?? process.volumes;
  return {
    image: imageName(plan, image),
    build: { context: '.', target: image },
    ...(command && { command: command.map(escaped) }),
    environment: { ...trialEnvironment(plan, { needs, secrets: process.secrets, env }), ...migrates },
    ...(volumes.length > 0 && { volumes: volumes.map(path => `${appVolume(path)}:${path}`) }),
    ...(probe.kind === 'exec' && { healthcheck: composeHealth(probe.check) }),
    depends_on: dependencies(plan, needs, after),
  };
}

function browser(plan: Plan, suite: Suite): Composed {
  const { stage, workdir, args, opens, env } = suite;
  const settings = imageSettings(plan.stages, stage);
  return {
    image: imageName(plan, stage),
    build: { context: '.', target: stage },
    working_dir: workdir ?? settings.workdir,
    command: args.map(escaped),
    environment: {
      ...trialEnvironment(plan, suite),
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, escaped(value)])),
      ...(opens && { [opens.variable]: opens.url }),
    },
    depends_on: dependencies(plan, [], opens?.processes ?? []),
    ipc: 'host',
  };
}
