/** Blobs of layers in the state, each under its digest, with a record that says whose it is. */
import { mkdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { RecordKind, Records } from '../store/records.js';

/** What a layer's tar may be compressed with. */
export const COMPRESSIONS = ['gzip', 'zstd', 'none'] as const;

/** A layer as a blob. `digest` names the bytes in `path`, `diffId` the tar inside. */
export interface LayerBlob {
  readonly compression: (typeof COMPRESSIONS)[number];
  readonly digest: string;
  readonly diffId: string;
  /** Bytes of the blob. */
  readonly size: number;
  readonly path: string;
}

export interface BlobPlace {
  readonly records: Records;
  /** Holds blobs as `sha256/<hex>` and, in `layers/`, which layer has which. Made when missing. */
  readonly blobsDir: string;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const blobRecord: RecordKind<Omit<LayerBlob, 'path'>> = {
  what: "an image layer's description",
  schema: z.object({
    digest,
    diffId: digest,
    size: z.number(),
    // Records from before there were others say nothing.
    compression: z.enum(COMPRESSIONS).default('gzip'),
  }),
};

/** The blob of a layer; undefined when none was kept, or it is gone. */
export async function knownBlob({ records, blobsDir }: BlobPlace, layer: string): Promise<LayerBlob | undefined> {
  const known = await records.read(blobRecord, recordOf(blobsDir, layer));
  if (known === undefined) return undefined;
  const path = pathOf(blobsDir, known.digest);
  const now = new Date();
  // A blob may have been pruned since; one that is used now is not.
  await utimes(path, now, now).catch(() => undefined);
  const size = await stat(path).then(
    stats => stats.size,
    () => undefined,
  );
  return size === known.size ? { ...known, path } : undefined;
}

/** Moves a finished file of ours, on the file system of the state, to where the blob of a layer lies; one that lies there stays, as another layer's too. */
export async function keepBlob({ records, blobsDir }: BlobPlace, layer: string, blob: LayerBlob): Promise<LayerBlob> {
  await mkdir(join(blobsDir, 'sha256'), { recursive: true });
  await mkdir(join(blobsDir, 'layers'), { recursive: true });
  const { path: finished, ...described } = blob;
  const path = pathOf(blobsDir, blob.digest);
  if (finished !== path) await records.keep(finished, path);
  await records.write(blobRecord, recordOf(blobsDir, layer), described);
  return { ...described, path };
}

function recordOf(blobsDir: string, layer: string): string {
  if (!/^[\w.-]+$/.test(layer)) throw new Error(`not usable as the name of a layer: ${layer}`);
  return join(blobsDir, 'layers', `${layer}.json`);
}

const pathOf = (blobsDir: string, digest: string): string => join(blobsDir, 'sha256', digest.slice('sha256:'.length));
