/** The grammar that Python is read with: tree-sitter's, compiled to WebAssembly, which reads what is not valid Python as well. */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Parser } from '@vscode/tree-sitter-wasm';

/** Called with a leaf of a syntax tree: the grammar's name for it, and where it stands in the text. */
export type LeafVisitor = (type: string, from: number, to: number) => void;

/** Visits the leaves of a text's syntax tree in order; what fits no rule of the grammar is among them. */
export type PythonGrammar = (text: string, visit: LeafVisitor) => void;

const FIRST_CODE_FLAGS = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

let loading: Promise<PythonGrammar> | undefined;

/** The grammar, loaded when the first Python file is read: not every call of the module needs the 20 ms that it takes. */
export function pythonGrammar(): Promise<PythonGrammar> {
  loading ??= load();
  return loading;
}

async function load(): Promise<PythonGrammar> {
  // Not an import: the package finds its WebAssembly beside itself, and would not from within a bundle.
  const load = createRequire(import.meta.url);
  const { Parser, Language }: typeof import('@vscode/tree-sitter-wasm') = load('@vscode/tree-sitter-wasm');
  keepFirstCode();
  await Parser.init();
  const language = await Language.load(load.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'));
  const parser = new Parser().setLanguage(language);
  const types = Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? '');
  return (text, visit) => visitLeaves(parser, types, text, visit);
}

/**
 * Has WebAssembly run as it is first compiled. The grammar's functions are so large that compiling them again for speed costs more
 * than it saves on less than half a megabyte of Python. A runtime without V8, as bun's, has no such flags and needs none.
 */
function keepFirstCode(): void {
  try {
    for (const flag of FIRST_CODE_FLAGS) setFlagsFromString(flag);
  } catch {}
}

/** Without recursion: a tree can be as deep as its text is long. */
function visitLeaves(parser: Parser, types: readonly string[], text: string, visit: LeafVisitor): void {
  const tree = parser.parse(text)!;
  const cursor = tree.walk();
  try {
    for (;;) {
      let type = types[cursor.nodeTypeId] ?? 'ERROR';
      // The text of a string is a leaf here: its escapes are of no interest one by one.
      while (type !== 'string_content' && cursor.gotoFirstChild()) type = types[cursor.nodeTypeId] ?? 'ERROR';
      visit(type, cursor.startIndex, cursor.endIndex);
      while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return;
    }
  } finally {
    cursor.delete();
    tree.delete();
  }
}
