/** Searches of files and directories, as a Dagger engine has ripgrep do them. */
import { type FoundIn, type Searching, searchOneFile, searchTree } from '../../fs/search.js';
import type { ApiObject } from '../../objects/registry.js';
import { searchPattern } from '../../objects/search-pattern.js';
import { type Args, object } from '../api.js';

const searchingOf = (args: Args): Searching => ({
  pattern: searchPattern(args.pattern, args),
  multiline: args.multiline,
  globs: args.globs ?? [],
  skipHidden: args.skipHidden,
  skipIgnored: args.skipIgnored,
});

type Results = readonly ApiObject<'SearchResult'>[];

/** Lines, at most as many as are asked for; files, as many as there are. */
function resultsOf(found: readonly FoundIn[], { filesOnly, limit }: Args): Results {
  if (filesOnly)
    return found.map(({ filePath }) =>
      object('SearchResult', { filePath, lineNumber: 0, absoluteOffset: 0, matchedLines: '', submatches: [] }),
    );
  const lines = found.flatMap(({ filePath, lines }) => lines.map(line => ({ filePath, ...line })));
  return lines.slice(0, limit == null ? undefined : Math.max(limit, 1)).map(line => object('SearchResult', line));
}

/** Finds the lines of a directory's files that match. @throws Error when the pattern cannot be read */
export async function searchBelow(root: string, args: Args): Promise<Results> {
  return resultsOf(await searchTree(root, args.paths ?? [], searchingOf(args)), args);
}

/** Finds the lines of a file that match. @throws Error as `searchBelow` does */
export function searchFileNamed(path: string, name: string, args: Args): Results {
  return resultsOf(searchOneFile(path, name, searchingOf(args)), args);
}
