/**
 * A real Docker Engine (Debian's, with BuildKit) and a real Docker Compose, for tests to run what Quayside renders with.
 *
 * It runs in mount, network and process namespaces of its own: nothing of the machine's network, mounts and services is touched, and all of it ends
 * when this process does, however that is. What is published on a port is published on the loopback of its own network: `inside` runs
 * a command there (`curl`, `make up`), `forward` gives a port of this machine that leads there (`fetch`, a browser).
 *
 * Builds and containers reach what this machine reaches, package registries included, by user-mode networking; the machine's own certificate
 * authorities are lent to each process and kept in no image: they lie in its /dev, and variables such as SSL_CERT_FILE name them there, which a process
 * sees and an image's or a container's settings do not show. No image registry is needed: `provide` loads base images by the names that the
 * plan uses, `load` an archive that `./quayside build --output=…` wrote.
 *
 * Test files of the project `docker` share one engine: see use-docker.ts. A test that needs one of its own, to kill it for instance, calls `startDocker`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Forward } from '../../engine/podman/forward.js';
import { clientEnv, daemonCommand, lendTrust, socketOf } from './docker/config.js';
import { forwardInto } from './docker/forward.js';
import { PREFIX, removeLeftover, removeLeftovers } from './docker/leftovers.js';
import { type Namespaces, startInNamespaces } from './docker/namespaces.js';
import { programs } from './docker/programs.js';
import { exportImages } from './stand-ins.js';

/** How long dockerd may take to answer. */
const PATIENCE_MS = 60_000;

/** Where an engine is, for whoever did not start it. */
export interface DockerAddress {
  /** Directory of all that it keeps, its log (`log`) included. */
  readonly dir: string;
  /** A process in its namespaces. */
  readonly pid: number;
  /** Environment for its client, for `docker compose`, and for what calls these, such as make. */
  readonly env: Readonly<Record<string, string>>;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** false: a command that fails is a result like others. */
  readonly reject?: boolean;
  readonly timeout?: number;
  /** Ends, as Ctrl-C does, a command that does not end by itself, such as `compose watch`; to be called while it runs. */
  readonly cancelSignal?: AbortSignal;
}

/** How a command ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which it wrote them. */
  readonly all: string;
  readonly exitCode?: number | undefined;
  readonly failed: boolean;
}

export interface DockerEngine extends DockerAddress {
  /** Runs its client: `run(['compose', 'up', '--wait'], { cwd })`. Rejects when that fails, unless told otherwise, as execa does. */
  run(args: readonly string[], options?: CommandOptions): Promise<Ended>;
  /** Runs a command as on a machine whose Docker this is: in its environment, and where 127.0.0.1 is what it publishes ports on. */
  inside(command: string, args: readonly string[], options?: CommandOptions): Promise<Ended>;
  /** Whether `compose build` and `up --build` work, which need a plugin (go-tools.ts). `run(['build', …])` needs none. */
  readonly composeBuilds: boolean;
  /** Gives a port of this machine's loopback that leads to a port of the engine's. */
  forward(port: number): Promise<Forward>;
  /** Sees to it that images are there by these names: base images and services as plans name them. */
  provide(...references: readonly string[]): Promise<void>;
  /** Loads an archive and names what is in it. */
  load(archive: string, name: string): Promise<void>;
  /** Removes all containers, volumes and networks, and keeps images and the builder's cache. */
  empty(): Promise<void>;
}

/** An engine that whoever started it ends. */
export interface OwnDockerEngine extends DockerEngine {
  /** Ends it and all that runs in it at once, and removes all that it kept. */
  end(): Promise<void>;
}

/**
 * Starts an engine with nothing in it; removes first what is left of others whose owner was killed.
 * @throws Error with the end of its log when it does not come up
 */
export async function startDocker(): Promise<OwnDockerEngine> {
  await removeLeftovers();
  const parts = await programs();
  const dir = mkdtempSync(join(tmpdir(), PREFIX));
  const env = clientEnv(dir, parts);
  await lendTrust(dir);
  const command = ['env', `PATH=${join(dir, 'bin')}:${env.PATH}`, ...daemonCommand(dir, parts)];
  const namespaces = await startInNamespaces(dir, command);
  const end = async (): Promise<void> => {
    await namespaces.end();
    await removeLeftover(dir);
  };
  try {
    await untilItAnswers(dir, namespaces);
  } catch (error) {
    await end();
    throw error;
  }
  return { ...dockerAt({ dir, pid: namespaces.pid, env }), end };
}

/** The engine at an address, to work with. */
export function dockerAt(address: DockerAddress): DockerEngine {
  const { dir, pid, env } = address;
  const inEngine = (command: readonly string[], options: CommandOptions = {}): Promise<Ended> => {
    const [program, ...args] = command as [string, ...string[]];
    const { cancelSignal, ...others } = options;
    const running = execa(program, args, {
      input: '',
      ...others,
      env: { ...env, ...options.env },
      all: true,
      detached: cancelSignal !== undefined,
    });
    // The client's plugins are processes of their own, which the client does not end: all of its group, as a terminal does.
    cancelSignal?.addEventListener('abort', () => process.kill(-running.pid!, 'SIGINT'));
    return running;
  };
  const run: DockerEngine['run'] = (args, options) => inEngine(['docker', ...args], options);
  const load = async (archive: string, name: string): Promise<void> => {
    const { stdout } = await run(['load', '--quiet', `--input=${archive}`]);
    await run(['tag', /sha256:[0-9a-f]{64}/.exec(stdout)![0], name]);
  };
  return {
    ...address,
    composeBuilds: existsSync(join(env.DOCKER_CONFIG!, 'cli-plugins/docker-buildx')),
    run,
    load,
    inside: (command, args, options) =>
      inEngine(['nsenter', `--target=${pid}`, '--net', '--', command, ...args], options),
    forward: port => forwardInto(dir, pid, port),
    provide: async (...references) => {
      const missing = [];
      for (const [at, reference] of references.entries())
        if ((await run(['image', 'inspect', reference], { reject: false })).failed)
          missing.push({ reference, path: join(dir, `image-${at}.tar`) });
      if (missing.length > 0) await exportImages(missing);
      for (const { reference, path } of missing) {
        await load(path, reference);
        rmSync(path);
      }
    },
    empty: async () => {
      const { stdout } = await run(['ps', '--all', '--quiet']);
      if (stdout !== '') await run(['rm', '--force', '--volumes', ...stdout.split('\n')]);
      await run(['volume', 'prune', '--force']);
      await run(['network', 'prune', '--force']);
    },
  };
}

async function untilItAnswers(dir: string, namespaces: Namespaces): Promise<void> {
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  while (!(await answers(socketOf(dir)))) {
    if (namespaces.isOver() || deadline.aborted) throw new Error(`dockerd does not come up:\n${logOf(dir)}`);
    await sleep(50);
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const asked = request({ socketPath, path: '/_ping' }, answer => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** The end of what dockerd and those who started it wrote. */
function logOf(dir: string): string {
  const lines = ['namespaces.log', 'log'].map(name => join(dir, name)).filter(existsSync);
  return lines.flatMap(file => readFileSync(file, 'utf8').split('\n').slice(-20)).join('\n');
}
