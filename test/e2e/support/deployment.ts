/** An app as people run it: the images that `build` writes, with podman, beside the services that its plan names. */
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { imageSettings, neededOf, portOf } from '../../../src/plan/look-up.js';
import { fillTemplate } from '../../../src/plan/template.js';
import type { Plan, Process as Planned, ServiceSpec } from '../../../src/plan/types.js';
import { ROOT } from '../../engine/cli/quayside-process.js';
import type { Tools } from '../../engine/support/tools.js';
import { exportImages } from '../../support/stand-ins.js';
import { quayside } from './quayside.js';
import { type Visitor, visitor } from './visitor.js';

export interface Deployment {
  /** The app's containers, in the order in which they start. */
  readonly processes: readonly Process[];
  /** Certificate of the front, when it is encrypted. */
  readonly certificate: string | undefined;
  /** Starts containers of the app, new ones each time, and waits until they are ready. */
  start(wanted: readonly Process[]): Promise<void>;
  /** Sends the stop signal to all containers of the app, removes them, and gives each one's exit code and what it wrote. */
  stop(): Promise<readonly Ended[]>;
  /** Where this machine reaches a port of a container: HOST:PORT. */
  address(container: string, port: number): Promise<string>;
  /** Someone new at what people open first, or at another container. */
  visitor(container?: string, port?: number): Promise<Visitor>;
  /** Runs a command in a container and gives its output. */
  exec(container: string, ...args: string[]): Promise<string>;
}

/** A container of the app. */
export interface Process {
  readonly id: string;
  readonly role: Planned['role'];
  readonly image: string;
  readonly port: number | undefined;
  readonly args: readonly string[];
  /** What narrows it to what the plan lets it do. */
  readonly narrow: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSeconds: number;
  readonly env: Readonly<Record<string, string>>;
  /** Command that succeeds in it when it is ready. */
  readonly check: readonly string[] | undefined;
}

/** A container of the app that ended. */
export interface Ended {
  readonly id: string;
  readonly exitCode: number;
  readonly logs: string;
}

const PASSWORD = 'only-for-this-test';
const VOLUME = 'data';
const NETWORK = 'harbour';
const CERTIFICATES = '/etc/nginx/certificates';

/**
 * Builds an app's images and starts its services.
 * @param tools podman, on a storage that holds nothing but such deployments
 * @param source directory of the app
 * @param dir directory for files, which must not be there yet
 * @param volume whether the app's own processes get a volume for what they keep
 */
export async function deploy(tools: Tools, source: string, dir: string, volume: boolean): Promise<Deployment> {
  const { podman } = tools;
  mkdirSync(dir);
  const plan = JSON.parse(await run(['plan', `--source=${source}`])) as Plan;
  const processes = processesOf(plan);
  const front = processes.findLast(({ port }) => port !== undefined)!;
  const certificate = front.role === 'gateway' ? await makeCertificate(join(dir, 'tls')) : undefined;

  const prefix = await tools.network(NETWORK);
  // Everyone knows everyone by name from the beginning: podman's own name server is shared by all networks of the machine.
  const names = [...plan.services, ...processes].map(({ id }) => id);
  const hosts = names.map((name, at) => `--add-host=${name}:${prefix}.${at + 10}`);
  await loadServices(tools, plan, dir);
  await Promise.all([loadImages(), ...plan.services.map(startService)]);

  async function loadImages(): Promise<void> {
    for (const image of new Set(processes.map(process => process.image))) {
      const path = join(dir, 'image.tar');
      const component = processes.find(process => process.image === image)!.id;
      await run(['build', `--source=${source}`, `--component=${component}`, `--output=${path}`]);
      await podman('tag', await podman('pull', '--quiet', `oci-archive:${path}`), image);
      rmSync(path);
    }
  }

  async function startService({ id, image, env, password, probe, profiles }: ServiceSpec): Promise<void> {
    const { args = [], memory = [] } = profiles.test ?? {};
    const secret = password === undefined ? {} : { [password]: PASSWORD };
    const mounts = memory.map(path => `--mount=type=tmpfs,destination=${path},tmpfs-mode=1777,notmpcopyup`);
    await create(id, [...variables({ ...env, ...secret }), ...mounts], [image, ...args]);
    const check = probe.kind === 'exec' ? probe.check.args : ['true'];
    await untilReady(id, () => succeeds(podman('exec', id, ...check)));
  }

  async function startProcess({ id, role, image, args, env, check, narrow, volumes }: Process): Promise<void> {
    await create(id, [...narrow, ...mountsOf(role, volumes), ...variables(env)], [image, ...args]);
    const ask = () => visit(id).then(someone => someone.get('/'));
    await untilReady(id, () => succeeds(check ? podman('exec', id, ...check) : ask()));
  }

  function mountsOf(role: Process['role'], volumes: readonly string[]): readonly string[] {
    if (role === 'gateway') return [`--volume=${join(dir, 'tls')}:${CERTIFICATES}:ro`];
    return volume ? volumes.map(path => `--volume=${VOLUME}${path.replaceAll('/', '-')}:${path}`) : [];
  }

  async function create(id: string, flags: readonly string[], command: readonly string[]): Promise<void> {
    const at = names.indexOf(id) + 10;
    // With its hardware's address too, by which the others still know the container that was there before.
    const network = `--network=${NETWORK}:ip=${prefix}.${at},mac=02:00:00:00:00:${at}`;
    await podman(
      'run',
      '--detach',
      '--pull=never',
      `--name=${id}`,
      network,
      ...hosts,
      '--publish-all',
      ...flags,
      ...command,
    );
  }

  async function untilReady(id: string, isReady: () => Promise<boolean>): Promise<void> {
    const deadline = AbortSignal.timeout(90_000);
    while (!(await isReady())) {
      const running = await podman('container', 'inspect', '--format={{.State.Running}}', id);
      if (running !== 'true' || deadline.aborted) throw new Error(`${id} does not come up:\n${await tools.logs(id)}`);
      await sleep(200);
    }
  }

  async function address(container: string, port: number): Promise<string> {
    return `127.0.0.1:${/:(\d+)$/m.exec(await podman('port', container, `${port}/tcp`))![1]}`;
  }

  async function visit(container = front.id, port = processes.find(({ id }) => id === container)?.port ?? 80) {
    const scheme = container === front.id && port === front.port && certificate ? 'https' : 'http';
    return visitor(`${scheme}://${await address(container, port)}`, certificate);
  }

  return {
    processes,
    certificate,
    address,
    visitor: visit,
    exec: (container, ...args) => podman('exec', container, ...args),
    async start(wanted) {
      const [web, ...others] = wanted;
      // It brings the database to its newest schema for all of them, and whoever stands in front looks for it by name.
      if (web) await startProcess(web);
      const inOrder = async (fronts: readonly Process[]) => {
        for (const process of fronts) await startProcess(process);
      };
      const workers = others.filter(({ role }) => role === 'worker');
      await Promise.all([...workers.map(startProcess), inOrder(others.filter(({ role }) => role !== 'worker'))]);
    },
    stop: () =>
      Promise.all(
        processes.map(async ({ id, stopSeconds }) => {
          await podman('stop', `--time=${stopSeconds}`, id);
          const ended = { id, exitCode: Number(await podman('wait', id)), logs: await tools.logs(id) };
          await podman('rm', id);
          return ended;
        }),
      ),
  };
}

