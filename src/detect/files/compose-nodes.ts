/** A compose file's YAML: its values with the lines that they are written on, aliases followed, merge keys taken in. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import { yamlDocuments } from '../../source/yaml-documents.js';
import { type ComposeVariables, interpolate } from './compose-interpolation.js';

/** Aliases that lead to aliases, and merges in merges: further than this no file that people write goes. */
const DEEPEST = 20;

/** The key of what a mapping takes over from others. */
const MERGE = '<<';

/** A value of a compose file. Whoever asks for another kind of value than it is gets nothing. */
export interface ComposeNode {
  readonly place: Place;
  /** The text of a scalar with the values of variables in it, `unset` for those without one; numbers and the like as they are written. */
  text(unset?: string): string | undefined;
  /** The entries of a mapping, those of `<<` included, each with the place of its key. */
  entries(): readonly { readonly key: Sourced<string>; readonly value: ComposeNode }[];
  /** The value of a key of a mapping. */
  get(key: string): ComposeNode | undefined;
  /** The items of a list. */
  items(): readonly ComposeNode[];
  readonly kind: 'mapping' | 'list' | 'scalar';
}

/** Reads the text of a file; undefined when it is no YAML, or no mapping. Never throws. */
export function parseComposeText(file: string, text: string, variables: ComposeVariables): ComposeNode | undefined {
  const { documents, lines } = yamlDocuments(text);
  const [document] = documents;
  if (document === undefined || documents.length > 1 || document.errors.length > 0) return undefined;
  if (!isMap(document.contents)) return undefined;
  const root: Root = { file, document, lines, variables };
  return nodeOf(document.contents, root);
}

interface Root {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly variables: ComposeVariables;
}

function nodeOf(written: Node, root: Root): ComposeNode {
  const node = followed(written, root) ?? written;
  const pairs = () => pairsOf(node, root);
  return {
    // A value is where it is used: an anchor's line says nothing of the service that takes it.
    place: placeOf(written, root),
    kind: isMap(node) ? 'mapping' : isSeq(node) ? 'list' : 'scalar',
    text: unset => textOf(node, root, unset),
    entries: () =>
      [...pairs()].map(([name, { key, value }]) => ({
        key: { value: name, place: placeOf(key, root) },
        value: nodeOf(value, root),
      })),
    get: name => {
      const value = pairs().get(name)?.value;
      return value && nodeOf(value, root);
    },
    items: () => (isSeq(node) ? (node.items as Node[]).map(item => nodeOf(item, root)) : []),
  };
}

function followed(node: Node | null | undefined, { document }: Root): Node | undefined {
  let target: Node | null | undefined = node;
  for (let depth = 0; isAlias(target) && depth < DEEPEST; depth++) target = target.resolve(document);
  return target && !isAlias(target) ? target : undefined;
}

function textOf(node: Node, { variables }: Root, unset?: string): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  const written = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  return interpolate(written, variables, unset);
}

interface Entry {
  readonly key: Node;
  readonly value: Node;
}

/** Keys and values of a mapping; its own before those that it merges. */
function pairsOf(node: Node, root: Root, depth = 0): ReadonlyMap<string, Entry> {
  const pairs = new Map<string, Entry>();
  if (!isMap(node) || depth > DEEPEST) return pairs;
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    if (nameOf(key) !== MERGE && value) pairs.set(nameOf(key), { key, value });
  }
  for (const merged of mergedInto(node, root)) {
    for (const [name, entry] of pairsOf(merged, root, depth + 1)) if (!pairs.has(name)) pairs.set(name, entry);
  }
  return pairs;
}

function mergedInto(node: YAMLMap, root: Root): readonly Node[] {
  return (node.items as Pair<Node, Node | null>[])
    .filter(({ key }) => nameOf(key) === MERGE)
    .flatMap(({ value }) => {
      const target = followed(value, root);
      const all = isSeq(target) ? (target.items as Node[]) : target ? [target] : [];
      return all.flatMap(item => followed(item, root) ?? []);
    });
}

function nameOf(key: Node): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : '';
}

function placeOf({ range }: Node, { file, lines }: Root): Place {
  return range ? { file, line: lines.linePos(range[0]).line } : { file };
}
