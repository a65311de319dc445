/** Asks registries for images, and remembers answers beyond the session. */
import { join } from 'node:path';
import * as z from 'zod';
import { defined } from '../defined.js';
import { allThere } from '../fs/list.js';
import { sha256 } from '../objects/digest.js';
import type { Platform } from '../oci/image-config.js';
import { type PullOptions, type PullResult, pullImage } from '../oci/pull.js';
import { formatReference, type ImageReference } from '../oci/registry-reference.js';
import type { EngineContext } from '../solve/context.js';
import type { RecordKind } from '../store/records.js';

const hour = 3_600_000;
/** How long a tag means what it meant when it was last looked up. */
const tagFreshness = 24 * hour;
/** How long a registry that did not answer is not asked again. */
const silenceFreshness = hour / 2;

interface Lookup {
  readonly at: number;
  readonly result: PullResult;
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
      }),
      z.object({ kind: z.literal('absent'), reason: z.string() }),
      z.object({ kind: z.literal('unreachable'), reason: z.string() }),
    ]),
  }),
};

/** Looks an image up, unless a fresh answer is remembered: of the image, or of a registry that was silent. */
export async function lookUp(context: EngineContext, reference: ImageReference, platform: string): Promise<PullResult> {
  const address = formatReference(reference);
  const ofImage = fileOf(context, `${address} ${platform}`);
  const ofRegistry = fileOf(context, `registry ${reference.registry}`);
  const known = (await recall(context, ofImage, tagFreshness)) ?? (await recall(context, ofRegistry, silenceFreshness));
  if (known !== undefined) return known;
  const result = await pullImage(address, storageOf(context, platform));
  if (result.kind === 'pulled') await remember(context, ofImage, result);
  if (result.kind === 'unreachable') await remember(context, ofRegistry, result);
  return result;
}

/** Where images lie, and for which platform one is meant. */
export function storageOf({ dirs, sessionDir, activity }: EngineContext, platform: string): PullOptions {
  return {
    platform: platformOf(platform),
    storageDir: dirs.images,
    env: { CONTAINERS_CONF: join(sessionDir, 'containers.conf') },
    signal: activity.signal,
  };
}

/** `linux/arm/v7` as images write it. */
export function platformOf(text: string): Platform {
  const [os = 'linux', architecture = 'amd64', variant] = text.split('/');
  return { os, architecture, ...defined({ variant: variant === '' ? undefined : variant }) };
}

function fileOf({ dirs }: EngineContext, name: string): string {
  return join(dirs.references, `${sha256(name).slice(0, 32)}.json`);
}

async function recall({ records }: EngineContext, file: string, freshness: number): Promise<PullResult | undefined> {
  const known = await records.read(lookupRecord, file);
  if (known === undefined || Date.now() - known.at >= freshness) return undefined;
  // The storage may have lost what it held.
  const whole = known.result.kind !== 'pulled' || allThere(known.result.layerDirs);
  return whole ? known.result : undefined;
}

const remember = ({ records }: EngineContext, file: string, result: PullResult): Promise<void> =>
  records.write(lookupRecord, file, { at: Date.now(), result });
