/** The documents of a YAML file that somebody else may have written. */
import { Composer, type Document, isAlias, isCollection, isNode, isPair, LineCounter, Parser } from 'yaml';

/** Documents, and where their lines are. */
export interface YamlDocuments {
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
}

/** Reads documents up to the first token that belongs to none, which is an error of the last: a file of such tokens alone has no end of errors. */
export function yamlDocuments(text: string): YamlDocuments {
  const lines = new LineCounter();
  const composer = new Composer({ lineCounter: lines, prettyErrors: false, logLevel: 'silent', merge: true });
  const documents: Document.Parsed[] = [];
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    documents.push(...(composer.next(token) as Iterable<Document.Parsed>));
    if (token.type === 'error') break;
  }
  documents.push(...(composer.end() as Iterable<Document.Parsed>));
  return { documents, lines };
}

/** More values than any file of settings stands for. */
const MOST_VALUES = 100_000;

/** Whether aliases make more of a document than can be read: each may stand for many others, or for itself. */
export function growsWithoutEnd({ contents }: Document): boolean {
  const sizes = new Map<string, number>();
  const sizeOf = (node: unknown): number => {
    // An anchor that is not closed yet is an alias within itself.
    if (isAlias(node)) return sizes.get(node.source) ?? Infinity;
    const own = isCollection(node)
      ? node.items.reduce<number>((sum, item) => sum + sizeOf(item), 1)
      : isPair(node)
        ? sizeOf(node.key) + sizeOf(node.value)
        : 1;
    if (isNode(node) && 'anchor' in node && node.anchor) sizes.set(node.anchor, own);
    return own;
  };
  return sizeOf(contents) > MOST_VALUES;
}
