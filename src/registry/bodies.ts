/** The body of an answer up to a number of bytes: who answers may be anybody, and need not end. */

/** Reads a body; leaves it where there is more. Rejects where the connection breaks. */
export async function readUpTo(answer: Response, most: number) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop ends the answer.
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > most) break;
  }
  return { bytes: new Uint8Array(Buffer.concat(chunks).subarray(0, most)), isWhole: size <= most };
}

/** The beginning of an answer as text, however long it is; empty where the connection breaks. */
export async function beginningOf(answer: Response, most: number): Promise<string> {
  const read = await readUpTo(answer, most).catch(() => undefined);
  return new TextDecoder().decode(read?.bytes);
}
