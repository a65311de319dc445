/** What zstd compressed, read again: real data, the forms that frames have, and what nobody should send. */
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, test } from 'vitest';
import { isZstd, unzstd } from '../../../src/registry/zstd.js';

/** `zstd -19` of the lines below. */
const COMPRESSED = Buffer.from(
  'KLUv/WQOQFUcAEpD8AcUoGs5NHmuJwAcLKVMSaYEyveu4gGJAHIAcwCxmCIVDck9F/ZEy0L+0iWhdNxXRoOKpaohn/OMsH3RHheUqZVaQ3/bRKOK6EUamsvtCyvEyuIvPZ' +
    'JKG2N5XZSmWJqa+5w9wlaK9bggp1ZaTfhzXcYScWSL/UUyjcjdC0viZABxCCA4GGBoMDgwNAgMKAwsHBoEChoOAwcGBAeBA0HCIQ4DCAYHAfOV0VNZiCM/6ZJQSu4jg0G1' +
    'UtWQv3lG1r5ob4vJVKk19OeNtFEsWdBfekguLf2VUaGqEIckyfK4IE2tNDX3N3tkrRTrbTFOlVYTvuvCEnFk8b+0SURa9iujpJoQJ37ONcKWiuNxwU+t5BrxN3dkLYvzth' +
    'Nz0kVCUnI+MngqC23kH10SSndSy59npH3R3kLmrVtCt+NmbTSqSohDP+khuZT0RwaFqkI8SWIsb4vRVGlq7s8eaaVYb8F565WEW9ZXRolqhDj/SZtEpDxJYuLfpqXieFvs' +
    'UyXXiD93pGVx3iLmpYuEpGUAVDUmbs7aJeJy7IwNsmqmbWI+ukhIOs43xk5loZGfLgml3McIeusqIbfjzNroq2zihiRJctu2nVQVOkliLG9B89ZTcrejZ21UqmrihnPWKw' +
    'mXrI8MEtUIbf6PNolId5LExL9peYvPW7tE3I6dtVFWzcQFguGocij6/X8DEu9UagwSSPBoBf+/u0w9dQhvG/52iIkeegJWt0CoRJJDTo7AZE2L1M2QvY6UkPFej+reoJDD' +
    'cRyn4ziLhugvbjC1OgFnw7GaKFv0qmo1lTc2KRFXJ9j11KL9SKQCIMOUre1Jo/VW4HBuRUOKfb1O9V/G3rxk2gB1RjekACJB5FevNWNJ9h+x3AqLPABaq5pE4+aHXALxQX' +
    'W+2457QWxUan011PKrJ6wKFXInIhOlGF3hn7C4mMMKty9G1upds2y27vkMH+/F4Tw3oDHXsacA3pH0ZNI1Es07FUF1KJ+OSxLmGjqbRDUZe17cRi3GVl6s5MAQO4elA6ED' +
    'SEEMCF28gucGcvmL3ympNW//jlN2AiiQMSRIEzpJbVK+kMJQvv/MVo9zs+dZBJRE87EGNlbg5JxPl4AmoRiMgDfw5OVJ0o1zKf44x9dckd7vx+uM4DJ7z+oyKKaAtObNhN' +
    'pVBVLzWyy+VI/xt43irIm4iFUhPGJt4zl045DYrJ0ZTo0OC0BrBT9aNgU=',
  'base64',
);
const LINES = Array.from(
  { length: 400 },
  (_, at) => `line ${at % 37} of a file that repeats itself, ${(at * 7919) % 101}\n`,
).join('');

/** What comes as a stream in pieces of a size. */
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const unpacked = async (bytes: Buffer, size = 7) => (await buffer(unzstd(pieces(bytes, size)))).toString();

/** A frame with what is in it as it is: flags, a window, blocks. */
function frame(content: string, { flags = 0, window = 0x58, sum = false } = {}): Buffer {
  const block = Buffer.alloc(3);
  block.writeUIntLE((Buffer.byteLength(content) << 3) | 1, 0, 3);
  const head = Buffer.of(0x28, 0xb5, 0x2f, 0xfd, flags | (sum ? 4 : 0), window);
  return Buffer.concat([head, block, Buffer.from(content), Buffer.alloc(sum ? 4 : 0)]);
}

/** A frame that holds nothing, of so many bytes. */
function skipped(size: number): Buffer {
  const head = Buffer.of(0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, Buffer.alloc(size, 1)]);
}

test.each([1, 100, 1_000_000])('what zstd made is read, in pieces of %i bytes', async size => {
  expect(isZstd(COMPRESSED.subarray(0, 4))).toBe(true);
  expect(await unpacked(COMPRESSED, size)).toBe(LINES);
});

test.each<readonly [string, readonly Buffer[], string]>([
  ['nothing', [], ''],
  ['an empty frame', [frame('')], ''],
  ['one byte', [frame('a')], 'a'],
  ['a sum, which is passed over', [frame('ab', { sum: true }), frame('c')], 'abc'],
  ['several frames, and some that hold nothing', [skipped(40), frame('one'), skipped(0), COMPRESSED], `one${LINES}`],
  ['a size in place of a window', [Buffer.from('28b52ffd2002110000' + '6162', 'hex')], 'ab'],
  ['a byte that is repeated', [Buffer.from('28b52ffd00582b000063', 'hex')], 'ccccc'],
])('%s', async (_, frames, expected) => {
  expect(await unpacked(Buffer.concat(frames))).toBe(expected);
});

describe('it is refused when', () => {
  it.each<readonly [string, Buffer, string]>([
    ['it is cut', COMPRESSED.subarray(0, -20), 'ends before its end'],
    ['a frame that holds nothing is cut', skipped(40).subarray(0, 20), 'ends before its end'],
    ['something else follows', Buffer.concat([COMPRESSED, Buffer.from('more')]), 'ends in something else'],
    ['a block is of no kind', Buffer.from('28b52ffd0058070000', 'hex'), 'a block of no known kind'],
    ['it needs gigabytes', frame('a', { window: 0xa8 }), 'needs a window of 2147483648 bytes'],
    [
      'it says that it is so large',
      Buffer.from('28b52ffde000000000ff000000010000', 'hex'),
      'needs a window of 1095216660480 bytes',
    ],
    ['the second frame does', Buffer.concat([frame('a'), frame('a', { window: 0xa8 })]), 'needs a window of'],
  ])('%s', async (_, bytes, message) => {
    await expect(unpacked(bytes)).rejects.toThrow(message);
  });
});
