/** JavaScript and TypeScript files as far as they are read: as text without its comments. */
import { joinPath } from './paths.js';
import type { Tree } from './tree.js';

/** Text of a JavaScript file with its comments blanked. */
export interface ScriptFile {
  readonly path: string;
  readonly text: string;
}

/** The first of a tool's configuration files that exists, whatever its ending. */
export async function readScriptConfig(tree: Tree, root: string, name: string): Promise<ScriptFile | undefined> {
  for (const extension of ['ts', 'js', 'mjs', 'mts', 'cjs', 'cts']) {
    const path = joinPath(root, `${name}.${extension}`);
    const text = await tree.read(path);
    if (text !== undefined) return { path, text: withoutComments(text) };
  }
  return undefined;
}

/** A file of code by its path, with or without the ending. */
export async function readScript(tree: Tree, path: string): Promise<ScriptFile | undefined> {
  const text = await tree.read(path);
  if (text !== undefined) return { path, text: withoutComments(text) };
  const at = path.lastIndexOf('/');
  return readScriptConfig(tree, path.slice(0, Math.max(at, 0)), path.slice(at + 1));
}

/** A string, whose `//` and `/*` begin nothing; or a comment, which a `//` in an address or at the end of an expression does not begin. */
const STRING_OR_COMMENT =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<=^|[\s;,{}()[\]])\/\/[^\n]*/g;

/** Text of a JavaScript file with comments turned to blanks, so that lines stay where they are. */
export function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, match => (match.startsWith('/') ? match.replace(/[^\n]/g, ' ') : match));
}

/** The line of a place in a text. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The line of the first occurrence of a text; nothing when it does not occur. */
export function lineOf(text: string, needle: string): { line?: number } {
  const at = text.indexOf(needle);
  return at < 0 ? {} : { line: lineAt(text, at) };
}
