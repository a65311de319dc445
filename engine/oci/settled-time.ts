/** The times of files in layers: the same for the same content, whenever and wherever a layer was made. */
import { createHash } from 'node:crypto';

/** 1980-01-01T00:00:01Z, the time of everything in a layer of Cloud Native Buildpacks; ZIP archives know none before that year. */
export const SETTLED_TIME = 315_532_801;
/** Seconds, about 17 years: no such time is one at which anybody builds. */
const SPAN = 2 ** 29;

/**
 * The time of a file in a layer. It is made of the content: web servers tell browsers by time and size whether what they have is
 * still right, so files of the same size with other content need another time.
 * @returns seconds since 1970
 */
export async function settledTime(content: AsyncIterable<Uint8Array>): Promise<number> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return SETTLED_TIME + (hash.digest().readUInt32BE() % SPAN);
}
