/** Content digests of descriptions: sha256 over JSON with sorted keys, nested descriptions replaced by their own digest. */
import { createHash } from 'node:crypto';

/** Returns the hex sha256 of text or bytes. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Returns the digest of plain data. An object with a `digest` string inside stands for that digest alone. */
export function digestOf(value: unknown): string {
  return sha256(JSON.stringify(normalise(value, true)));
}

function normalise(value: unknown, top: boolean): unknown {
  if (Array.isArray(value)) return value.map(item => normalise(item, false));
  if (value === null || typeof value !== 'object') return value;
  const record = value as Record<string, unknown>;
  if (!top && typeof record.digest === 'string') return { digest: record.digest };
  return Object.fromEntries(
    Object.keys(record)
      .filter(key => record[key] !== undefined)
      .sort()
      .map(key => [key, normalise(record[key], false)]),
  );
}
