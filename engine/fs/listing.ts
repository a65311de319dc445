/** Lists of what is in trees of this machine, to be asked instead of the trees themselves: names and kinds, without a look at each file. */
import { readFileSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import type { Filter } from '../objects/op.js';
import { selectorOf } from './filter.js';
import { followLinks } from './root-path.js';
import { type LeaveOut, type NamedEntry, type Selector, walkNames } from './walk.js';

/** What a tree has under a path, and where that lies on this machine. */
export type ListedEntry = Pick<NamedEntry, 'kind' | 'absolute'>;

/** By path, relative, directories before what is in them. */
export type Listing = ReadonlyMap<string, ListedEntry>;

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

/** Lists what is selected of a directory. Rejects with a SourceError for what cannot be named or read. */
export async function listTree(root: string, select: Selector, leaveOut?: LeaveOut): Promise<Listing> {
  const listing = new Map<string, ListedEntry>();
  for await (const { path, kind, absolute } of walkNames(root, select, leaveOut)) listing.set(path, { kind, absolute });
  return listing;
}

/** What a filter selects of a list; .gitignore files are those of the list. */
export function filterListing(listing: Listing, filter: Filter): Listing {
  const select = selectorOf(filter, directory => {
    const entry = listing.get(posix.join(directory, '.gitignore'));
    return entry?.kind === 'file' ? readFileSync(entry.absolute, 'utf8') : undefined;
  });
  const selected = new Map<string, ListedEntry>();
  const pruned = new Set<string>();
  const keep = (path: string, entry: ListedEntry): void => {
    const parent = parentOf(path);
    if (parent !== '' && !selected.has(parent)) keep(parent, listing.get(parent)!);
    selected.set(path, entry);
  };
  for (const [path, entry] of listing) {
    const isDirectory = entry.kind === 'directory';
    const verdict = pruned.has(parentOf(path)) ? 'pruned' : select(path, isDirectory);
    if (verdict === 'pruned' && isDirectory) pruned.add(path);
    if (verdict === 'selected') keep(path, entry);
  }
  return selected;
}

/** One tree copied over another; undefined where something is in the way of something else. */
export function mergeListings(below: Listing, above: Listing): Listing | undefined {
  if (below.size === 0) return above;
  const merged = new Map(below);
  for (const [path, entry] of above) {
    if ((merged.get(path)?.kind ?? entry.kind) !== entry.kind) return undefined;
    merged.set(path, entry);
  }
  return merged;
}

/** What is under a path: an entry, or nothing. */
export type Seen =
  | { readonly kind: ListedEntry['kind']; readonly entry: ListedEntry; readonly path: string }
  | { readonly kind: 'nothing'; readonly entry?: undefined };

/**
 * Looks a path up, links followed within the tree.
 * @returns undefined where a list cannot say what a look at the tree would: on the way through a file
 * @throws Error for links that go in circles
 */
export function lookUp(listing: Listing, path: string, followLast: boolean): Seen | undefined {
  const at = (place: string): ListedEntry | undefined => listing.get(place.slice(1));
  const linkAt = (place: string): string | undefined => {
    const entry = at(place);
    return entry?.kind === 'link' ? readlinkSync(entry.absolute) : undefined;
  };
  const place = followLinks(path, linkAt, followLast);
  const entry = at(place);
  if (entry !== undefined) return { kind: entry.kind, entry, path: place };
  for (let above = posix.dirname(place); above !== '/'; above = posix.dirname(above)) {
    const kind = at(above)?.kind;
    if (kind === 'directory') return { kind: 'nothing' };
    if (kind !== undefined) return undefined;
  }
  return place === '/' ? undefined : { kind: 'nothing' };
}
