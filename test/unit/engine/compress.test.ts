/** What is compressed has the same bytes, however it comes, and is what anybody's gzip reads. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressed } from '../../../engine/oci/compress.js';

/** Some text and some noise, the same each time. */
const content = Buffer.concat(
  Array.from({ length: 30_000 }, (_, i) =>
    i % 3 === 0
      ? createHash('sha512').update(`${i}`).digest()
      : Buffer.from(`line ${i} of a file that repeats itself\n`),
  ),
);

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('compressed', () => {
  it.each([4097, 262_144, 1_048_576, 1_048_577, 100_000_000])('has the same bytes in chunks of %i', async size => {
    const bytes = await buffer(Readable.from(compressed(inChunks(content, size))));
    expect(gunzipSync(bytes).equals(content)).toBe(true);
    // Of this very version of the compressor: whoever changes it gives records another name.
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      'd0b32592f91dd8c5c8b38d1e5e4ed0d8939f1ec28dedd23014887a6371db8d85',
    );
  });

  it('makes an empty file of nothing', async () => {
    expect(gunzipSync(await buffer(Readable.from(compressed(inChunks(Buffer.alloc(0), 1)))))).toEqual(Buffer.alloc(0));
  });
});
