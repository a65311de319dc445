/** Bytes of images and of their parts: the contents of files, which is what `docker image ls` counts. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Container, type Directory, dag } from '@dagger.io/dagger';
import { execa } from 'execa';
import type { Floor } from './floors.js';

/** The parts of a floor, in bytes. */
export interface Parts {
  readonly base: number;
  readonly system: number;
  readonly dependencies: number;
  readonly app: number;
}

const SOURCE = '/source';

/** An image as an archive holds it. */
export interface Weighed {
  /** Bytes of the files in its layers: what a later layer writes again or takes away still counts. */
  readonly bytes: number;
  /** Compressed layers and configuration by their digests, in bytes: what a push sends. */
  readonly blobs: ReadonlyMap<string, number>;
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** Reads the layers of an OCI archive. */
export async function weighImage(archive: string): Promise<Weighed> {
  const dir = await mkdtemp(join(tmpdir(), 'quayside-weigh-'));
  try {
    await execa('skopeo', ['copy', '--quiet', `oci-archive:${archive}`, `dir:${dir}`]);
    const { config, layers } = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')) as {
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
    };
    let bytes = 0;
    for (const { digest } of layers) {
      const layer = join(dir, digest.slice('sha256:'.length));
      const { stdout } = await execa('tar', ['--list', '--verbose', '--gzip', '--file', layer]);
      for (const [, size] of stdout.matchAll(/^-\S+ +\S+ +(\d+) /gm)) bytes += Number(size);
    }
    return { bytes, blobs: new Map([config, ...layers].map(({ digest, size }) => [digest, size])) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Bytes of each part of a floor, made without Quayside's steps; `archive` is where the base image may be written to. */
export async function weighParts(floor: Floor, source: Directory, archive: string): Promise<Parts> {
  const base = dag.container().from(floor.base);
  await base.export(archive);
  const made = run(withSource(base, source, floor), floor.make);
  return {
    base: (await weighImage(archive)).bytes,
    system: await packageBytes(base, floor.system),
    dependencies: await bytesBelow(made, floor.dependencies),
    app: await bytesBelow(made, floor.app),
  };
}

function withSource(base: Container, source: Directory, { frontend }: Partial<Floor>): Container {
  const container = base.withUser('root').withDirectory(SOURCE, source).withWorkdir(SOURCE);
  if (!frontend) return container;
  const built = run(withSource(dag.container().from(frontend.base), source, {}), frontend.make);
  return container.withDirectory(`${SOURCE}/${frontend.path}`, built.directory(`${SOURCE}/${frontend.path}`));
}

function run(container: Container, commands: readonly string[]): Container {
  return commands.length === 0 ? container : container.withExec(['sh', '-ec', commands.join('\n')]);
}

/** Prints a file's identity and size; by identity, a file with several names counts once. */
const PRINT = String.raw`-type f -printf "%D:%i %s\n"`;

async function bytesBelow(container: Container, paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0;
  return bytesOf(run(container, [`find ${paths.join(' ')} ${PRINT}`]));
}

/** What Debian packages bring, and those they depend on, that the base does not have: the files that dpkg lists and that are there. */
async function packageBytes(base: Container, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0;
  const installed = `dpkg-query --show --showformat '\${binary:Package}\\n' | sort`;
  const script = [
    `${installed} > /tmp/before`,
    'apt-get update -qq',
    `apt-get install -y -qq --no-install-recommends ${names.join(' ')} > /dev/null`,
    `${installed} | comm -13 /tmp/before - | xargs dpkg --listfiles | sort -u > /tmp/files`,
    // Slim images leave documentation out, so not every path leads to a file.
    `xargs -d '\\n' -a /tmp/files sh -c 'find "$@" -maxdepth 0 ${PRINT} 2>/dev/null || :' find`,
  ];
  return bytesOf(run(base.withUser('root').withEnvVariable('DEBIAN_FRONTEND', 'noninteractive'), script));
}

async function bytesOf(container: Container): Promise<number> {
  const lines = new Set((await container.stdout()).split('\n'));
  return [...lines].reduce((sum, line) => sum + Number(line.split(' ')[1] ?? 0), 0);
}
