/** Where things stand in a TOML file, to the line: worked out when somebody asks, since data alone is read in a tenth of the time. */
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Place } from '../diagnostics/place.js';
import { defined } from './defined.js';
import type { TomlFile } from './toml-file.js';

/** A key, or the position in an array (of values or of tables). */
export type TomlKey = string | number;

/** The line of what stands at a path of keys and positions; undefined when nothing does. */
export function tomlLine(file: TomlFile, ...path: readonly TomlKey[]): number | undefined {
  let spot: Spot | undefined = spotsOf(file);
  for (const key of path) spot = spot?.inside.get(key);
  return spot?.line;
}

/**
 * The place of what stands at a path of keys and positions: where nothing does, that of the nearest table or key around it, and the
 * file alone where there is none of these either.
 */
export function tomlPlace(file: TomlFile, ...path: readonly TomlKey[]): Place {
  for (let length = path.length; length > 0; length--) {
    const line = tomlLine(file, ...path.slice(0, length));
    if (line !== undefined) return { file: file.path, line };
  }
  return { file: file.path };
}

/**
 * As `tomlPlace`, for a path that leads into an array of tables: of these a lock has hundreds, and only the one is looked at.
 * @param array the key of the array at the top
 */
export function tomlPlaceInTable(file: TomlFile, array: string, index: number, ...path: readonly TomlKey[]): Place {
  const lines = file.text.split('\n');
  const starts = lines.flatMap((line, number) => (line.trimEnd() === `[[${array}]]` ? [number] : []));
  const tables = file.data[array];
  // Headers can be written in other ways, and such a line can be part of a text.
  if (!Array.isArray(tables) || starts.length !== tables.length) return tomlPlace(file, array, index, ...path);
  const [start, end] = [starts[index]!, starts[index + 1]];
  const text = lines.slice(start, end).join('\n');
  const { line } = tomlPlace({ path: file.path, text, data: {} }, array, 0, ...path);
  return { file: file.path, ...defined({ line: line && start + line }) };
}

/** A line of the file, and what stands below the key that is on it. */
interface Spot {
  line: number;
  readonly inside: Map<TomlKey, Spot>;
}

/** By the data, which a file keeps when it is called by another path. */
const known = new WeakMap<object, Spot>();

function spotsOf({ text, data }: TomlFile): Spot {
  const found = known.get(data);
  if (found) return found;
  const top: Spot = { line: 1, inside: new Map() };
  for (const node of nodesOf(text)) {
    if (node.type === 'TOMLKeyValue') addPair(top, node);
    else {
      const table = spotAt(top, node.resolvedKey, node.loc.start.line);
      // Tables below it may have come first and named it on the way.
      table.line = node.loc.start.line;
      for (const pair of node.body) addPair(table, pair);
    }
  }
  known.set(data, top);
  return top;
}

/** What stands at the top; nothing where this parser refuses what the other one read: places may be missing, data may not. */
function nodesOf(text: string): readonly (AST.TOMLKeyValue | AST.TOMLTable)[] {
  try {
    return parseTOML(text, { tomlVersion: 'latest' }).body[0].body;
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}

function addPair(table: Spot, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map(part => (part.type === 'TOMLBare' ? part.name : part.value));
  addContent(spotAt(table, names, key.loc.start.line), value);
}

function addContent(spot: Spot, value: AST.TOMLContentNode): void {
  if (value.type === 'TOMLInlineTable') for (const pair of value.body) addPair(spot, pair);
  if (value.type !== 'TOMLArray') return;
  for (const [index, element] of value.elements.entries()) {
    addContent(spotAt(spot, [index], element.loc.start.line), element);
  }
}

/** The spot at a path, made with the line where it is not there yet. */
function spotAt(from: Spot, path: readonly TomlKey[], line: number): Spot {
  let spot = from;
  for (const key of path) {
    const next = spot.inside.get(key) ?? { line, inside: new Map<TomlKey, Spot>() };
    spot.inside.set(key, next);
    spot = next;
  }
  return spot;
}
