/** How much the state may hold. */
import { statfs } from 'node:fs/promises';
import { UsageError } from '../errors.js';

/** A size, or a share of the disk. */
export type StateLimit =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'none' };

/** An amount on disk: bytes, and files and directories. */
export interface Amount {
  readonly bytes: number;
  readonly entries: number;
}

/** Two of them together. */
export const sum = (a: Amount, b: Amount): Amount => ({ bytes: a.bytes + b.bytes, entries: a.entries + b.entries });

/** The variable of the environment that says so. */
export const limitVariable = 'QUAYSIDE_STATE_LIMIT';

const defaultLimit: StateLimit = { kind: 'share', share: 0.25 };
/** Of the disk stays free of us by default, whatever our share is. */
const reserve = 0.05;
const units: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** @throws UsageError for what is neither a size, a share nor `none` */
export function readLimit(env: NodeJS.ProcessEnv): StateLimit {
  const text = env[limitVariable]?.trim() ?? '';
  if (text === '') return defaultLimit;
  if (text === 'none') return { kind: 'none' };
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (share !== undefined && Number(share) <= 100) return { kind: 'share', share: Number(share) / 100 };
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(text) ?? [];
  if (number !== undefined) return { kind: 'bytes', bytes: Math.round(Number(number) * units[unit.toUpperCase()]!) };
  const message = `${limitVariable}=${text}: expected a size such as 20GB, a share of the disk such as 25%, or none`;
  throw new UsageError(message);
}

/**
 * What a limit comes to on the file system of a directory.
 * @param held what the state holds now: by default it may not take the last of the disk, and what it has itself counts as free
 */
export async function amountOf(limit: StateLimit, directory: string, held: Amount): Promise<Amount> {
  const nothingElse = Number.POSITIVE_INFINITY;
  if (limit.kind === 'none') return { bytes: nothingElse, entries: nothingElse };
  const { blocks, bavail, bsize, files, ffree } = await statfs(directory);
  const share = limit.kind === 'share' ? limit.share : (defaultLimit as { share: number }).share;
  // Some file systems make inodes as they need them, and say none.
  const entries = files > 0 ? Math.min(files * share, held.entries + ffree - files * reserve) : nothingElse;
  if (limit.kind === 'bytes') return { bytes: limit.bytes, entries: Math.max(0, entries) };
  const left = held.bytes + bavail * bsize - blocks * bsize * reserve;
  return { bytes: Math.max(0, Math.min(blocks * bsize * share, left)), entries: Math.max(0, entries) };
}

/** How many bytes one thing that is taken in may have: not more than all of the state, nor what the disk has left. */
export async function roomIn(directory: string, env: NodeJS.ProcessEnv): Promise<number> {
  const { bytes } = await amountOf(readLimit(env), directory, { bytes: 0, entries: 0 });
  const { blocks, bavail, bsize } = await statfs(directory);
  return Math.max(0, Math.min(bytes, bavail * bsize - blocks * bsize * reserve));
}

/** Whether an amount is within another. */
export const isWithin = (held: Amount, most: Amount): boolean =>
  held.bytes <= most.bytes && held.entries <= most.entries;
