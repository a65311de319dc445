/** Images from a registry into a storage of our own, as layer directories that an overlay mount can use. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { withLock } from '../store/locks.js';
import { type ConfigJson, fromConfigJson, type ImageConfig, type Platform } from './image-config.js';
import { RegistryError, type RegistryFailure } from './registry-failure.js';
import { formatReference, type ImageReference, isLoopback, parseReference } from './registry-reference.js';
import { skopeo } from './skopeo.js';

/** Time for a second attempt, which is made after a second. Whose packets are dropped is not there: something stands in for the image, or what comes next finds it out again. */
const firstSilenceMs = 2_000;

export interface PullOptions {
  readonly platform: Platform;
  /** Holds the storage: `root` is made in it. */
  readonly storageDir: string;
  /** For what concerns this machine's running: at most 50 characters, says podman. Default: `run` in the storage. */
  readonly runDir?: string;
  /**
   * Environment for the tools, over the process's own: CONTAINERS_CONF for Podman, and QUAYSIDE_REGISTRIES_CONF, a registries.conf with
   * mirrors. Default: the user's and the system's registries.conf.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** How long the registry may take to answer the first question. Default 8 s. */
  readonly answerTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Empties the storage; called when it cannot be read, or at once when what it holds is not to be trusted. */
  readonly reset?: () => Promise<void>;
  readonly distrust?: boolean;
}

export interface PulledImage {
  readonly kind: 'pulled';
  /** What the reference named at the registry: an index where there is one, else a manifest. */
  readonly digest: string;
  /** The whole name with that digest. */
  readonly reference: string;
  readonly config: ImageConfig;
  /** Lowest first; they belong to the storage and are only ever lower layers. */
  readonly layerDirs: readonly string[];
}

export type PullResult =
  | PulledImage
  /** The registry answered: no such image, none for the platform, or not for these credentials. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** No registry answered. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/**
 * Pulls an image with the user's own credentials, or finds it in the storage when this digest was pulled before. No retries: a machine without registries knows in
 * well under a second, or after `answerTimeoutMs` where packets are swallowed.
 * Throws for an invalid reference and for failures that are no registry's (disk full, missing tool).
 */
export async function pullImage(reference: string, options: PullOptions): Promise<PullResult> {
  const parsed = parseReference(reference);
  const { env = {}, signal } = options;
  const call = { env, signal };
  const sourceTls = isLoopback(parsed) ? ['--tls-verify=false'] : [];
  const timeoutMs = options.answerTimeoutMs ?? 8_000;
  const raw = await skopeo(
    'inspect',
    ['--raw', '--retry-times', '0', ...sourceTls, `docker://${formatReference(parsed)}`],
    { ...call, timeoutMs, silenceMs: firstSilenceMs },
  );
  if (!raw.ok) return failed(parsed, raw.failure);
  const digest = `sha256:${createHash('sha256').update(raw.stdout).digest('hex')}`;
  const { tag: _tag, ...untagged } = parsed;
  const pinned = formatReference({ ...untagged, digest });

  const name = storedName(pinned, options.platform);
  // One at a time: two copies that share a layer get in each other's way in the storage.
  await mkdir(options.storageDir, { recursive: true });
  return withLock(options.storageDir, 'pull.lock', async () => {
    if (options.distrust === true) await options.reset?.();
    // A power cut, or another place than it was made in, leaves a storage that nothing can be done with.
    const stored = await inspectStored(name, options).catch(async error => {
      if (options.reset === undefined) throw error;
      await options.reset();
      return inspectStored(name, options);
    });
    if (stored !== undefined) return { kind: 'pulled', digest, reference: pinned, ...stored };
    const copyTls = isLoopback(parsed) ? ['--src-tls-verify=false'] : [];
    const args = ['--quiet', '--retry-times', '0', ...copyTls, `docker://${pinned}`, storageName(name, options)];
    const copied = await skopeo('copy', [...platformFlags(options.platform), ...args], call);
    if (!copied.ok) return failed(parsed, copied.failure);
    const image = await inspectStored(name, options);
    if (image === undefined) throw new Error(`${pinned} was pulled but is not in the storage ${options.storageDir}`);
    return { kind: 'pulled', digest, reference: pinned, ...image };
  });
}