/** Removes what a deployment started and kept, however far it came. */
export async function undeploy({ podman }: Tools): Promise<void> {
  await podman('rm', '--all', '--force', '--time=0');
  await podman('volume', 'prune', '--force');
  await podman('network', 'prune', '--force');
}

/** What starts, in its order: what others look for by name is there before them. */
function processesOf(plan: Plan): readonly Process[] {
  // What only development or Compose in production has is not what is published here.
  const planned = plan.processes
    .filter(({ only }) => only === undefined)
    .map((process): Process => {
      const { id, role, image, port, command = [], probe, security, stop, volumes } = process;
      return {
        id,
        role,
        // Workers are the web server's image with another command.
        image: `localhost/${plan.name}-${image}:e2e`,
        port,
        args: command,
        env: envOf(plan, process),
        check: probe.kind === 'exec' ? probe.check.args : imageSettings(plan.stages, image).healthcheck?.args,
        narrow: [
          ...(security.readOnly ? ['--read-only', '--read-only-tmpfs=false'] : []),
          '--cap-drop=all',
          '--security-opt=no-new-privileges',
          ...security.tmp.map(path => `--tmpfs=${path}`),
        ],
        volumes,
        stopSeconds: stop.seconds,
      };
    });
  const isServer = ({ role }: Process) => role === 'web';
  return planned.toSorted((a, b) => Number(isServer(b)) - Number(isServer(a)));
}

/** What a process has to be told: where what it needs is, and its own secrets; the web server migrates for all. */
function envOf(plan: Plan, { role, env, secrets, needs, profiles }: Planned): Readonly<Record<string, string>> {
  const addresses = needs.flatMap(({ to, env: templates }) => {
    const needed = neededOf(plan, to);
    const filling = { host: to, port: `${needed && portOf(needed)}`, password: PASSWORD };
    return Object.entries(templates).map(([name, template]) => [name, fillTemplate(template, filling)] as const);
  });
  return {
    ...env,
    ...profiles.test?.env,
    ...Object.fromEntries(secrets.map(name => [name, PASSWORD])),
    ...Object.fromEntries(addresses),
    ...(role === 'web' ? plan.migration?.env : {}),
  };
}

const variables = (env: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);

/** Puts the images of the services into podman's storage, those that are not there from another deployment. */
async function loadServices({ podman }: Tools, plan: Plan, dir: string): Promise<void> {
  const missing = [];
  for (const { id, image: reference } of plan.services)
    if (!(await succeeds(podman('image', 'exists', reference))))
      missing.push({ reference, path: join(dir, `${id}.tar`) });
  if (missing.length === 0) return;
  await exportImages(missing);
  for (const { reference, path } of missing) {
    await podman('tag', await podman('pull', '--quiet', `oci-archive:${path}`), reference);
    rmSync(path);
  }
}

/** A certificate for the front's name in its network and on this machine, as a file and returned. */
async function makeCertificate(dir: string): Promise<string> {
  mkdirSync(dir);
  const names = 'subjectAltName=DNS:gateway,IP:127.0.0.1';
  const files = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await execa('openssl', ['req', '-x509', ...kind, '-days', '2', '-subj', '/CN=gateway', '-addext', names, ...files]);
  // nginx reads it as a user of its own.
  chmodSync(join(dir, 'key.pem'), 0o644);
  return readFileSync(join(dir, 'cert.pem'), 'utf8');
}

/** Runs ./quayside, and gives what it printed; rejects when it did not succeed. */
async function run(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await quayside(args, { cwd: ROOT });
  if (code !== 0) throw new Error(`quayside ${args[0]} ended with ${code}:\n${stderr}`);
  return stdout;
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
