/** Asks registries for images, and remembers answers beyond the session. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../defined.js';
import { sha256 } from '../objects/digest.js';
import type { Platform } from '../oci/image-config.js';
import type { EngineContext } from '../solve/context.js';
import { type PullResult, pullImage } from './pull.js';
import { formatReference, type ImageReference } from './registry-reference.js';

const hour = 3_600_000;
/** How long a tag means what it meant when it was last looked up. */
const tagFreshness = 24 * hour;
/** How long a registry that did not answer is not asked again. */
const silenceFreshness = hour / 2;

interface Lookup {
  readonly at: number;
  readonly result: PullResult;
}

/** Looks an image up, unless a fresh answer is remembered: of the image, or of a registry that was silent. */
export async function lookUp(context: EngineContext, reference: ImageReference, platform: string): Promise<PullResult> {
  const address = formatReference(reference);
  const ofImage = fileOf(context, `${address} ${platform}`);
  const ofRegistry = fileOf(context, `registry ${reference.registry}`);
  const known = (await recall(ofImage, tagFreshness)) ?? (await recall(ofRegistry, silenceFreshness));
  if (known !== undefined) return known;
  const result = await pullImage(address, {
    platform: platformOf(platform),
    storageDir: context.dirs.images,
    env: { CONTAINERS_CONF: join(context.sessionDir, 'containers.conf') },
    signal: context.activity.signal,
  });
  if (result.kind === 'pulled') await remember(context, ofImage, result);
  if (result.kind === 'unreachable') await remember(context, ofRegistry, result);
  return result;
}

/** `linux/arm/v7` as images write it. */
export function platformOf(text: string): Platform {
  const [os = 'linux', architecture = 'amd64', variant] = text.split('/');
  return { os, architecture, ...defined({ variant: variant === '' ? undefined : variant }) };
}

function fileOf({ dirs }: EngineContext, name: string): string {
  return join(dirs.references, `${sha256(name).slice(0, 32)}.json`);
}

async function recall(file: string, freshness: number): Promise<PullResult | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { at, result } = JSON.parse(text) as Lookup;
  return Date.now() - at < freshness ? result : undefined;
}

async function remember({ sessionId }: EngineContext, file: string, result: PullResult): Promise<void> {
  const temporary = `${file}.${sessionId}`;
  await writeFile(temporary, JSON.stringify({ at: Date.now(), result } satisfies Lookup));
  await rename(temporary, file);
}
