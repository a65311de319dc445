/** Bytes that come in chunks, read as a format has them. */

/** Reads so many at a time, however they are cut. */
export interface ByteReader {
  /** Up to so many; none at the end. */
  readonly some: (most: number) => Promise<Buffer>;
  /** So many, and fewer at the end alone. */
  readonly exactly: (count: number) => Promise<Buffer>;
}

export function bytesOf(source: AsyncIterable<Uint8Array>): ByteReader {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const some = async (most: number): Promise<Buffer> => {
    while (held.length === 0) {
      const next = await chunks.next();
      if (next.done === true) return held;
      held = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const piece = held.subarray(0, most);
    held = held.subarray(piece.length);
    return piece;
  };
  const exactly = async (count: number): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for (let left = count; left > 0; ) {
      const piece = await some(left);
      if (piece.length === 0) break;
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  };
  return { some, exactly };
}
