/** Asks registries for images, and remembers answers beyond the session. */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { defined } from '../defined.js';
import { removeTrees } from '../fs/remove-tree.js';
import { sameSum, type TreeSum, treeSums } from '../fs/tree-sum.js';
import { sha256 } from '../objects/digest.js';
import type { Platform } from '../oci/image-config.js';
import { type PulledImage, type PullOptions, type PullResult, pullImage } from '../oci/pull.js';
import { formatReference, type ImageReference } from '../oci/registry-reference.js';
import type { EngineContext } from '../solve/context.js';
import { treeSumSchema } from '../store/layer-sums.js';
import type { RecordKind } from '../store/records.js';
import { liveSessions, unmountBelow } from '../store/sessions.js';

const hour = 3_600_000;
/** How long a tag means what it meant when it was last looked up. */
const tagFreshness = 24 * hour;
/** How long a registry that did not answer is not asked again. */
const silenceFreshness = hour / 2;

/** A pulled image with what tells whether its layers are whole. */
export interface KeptImage extends PulledImage {
  /** By layer directory. What an older version kept has none. */
  readonly sums?: readonly TreeSum[];
}

export type LookUpResult = KeptImage | Exclude<PullResult, PulledImage>;

interface Lookup {
  readonly at: number;
  readonly result: LookUpResult;
}

const texts = z.array(z.string());
const duration = z.number().exactOptional();
const imageConfig = z.object({
  env: texts,
  entrypoint: texts.exactOptional(),
  cmd: texts.exactOptional(),
  user: z.string().exactOptional(),
  workdir: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
  exposedPorts: texts.exactOptional(),
  volumes: texts.exactOptional(),
  stopSignal: z.string().exactOptional(),
  shell: texts.exactOptional(),
  healthcheck: z
    .object({
      test: texts,
      interval: duration,
      timeout: duration,
      startPeriod: duration,
      startInterval: duration,
      retries: duration,
    })
    .exactOptional(),
});

/** What a registry said of an image, or that it said nothing. */
const lookupRecord: RecordKind<Lookup> = {
  what: "a registry's answer",
  schema: z.object({
    at: z.number(),
    result: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('pulled'),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
        reference: z.string(),
        config: imageConfig,
        layerDirs: z.array(z.string().startsWith('/')),
        sums: z.array(treeSumSchema).exactOptional(),
      }),
      z.object({ kind: z.literal('absent'), reason: z.string() }),
      z.object({ kind: z.literal('unreachable'), reason: z.string() }),
    ]),
  }),
};

/** What to ask for. */
export interface LookUpQuestion {
  readonly reference: ImageReference;
  readonly platform: string;
}

/** Looks an image up, unless a fresh answer is remembered: of the image, or of a registry that was silent. An image whose layers are damaged is pulled again. */
export async function lookUp(context: EngineContext, { reference, platform }: LookUpQuestion): Promise<LookUpResult> {
  const address = formatReference(reference);
  const ofImage = fileOf(context, `${address} ${platform}`);
  const ofRegistry = fileOf(context, `registry ${reference.registry}`);
  const before = await recall(context, ofImage);
  const damaged = before?.result.kind === 'pulled' && !(await isWhole(before.result));
  if (!damaged && isFresh(before, tagFreshness)) return before.result;
  const silence = await recall(context, ofRegistry);
  if (isFresh(silence, silenceFreshness)) return silence.result;
  await context.notes.writeTo('images');
  const result = await pullImage(address, {
    ...storageOf(context, platform),
    reset: () => forgetImages(context),
    distrust: damaged,
  });
  if (result.kind === 'unreachable') await remember(context, ofRegistry, result);
  if (result.kind !== 'pulled') return result;
  const sums = await treeSums(result.layerDirs);
  const kept = { ...result, sums: result.layerDirs.map(directory => sums.get(directory)!) };
  await remember(context, ofImage, kept);
  return kept;
}

/** Where images lie, and for which platform one is meant. */
export function storageOf(context: EngineContext, platform: string): PullOptions {
  const { dirs, sessionDir, activity } = context;
  return {
    platform: platformOf(platform),
    storageDir: dirs.images,
    runDir: runDirectory(context),
    env: { CONTAINERS_CONF: join(sessionDir, 'containers.conf') },
    signal: activity.signal,
  };
}

/** podman takes 50 characters, and its database wants the same ones each time. */
function runDirectory({ dirs, sessionDir }: EngineContext): string {
  const inState = join(dirs.images, 'run');
  return inState.length <= 50 ? inState : join(`${dirname(sessionDir)}.images`, sha256(dirs.root).slice(0, 12));
}

/** Empties the storage of pulled images: no part of it alone can be made again. What others use of it stays. */
async function forgetImages({ dirs, sessionId, emit }: EngineContext): Promise<void> {
  if ((await liveSessions(dirs)).some(({ id }) => id !== sessionId)) return;
  emit({ kind: 'notice', text: 'the state held pulled images that cannot be used: images are pulled again' });
  await unmountBelow(dirs.images);
  await removeTrees([join(dirs.images, 'root'), join(dirs.images, 'run')]);
}

async function isWhole({ layerDirs, sums = [] }: KeptImage): Promise<boolean> {
  const expected = new Map(sums.map((sum, i) => [layerDirs[i], sum]));
  const now = await treeSums(layerDirs, directory => expected.get(directory)?.entries);
  return layerDirs.every(directory => {
    const [is, was] = [now.get(directory)!, expected.get(directory)];
    return is.entries > 0 && (was === undefined || sameSum(is, was));
  });
}

const isFresh = (known: Lookup | undefined, freshness: number): known is Lookup =>
  known !== undefined && Date.now() - known.at < freshness;

/** `linux/arm/v7` as images write it. */
export function platformOf(text: string): Platform {
  const [os = 'linux', architecture = 'amd64', variant] = text.split('/');
  return { os, architecture, ...defined({ variant: variant === '' ? undefined : variant }) };
}

function fileOf({ dirs }: EngineContext, name: string): string {
  return join(dirs.references, `${sha256(name).slice(0, 32)}.json`);
}

const recall = ({ records }: EngineContext, file: string): Promise<Lookup | undefined> =>
  records.read(lookupRecord, file);

const remember = ({ records }: EngineContext, file: string, result: LookUpResult): Promise<void> =>
  records.write(lookupRecord, file, { at: Date.now(), result });
