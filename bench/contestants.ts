/** The two ways of doing the main job, each with a state that can be made cold: nothing kept but the base images. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dag } from '@dagger.io/dagger';
import { execa } from 'execa';
import { withClient } from '../cli/client.js';
import { startSession } from '../engine/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Images that both start from. */
const BASES = [
  'docker.io/library/python:3.11-slim',
  'docker.io/library/node:22-slim',
  'mcr.microsoft.com/playwright/python:v1.58.0-noble',
  'docker.io/library/mariadb:10.11',
  'docker.io/library/redis:7',
] as const;

/** A run whose tests or steps failed, as the browser tests may on a machine with more to do than it can. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';
}

/** One run of the main job. */
export interface Timing {
  readonly seconds: number;
  /** What pytest and Playwright say of their own time; 0 for a suite that did not run. The suites run side by side. */
  readonly suites: number;
}

export interface Contestant {
  /** Forgets everything but the base images. */
  chill(): Promise<void>;
  run(app: string): Promise<Timing>;
}

export interface Contest {
  readonly quayside: Contestant;
  readonly byHand: Contestant;
  /** Milliseconds that a cached operation takes, asked for one by one in a new session. */
  cachedOperations(): Promise<readonly number[]>;
  remove(): Promise<void>;
}

/** Makes the base images, once for both, below `dir`. */
export async function prepare(dir: string): Promise<Contest> {
  const bases = join(dir, 'bases');
  const state = join(dir, 'state');
  const archives = await makeBases(bases, join(dir, 'archives'));
  const byHand = await openByHand(join(dir, 'by-hand'), archives);
  await remove(join(dir, 'archives'));
  return {
    quayside: {
      async chill() {
        await remove(state);
        // Hard links: layers are never written to again.
        await execa('cp', ['--archive', '--link', bases, state]);
      },
      run: app =>
        timed(join(ROOT, 'quayside'), ['test', `--source=${app}`, '--engine=local'], { QUAYSIDE_STATE: state }),
    },
    byHand,
    cachedOperations: () => cachedOperations(state),
    async remove() {
      await byHand.close();
      await remove(dir);
    },
  };
}

/** Makes every base image in a state of its own and writes it as an archive. */
async function makeBases(stateDir: string, archives: string): Promise<ReadonlyMap<string, string>> {
  mkdirSync(archives, { recursive: true });
  const session = await startSession({ stateDir });
  const made = new Map<string, string>();
  try {
    await withClient(session, {}, async () => {
      for (const reference of BASES) {
        const archive = join(archives, `${made.size}.tar`);
        await dag.container().from(reference).export(archive);
        made.set(reference, archive);
      }
    });
  } finally {
    await session.close();
  }
  return made;
}

async function openByHand(
  store: string,
  archives: ReadonlyMap<string, string>,
): Promise<Contestant & { close(): Promise<void> }> {
  const tmp = join(store, 'tmp');
  mkdirSync(tmp, { recursive: true });
  const conf = join(store, 'containers.conf');
  const limits = 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]';
  const engine = '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "none"';
  writeFileSync(conf, `[containers]\n${limits}\n${engine}\n[network]\nnetwork_backend = "netavark"\n`);
  const storage = ['--root', join(store, 'root'), '--runroot', join(store, 'run'), '--storage-driver', 'overlay'];
  const podman = async (...args: readonly string[]): Promise<string> =>
    (await execa('podman', [...storage, ...args], { env: { CONTAINERS_CONF: conf, TMPDIR: tmp } })).stdout;
  for (const [reference, archive] of archives)
    await podman('tag', await podman('pull', '--quiet', `oci-archive:${archive}`), reference);
  const imageIds = async (): Promise<readonly string[]> =>
    [...new Set((await podman('images', '--all', '--quiet', '--no-trunc')).split('\n'))].filter(id => id !== '');
  const kept = await imageIds();
  return {
    async chill() {
      const built = (await imageIds()).filter(id => !kept.includes(id));
      if (built.length > 0) await podman('rmi', '--force', ...built);
      // buildah keeps its cache mounts there.
      await remove(tmp);
      mkdirSync(tmp);
    },
    run: app => timed(join(ROOT, 'bench/by-hand/test.sh'), [app, store], {}),
    async close() {
      await execa('umount', ['--recursive', '--lazy', join(store, 'root/overlay')], { reject: false });
    },
  };
}

/** Throws a RunFailed when the program does not pass: what failed early must not count as quick. */
async function timed(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Timing> {
  const begin = performance.now();
  const { stdout, stderr, exitCode } = await execa(program, args, { env, reject: false });
  if (exitCode !== 0)
    throw new RunFailed(`${program} ended in ${exitCode}:\n${stderr.split('\n').slice(-12).join('\n')}`);
  const seconds = (performance.now() - begin) / 1000;
  const told = [...stdout.matchAll(/ in (\d+(?:\.\d+)?) ?s/g)].map(match => Number(match[1]));
  return { seconds, suites: Math.max(0, ...told) };
}

async function cachedOperations(stateDir: string): Promise<readonly number[]> {
  const outputs = Array.from({ length: 20 }, (_, index) => `${index}`);
  const ask = async (text: string): Promise<number> => {
    const begin = performance.now();
    await dag.container().from(BASES[0]).withExec(['echo', text]).stdout();
    return performance.now() - begin;
  };
  const inSession = async (): Promise<readonly number[]> => {
    const session = await startSession({ stateDir });
    const times: number[] = [];
    try {
      await withClient(session, {}, async () => {
        // The first answer of a session also resolves the image.
        await dag.container().from(BASES[0]).sync();
        for (const text of outputs) times.push(await ask(text));
      });
    } finally {
      await session.close();
    }
    return times;
  };
  await inSession();
  return inSession();
}

async function remove(path: string): Promise<void> {
  await execa('rm', ['-rf', '--one-file-system', path]);
}
