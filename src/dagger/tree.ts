/** A directory of the graph as detection sees it. */
import { type Directory, ExistsType } from '@dagger.io/dagger';

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
  // Taken in once: each question about a directory that is only described would go the whole way again.
  const source = await directory.sync();
  const found = await source.glob('**/*');
  const paths = found.filter(path => !path.endsWith('/')).sort();
  const known = new Set(paths);
  const texts = new Map<string, Promise<string | undefined>>();
  const read = (path: string): Promise<string | undefined> => {
    const text = texts.get(path) ?? readable(source, path);
    texts.set(path, text);
    return text;
  };
  return { paths, read: async path => (known.has(path) ? read(path) : undefined) };
}

/** The text of a file; undefined for what is none, as a link that leads nowhere: editors leave such links, and nothing depends on them. */
async function readable(directory: Directory, path: string): Promise<string | undefined> {
  try {
    return await directory.file(path).contents();
  } catch (error) {
    const isFile = await directory.exists(path, { expectedType: ExistsType.RegularType, doNotFollowSymlinks: true });
    if (isFile) throw error;
    return undefined;
  }
}
