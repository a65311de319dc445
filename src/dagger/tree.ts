/** A directory of the graph as detection sees it. */
import type { Directory } from '@dagger.io/dagger';

/** The files of a directory: their paths, sorted, and the text of each. */
export interface ListedDirectory {
  readonly paths: readonly string[];
  read(path: string): Promise<string | undefined>;
}

/**
 * Lists a directory once and reads its files when they are asked for, each at most once.
 * @param directory the source as given; what is ignored is already left out of it
 */
export async function directoryTree(directory: Directory): Promise<ListedDirectory> {
  const found = await directory.glob('**/*');
  const paths = found.filter(path => !path.endsWith('/')).sort();
  const known = new Set(paths);
  const texts = new Map<string, Promise<string>>();
  const read = (path: string): Promise<string> => {
    const text = texts.get(path) ?? directory.file(path).contents();
    texts.set(path, text);
    return text;
  };
  return { paths, read: async path => (known.has(path) ? read(path) : undefined) };
}