/** Reads the overlay driver's directories, lowest first, from one entry of `podman image inspect`. Throws for another storage driver. */
export function layerDirectories({ GraphDriver: { Name, Data } }: InspectJson): readonly string[] {
  if (Name !== 'overlay' || Data?.UpperDir === undefined)
    throw new Error(`the image storage uses the driver ${Name}, the engine needs overlay`);
  const below = Data.LowerDir === undefined || Data.LowerDir === '' ? [] : Data.LowerDir.split(':');
  return [...below.reverse(), Data.UpperDir];
}

interface InspectJson {
  readonly GraphDriver: {
    readonly Name: string;
    readonly Data?: { readonly LowerDir?: string; readonly UpperDir?: string };
  };
}

/** Finds an image in the storage; undefined when it is not there. */
export async function inspectStored(
  name: string,
  options: PullOptions,
): Promise<Pick<PulledImage, 'layerDirs' | 'config'> | undefined> {
  const inspected = await execa('podman', [...podmanStorage(options), 'image', 'inspect', name], {
    env: { ...options.env },
    reject: false,
  });
  if (inspected.exitCode === undefined) throw new Error(`podman did not run: ${inspected.shortMessage}`);
  if (inspected.failed) {
    if (/image not known|no such image|failed to find image/i.test(inspected.stderr)) return undefined;
    throw new Error(`cannot read the image storage ${options.storageDir}: ${inspected.stderr}`);
  }
  const layerDirs = layerDirectories((JSON.parse(inspected.stdout) as [InspectJson])[0]);
  // Podman's own view leaves out the health check of an image with OCI media types.
  const config = await skopeo('inspect', ['--config', '--raw', storageName(name, options)], { env: options.env ?? {} });
  if (!config.ok) throw new Error(`cannot read the configuration of ${name}: ${config.failure.reason}`);
  const json = JSON.parse(config.stdout.toString()) as { readonly config?: ConfigJson };
  return { layerDirs, config: fromConfigJson(json.config ?? {}) };
}

function failed(reference: ImageReference, failure: RegistryFailure): PullResult {
  switch (failure.kind) {
    case 'absent':
    case 'denied':
      return { kind: 'absent', reason: failure.reason };
    case 'unreachable':
    case 'untrusted':
    case 'transient':
      // A registry's silence is remembered for its other images: this one's name is said beside it.
      return { kind: 'unreachable', reason: failure.reason.replace(/^.*?image name "docker:\/\/[^"]*": /, '') };
    case 'full':
    case 'other':
      throw new RegistryError(`cannot pull ${formatReference(reference)}`, failure);
  }
}

/** One name for each digest and platform: two platforms of one reference must not take each other's name. */
export function storedName(pinned: string, { os, architecture, variant = '' }: Platform): string {
  const id = createHash('sha256').update(`${pinned} ${os}/${architecture}/${variant}`).digest('hex').slice(0, 32);
  return `localhost/quayside/${id}:pulled`;
}

const runRoot = ({ storageDir, runDir }: PullOptions): string => runDir ?? join(storageDir, 'run');

/** An image of the storage as skopeo calls it. */
export function storageName(name: string, options: PullOptions): string {
  return `containers-storage:[overlay@${join(options.storageDir, 'root')}+${runRoot(options)}]${name}`;
}

function podmanStorage(options: PullOptions): string[] {
  const root = join(options.storageDir, 'root');
  return ['--root', root, '--runroot', runRoot(options), '--storage-driver', 'overlay'];
}

/** What tells skopeo which platform is meant. */
export function platformFlags({ os, architecture, variant }: Platform): string[] {
  return ['--override-os', os, '--override-arch', architecture, ...(variant ? ['--override-variant', variant] : [])];
}
