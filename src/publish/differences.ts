/** Where two images differ: their configuration, and their layers file by file. */
import { printableLine } from '../diagnostics/printable.js';
import { isPassing } from '../registry/failure.js';
import { layerContents, memberDifferences } from '../registry/layer-contents.js';
import type { ArchivedImage } from '../registry/layout.js';
import type { StoredBlob } from '../registry/repository.js';
import { tarOf } from '../registry/rewritten-layer.js';

/** A difference between an image that is published and one that was built again. */
export interface ImageDifference {
  /** `configuration`, or `layer 3`, counted from the base on. */
  readonly place: string;
  /** A file in the layer, or a key of the configuration; absent: it is about the whole. */
  readonly path?: string;
  /** What differs: `content`, `mode`, `only published`. */
  readonly what: readonly string[];
}

/** What of an image is compared. */
export interface ComparedImage extends Pick<ArchivedImage, 'config'> {
  readonly layers: readonly StoredBlob[];
}

/** Compares two images, the lowest layer first, up to a number of differences; those that follow are not looked for. */
export async function imageDifferences(
  published: ComparedImage,
  built: ComparedImage,
  most: number,
): Promise<readonly ImageDifference[]> {
  const found: ImageDifference[] = [...(await configDifferences(published.config, built.config))];
  if (published.layers.length !== built.layers.length)
    found.push({ place: 'layers', what: [`${published.layers.length} published, ${built.layers.length} built`] });
  for (const [at, layer] of published.layers.entries()) {
    const other = built.layers[at];
    if (found.length >= most || other === undefined) break;
    if (layer.digest !== other.digest) found.push(...(await layerDifferences(`layer ${at + 1}`, layer, other)));
  }
  return found.slice(0, most);
}

/** What a configuration says that follows from the layers, which are compared by themselves. */
const OF_LAYERS = new Set(['rootfs']);

async function configDifferences(published: StoredBlob, built: StoredBlob): Promise<readonly ImageDifference[]> {
  if (published.digest === built.digest) return [];
  const [one, other] = [await flatJson(published), await flatJson(built)];
  const keys = [...new Set([...one.keys(), ...other.keys()])].filter(key => !OF_LAYERS.has(key.split('.')[0]!));
  return keys
    .filter(key => one.get(key) !== other.get(key))
    .map(key => ({
      place: 'configuration',
      path: printableLine(key),
      what: [
        `${printableLine(one.get(key) ?? 'nothing')} published, ${printableLine(other.get(key) ?? 'nothing')} built`,
      ],
    }));
}

/** The keys of a document with their values as JSON: two levels deep, which is where an image's settings are. */
async function flatJson({ open }: StoredBlob): Promise<ReadonlyMap<string, string>> {
  const document = JSON.parse(await (await open()).text()) as Readonly<Record<string, unknown>>;
  const isObject = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return new Map(
    Object.entries(document).flatMap(([key, value]) =>
      isObject(value)
        ? Object.entries(value).map(([inner, below]) => [`${key}.${inner}`, JSON.stringify(below)] as const)
        : [[key, JSON.stringify(value)] as const],
    ),
  );
}

/** A layer that is so many times as large, and larger than this besides, is another one, and not worth reading. */
const MUCH_MORE = 4;
const ROOM = 64 * 1024 * 1024;
/** How many times its own size a layer unpacks to, as far as anybody has seen. */
const UNPACKED = 16;

async function layerDifferences(
  place: string,
  published: StoredBlob,
  built: StoredBlob,
): Promise<readonly ImageDifference[]> {
  if (published.size > MUCH_MORE * built.size + ROOM)
    return [{ place, what: [`${published.size} bytes published, ${built.size} built`] }];
  const other = await layerContents(tarOf(built));
  const one = await layerContents(tarOf(published, ROOM + UNPACKED * built.size)).catch(error => {
    if (isPassing(error)) throw error;
    return undefined;
  });
  if (one === undefined) return [{ place, what: ['what is published cannot be read'] }];
  const files = memberDifferences(one, other);
  const words = { 'only here': 'only published', 'only there': 'only built' } as Readonly<Record<string, string>>;
  return files.length > 0
    ? files.map(({ path, what }) => ({
        place,
        path: printableLine(Buffer.from(path, 'latin1').toString()),
        what: what.map(fact => words[fact] ?? fact),
      }))
    : [{ place, what: ['the same files, written or compressed in another way'] }];
}
