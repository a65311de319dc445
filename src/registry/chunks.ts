/** Blobs in pieces, for registries, or what stands before them, that take no more than so much at once. */
import type { AskedRegistry } from './asking.js';
import { RegistryFailure } from './failure.js';

/** What such limits are seldom below: nginx's own default is less, and with that nobody pushes images. */
const PIECE = 8 * 1024 * 1024;

/** An upload that has begun. */
export interface BegunUpload {
  readonly place: URL;
  /** Fewer bytes are no piece, but for the last. */
  readonly least: number;
}

/** What an answer says of an upload: where it goes on; throws a RegistryFailure where it does not. */
export function begunUpload(
  answer: Response,
  { what, asked, placeOf }: { readonly what: string; readonly asked: string } & Pick<AskedRegistry, 'placeOf'>,
): BegunUpload {
  const location = answer.headers.get('location');
  if (location === null) throw new RegistryFailure('refused', `${what}: the registry names no place for it`);
  const least = Number(answer.headers.get('oci-chunk-min-length') ?? 0);
  return { place: placeOf(location, what, asked), least: Number.isSafeInteger(least) ? least : 0 };
}

/** Sends a blob piece by piece; returns where its end is to be told. */
export async function sendPieces(
  blob: Blob,
  { place, least }: BegunUpload,
  { what, registry: { ask, placeOf } }: { readonly what: string; readonly registry: AskedRegistry },
): Promise<URL> {
  const length = Math.max(PIECE, least);
  let next = place;
  for (let at = 0; at < blob.size; at += length) {
    const body = blob.slice(at, at + length);
    const headers = {
      'content-type': 'application/octet-stream',
      'content-range': `${at}-${at + body.size - 1}`,
    };
    const url = next.href;
    const answer = await ask({ what, method: 'PATCH', url, headers, body, bytes: body.size, fine: [202] });
    await answer.body?.cancel();
    next = begunUpload(answer, { what, asked: url, placeOf }).place;
  }
  return next;
}
