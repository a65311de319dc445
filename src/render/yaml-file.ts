/** Data as a YAML file that people read. */
import { Document, isMap, isScalar, Scalar, YAMLMap } from 'yaml';
import { HEADER, type Rendered } from './rendered.js';

/** Data of a YAML file, or of a part of one. */
export type YamlData = Readonly<Record<string, unknown>>;

/** Longer ones are folded where they have blanks. */
const LINE_WIDTH = 120;

/**
 * Writes it, with an empty line before each part at the top and before each entry of `spacious` ones.
 * @param about what the file is for, in a line or more
 * @param content may be made with the document, for nodes with names
 */
export function yamlFile(
  path: string,
  about: string,
  content: YamlData | ((document: Document) => YamlData),
  spacious: readonly string[] = [],
): Rendered {
  // Words such as "no" are quoted: readers of YAML 1.1 take them for flags.
  const document = new Document(null, { compat: 'yaml-1.1', merge: true });
  const data = typeof content === 'function' ? content(document) : content;
  document.contents = document.createNode(data, { aliasDuplicateObjects: false });
  document.commentBefore = ` ${HEADER}\n ${about.replaceAll('\n', '\n ')}`;
  if (spacious.length > 0) spaced(document, spacious);
  return { path, text: document.toString({ lineWidth: LINE_WIDTH, nullStr: '' }) };
}

/** A value with words for people behind it. */
export function remarked(value: string | boolean, words: string): Scalar {
  const scalar = new Scalar(value);
  scalar.comment = ` ${words}`;
  return scalar;
}

function spaced({ contents }: Document, spacious: readonly string[]): void {
  if (!isMap(contents)) return;
  for (const [at, { key, value }] of contents.items.entries()) {
    if (!isScalar(key)) continue;
    if (at > 0) key.spaceBefore = true;
    if (!spacious.includes(String(key.value)) || !(value instanceof YAMLMap)) continue;
    for (const [index, item] of value.items.entries()) if (index > 0 && isScalar(item.key)) item.key.spaceBefore = true;
  }
}
