/** A directory of the graph as detection sees it. */
import { type Directory, dag, ExistsType } from '@dagger.io/dagger';

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
  const ask = together(source);
  const read = (path: string): Promise<string | undefined> => {
    const text = texts.get(path) ?? ask(path);
    texts.set(path, text);
    return text;
  };
  return { paths, read: async path => (known.has(path) ? read(path) : undefined) };
}

/** Files of one question: as many as are answered well within what servers take and hold at once. */
const AT_ONCE = 250;

/** A file that somebody waits for. */
interface Asked {
  readonly path: string;
  readonly tell: (text: Promise<string | undefined>) => void;
}

/** Reads files of a directory: those that are asked for at the same time by one question, for each costs a way to the engine and back. */
function together(directory: Directory): (path: string) => Promise<string | undefined> {
  let waiting: Asked[] = [];
  const askAll = (): void => {
    const asked = waiting;
    waiting = [];
    for (let at = 0; at < asked.length; at += AT_ONCE) tellAll(directory, asked.slice(at, at + AT_ONCE));
  };
  return path =>
    new Promise(resolve => {
      waiting.push({ path, tell: resolve });
      if (waiting.length === 1) queueMicrotask(askAll);
    });
}

/** Where a question for several has no answer, since one of them is no file, each is asked for by itself. */
async function tellAll(directory: Directory, asked: readonly Asked[]): Promise<void> {
  const texts = asked.length > 1 ? await textsOf(directory, asked).catch(() => undefined) : undefined;
  for (const [at, { path, tell }] of asked.entries())
    tell(texts === undefined ? readable(directory, path) : Promise.resolve(texts[at]));
}

async function textsOf(directory: Directory, asked: readonly Asked[]): Promise<readonly string[]> {
  const variables = Object.fromEntries(asked.map(({ path }, at) => [`p${at}`, path]));
  const { node } = await dag
    .getGQLClient()
    .request<{ node: Readonly<Record<string, { contents: string }>> }>(questionFor(asked.length), {
      ...variables,
      directory: await directory.id(),
    });
  return asked.map((_, at) => node[`f${at}`]!.contents);
}

/** The same words for any files, so that an engine checks them once. */
function questionFor(count: number): string {
  const files = Array.from({ length: count }, (_, at) => at);
  const given = files.map(at => `$p${at}: String!`).join(', ');
  const wanted = files.map(at => `f${at}: file(path: $p${at}) { contents }`).join(' ');
  return `query ($directory: ID!, ${given}) { node(id: $directory) { ... on Directory { ${wanted} } } }`;
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
