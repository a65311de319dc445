/** TOML files and the data in them; `toml-place.ts` says on which lines it stands. */
import { parse, TomlError, type TomlTable } from 'smol-toml';
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Tree } from './tree.js';

export interface TomlFile {
  readonly path: string;
  readonly text: string;
  readonly data: TomlTable;
}

const READ = new WeakMap<Tree, Map<string, Promise<TomlFile | Diagnostic | undefined>>>();

/** A tree's TOML file, which is parsed once however often it is asked for; undefined where there is none, QS206 where it is not TOML. */
export function readToml(tree: Tree, path: string): Promise<TomlFile | Diagnostic | undefined> {
  const files = READ.get(tree) ?? new Map<string, Promise<TomlFile | Diagnostic | undefined>>();
  READ.set(tree, files);
  const file =
    files.get(path) ?? tree.read(path).then(text => (text === undefined ? undefined : parseToml(path, text, 'QS206')));
  files.set(path, file);
  return file;
}

/** Parses a TOML file; a file that is not TOML gives a diagnostic with the given code. */
export function parseToml(path: string, text: string, code: 'QS206' | 'QS209'): TomlFile | Diagnostic {
  try {
    return { path, text, data: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [said] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    const place = { file: path, line: error.line };
    return code === 'QS206'
      ? diagnose(code, { file: path, line: error.line, said: said! }, place)
      : diagnose(code, { kind: 'toml', file: path, said: said! }, place);
  }
}

/** Whether a result of parseToml is the file. */
export function isTomlFile(result: TomlFile | Diagnostic): result is TomlFile {
  return 'text' in result;
}

/** The table at a path of keys; an empty table when there is none. */
export function tableAt(data: TomlTable, ...path: readonly string[]): TomlTable {
  let table: unknown = data;
  for (const key of path) table = isTable(table) ? table[key] : undefined;
  return isTable(table) ? table : {};
}

/** The string at a path of keys, else undefined. */
export function stringAt(data: TomlTable, ...path: readonly string[]): string | undefined {
  const value = tableAt(data, ...path.slice(0, -1))[path.at(-1)!];
  return typeof value === 'string' ? value : undefined;
}

/** The strings of an array at a path of keys; others in it are left out, no array is an empty list. */
export function stringsAt(data: TomlTable, ...path: readonly string[]): string[] {
  const value = tableAt(data, ...path.slice(0, -1))[path.at(-1)!];
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

/** Whether a value is a TOML table. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
