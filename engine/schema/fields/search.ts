/** Searches the lines of a directory's files, as ripgrep does. */
import { readLines } from '../../fs/text.js';
import { walk } from '../../fs/walk.js';
import { anyMatches, compilePatterns } from '../../objects/patterns.js';
import type { ApiObject, SearchResultRef } from '../../objects/registry.js';
import { type Args, object, refuseArguments } from '../api.js';

const unserved = ['multiline', 'dotall', 'skipIgnored'];
const special = /[\\^$.*+?()[\]{}|]/g;
const bytes = (text: string): number => Buffer.byteLength(text);

/** Finds the lines that match; files with a zero byte in them do not count. @throws Error when the pattern cannot be read */
export async function searchBelow(root: string, args: Args): Promise<readonly ApiObject<'SearchResult'>[]> {
  refuseArguments('search', args, unserved);
  const source = args.literal ? args.pattern.replace(special, '\\$&') : args.pattern;
  const pattern = new RegExp(source, args.insensitive ? 'giu' : 'gu');
  const wanted = pathFilter(args);
  const found: SearchResultRef[] = [];
  for await (const { path, absolute, stats } of walk(root, () => 'selected')) {
    if (!stats.isFile() || !wanted(path)) continue;
    const text = readLines(absolute);
    if (text.includes('\0')) continue;
    const lines = matchingLines(path, text, pattern);
    found.push(...(args.filesOnly ? lines.slice(0, 1).map(onlyFile) : lines));
  }
  return found.slice(0, args.limit ?? undefined).map(line => object('SearchResult', line));
}

function pathFilter({ paths, globs, skipHidden }: Args): (path: string) => boolean {
  const glob = compilePatterns((globs as string[]).map(g => (g.includes('/') ? g : `**/${g}`)));
  const places = (paths as string[]).map(p => p.replace(/^\.?\/+|\/+$/g, ''));
  return path =>
    (places.length === 0 || places.some(p => p === '' || p === '.' || path === p || path.startsWith(`${p}/`))) &&
    (glob.length === 0 || anyMatches(glob, path)) &&
    !(skipHidden && path.split('/').some(name => name.startsWith('.')));
}

function matchingLines(filePath: string, text: string, pattern: RegExp): SearchResultRef[] {
  let absoluteOffset = 0;
  return text.split(/(?<=\n)/).flatMap((line, index) => {
    const at = absoluteOffset;
    absoluteOffset += bytes(line);
    const submatches = [...line.replace(/\r?\n$/, '').matchAll(pattern)].map(match => {
      const start = bytes(line.slice(0, match.index));
      return { text: match[0], start, end: start + bytes(match[0]) };
    });
    if (submatches.length === 0) return [];
    return [{ filePath, lineNumber: index + 1, absoluteOffset: at, matchedLines: line, submatches }];
  });
}

const onlyFile = ({ filePath }: SearchResultRef): SearchResultRef => ({
  filePath,
  lineNumber: 0,
  absoluteOffset: 0,
  matchedLines: '',
  submatches: [],
});
