/** A Python file as detection reads it: its dotted name, its imports, and its statements with the scope they stand in. */
import { isTestFile } from '../../source/own-code.js';
import { isSurelyClosed } from './closed.js';
import type { PythonSource, PythonStatement, PythonToken } from './tokens.js';

/** A statement with the functions and classes around it, outermost first. */
export interface ScopedStatement extends PythonStatement {
  readonly scope: readonly string[];
  /** Inside `if __name__ == "__main__"`: not executed by a server. */
  readonly guarded: boolean;
}

export interface PythonModule {
  readonly path: string;
  /** Dotted name by which it is imported from the app's directory. */
  readonly name: string;
  readonly isTest: boolean;
  /** As it is written: what stands in no word of it, is no name in its statements either, and nobody has to read these. */
  readonly text: string;
  readonly statements: readonly ScopedStatement[];
  /** Local name to the dotted name it stands for. */
  readonly imports: ReadonlyMap<string, string>;
  /** Modules that all names are taken from, in their order. */
  readonly stars: readonly string[];
  readonly unclosed?: { readonly line: number; readonly what: string } | undefined;
}

/** A call in a statement: the dotted name as written, and the index of its opening bracket. */
export interface PythonCall {
  readonly callee: string;
  readonly open: number;
  readonly line: number;
}

/**
 * What one file holds as a module; its statements are read when they are asked for.
 * @param packageRoots directories that importing starts from, such as `src`
 * @param prefix the package that everything lies in, when importing starts above
 */
export function readModule(
  path: string,
  source: PythonSource,
  packageRoots: readonly string[],
  prefix = '',
): PythonModule {
  const name = [prefix, moduleName(path, packageRoots)].filter(part => part !== '').join('.');
  const isPackage = path.endsWith('__init__.py');
  let statements: PythonModule['statements'] | undefined;
  let imports: PythonModule['imports'] | undefined;
  let stars: PythonModule['stars'] | undefined;
  return {
    path,
    name,
    isTest: isTestFile(path),
    text: source.text,
    get statements() {
      statements ??= withScopes(source.read().statements);
      return statements;
    },
    get imports() {
      imports ??= readImports(this.statements, name, isPackage);
      return imports;
    },
    get stars() {
      stars ??= this.imports.has('*') ? readStars(this.statements, name, isPackage) : [];
      return stars;
    },
    get unclosed() {
      return isSurelyClosed(source.text) ? undefined : source.read().unclosed;
    },
  };
}

/** Dotted name of a file: `src/shop/__init__.py` is `shop` when `src` is a package root. */
function moduleName(path: string, packageRoots: readonly string[]): string {
  const root = packageRoots.find(candidate => path.startsWith(`${candidate}/`));
  const inside = root === undefined ? path : path.slice(root.length + 1);
  return inside
    .replace(/\.py$/, '')
    .replace(/(^|\/)__init__$/, '')
    .split('/')
    .join('.');
}

/** A line that others are indented below: the name of a function or class, or a guard. */
interface Block {
  readonly indent: number;
  readonly scope: readonly string[];
  readonly guarded: boolean;
}

function withScopes(statements: readonly PythonStatement[]): ScopedStatement[] {
  const blocks: Block[] = [{ indent: -1, scope: [], guarded: false }];
  return statements.map(({ line, indent, tokens }) => {
    while (blocks.at(-1)!.indent >= indent) blocks.pop();
    const { scope, guarded } = blocks.at(-1)!;
    const head = tokens[0]!.text === 'async' ? 1 : 0;
    const word = tokens[head]?.text;
    if (word === 'def' || word === 'class') {
      const name = tokens[head + 1]?.text ?? '';
      blocks.push({ indent, scope: name === '' ? scope : [...scope, name], guarded });
    } else if (word === 'if' && tokens[1]?.text === '__name__') blocks.push({ indent, scope, guarded: true });
    return { line, indent, tokens, scope, guarded };
  });
}

function readImports(statements: readonly PythonStatement[], name: string, isPackage: boolean): Map<string, string> {
  const imports = new Map<string, string>();
  for (const { tokens } of statements) {
    const start = tokens[0]!.text;
    if (start !== 'import' && start !== 'from') continue;
    const words = tokens.filter(token => token.text !== '(' && token.text !== ')').map(token => token.text);
    if (start === 'import') {
      for (const [target, alias] of importedNames(words.slice(1))) {
        imports.set(alias ?? target.split('.')[0]!, alias === undefined ? target.split('.')[0]! : target);
      }
    } else {
      const at = words.indexOf('import');
      if (at < 0) continue;
      const base = resolveRelative(words.slice(1, at).join(''), name, isPackage);
      for (const [target, alias] of importedNames(words.slice(at + 1))) {
        imports.set(alias ?? target, base === '' ? target : `${base}.${target}`);
      }
    }
  }
  return imports;
}

/** What `from package import *` names. */
function readStars(statements: readonly PythonStatement[], name: string, isPackage: boolean): readonly string[] {
  return statements.flatMap(({ tokens }) => {
    const words = tokens.map(({ text }) => text);
    const at = words.indexOf('import');
    const isStar = words[0] === 'from' && words[at + 1] === '*';
    return isStar ? [resolveRelative(words.slice(1, at).join(''), name, isPackage)] : [];
  });
}

/**
 * What is imported as soon as a module is: dotted names, `package.name` for `from package import name`. Imports in
 * functions and below a condition are not among them.
 */
export function importsAtTop(module: PythonModule): readonly { readonly name: string; readonly line: number }[] {
  return module.statements
    .filter(({ indent }) => indent === 0)
    .flatMap(statement => targetsOf(statement, module).map(name => ({ name, line: statement.line })));
}

const IMPORTED = new WeakMap<PythonModule, readonly string[]>();

/** What is imported anywhere in a module, in functions and below conditions too: dotted names in their whole length. */
export function importsAnywhere(module: PythonModule): readonly string[] {
  const imported = IMPORTED.get(module) ?? module.statements.flatMap(statement => targetsOf(statement, module));
  IMPORTED.set(module, imported);
  return imported;
}

function targetsOf({ tokens }: PythonStatement, { name, path }: PythonModule): readonly string[] {
  const start = tokens[0]!.text;
  if (start !== 'import' && start !== 'from') return [];
  const words = tokens.filter(({ text }) => text !== '(' && text !== ')').map(({ text }) => text);
  const at = words.indexOf('import');
  if (at < 0) return [];
  const base = resolveRelative(words.slice(1, at).join(''), name, path.endsWith('__init__.py'));
  const prefix = at === 0 || base === '' ? '' : `${base}.`;
  return importedNames(words.slice(at + 1)).map(([target]) => `${prefix}${target}`);
}

function importedNames(words: readonly string[]): [string, string | undefined][] {
  return words
    .join(' ')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(part => {
      const [target, alias] = part.split(' as ');
      return [target!.replaceAll(' ', ''), alias?.trim()];
    });
}

function resolveRelative(written: string, name: string, isPackage: boolean): string {
  const dots = /^\.*/.exec(written)![0].length;
  if (dots === 0) return written;
  const parts = name.split('.');
  const base = parts.slice(0, parts.length - (dots - (isPackage ? 1 : 0)));
  return [...base, written.slice(dots)].filter(part => part !== '').join('.');
}

/** The full dotted name of a name written in a module: imports followed, own names prefixed with the module. */
export function qualify(module: PythonModule, written: string): string {
  const end = written.indexOf('.');
  const head = end < 0 ? written : written.slice(0, end);
  const target = module.imports.get(head) ?? (module.name === '' ? head : `${module.name}.${head}`);
  return end < 0 ? target : target + written.slice(end);
}

/** Every call in a statement whose callee is a dotted name. */
export function callsIn(tokens: readonly PythonToken[]): readonly PythonCall[] {
  const calls: PythonCall[] = [];
  for (let open = 1; open < tokens.length; open++) {
    const { kind, text, line } = tokens[open]!;
    if (text !== '(' || kind !== 'op') continue;
    const callee = dottedNameBefore(tokens, open);
    if (callee !== undefined) calls.push({ callee, open, line });
  }
  return calls;
}

/** The dotted name that ends just before index `end`, such as `os.environ` before a `[`. */
export function dottedNameBefore(tokens: readonly PythonToken[], end: number): string | undefined {
  let name = '';
  for (let at = end - 1; tokens[at]?.kind === 'name'; at -= 2) {
    name = tokens[at]!.text + name;
    const before = tokens[at - 1]?.text;
    if (before !== '.') return before === 'def' || before === 'class' ? undefined : name;
    name = `.${name}`;
  }
  return undefined;
}

/** Index of the bracket that closes the one at an index; the last token where none does. */
export function closingOf(tokens: readonly PythonToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    if (kind !== 'op') continue;
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text) && --depth === 0) return at;
  }
  return tokens.length - 1;
}

/** The arguments of a call as token lists, split at the commas of its own level; `name=` is cut off into `keyword`. */
export function argumentsOf(
  tokens: readonly PythonToken[],
  open: number,
): { readonly keyword?: string; readonly tokens: readonly PythonToken[] }[] {
  const parts: PythonToken[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(open)) {
    const isBracket = token.kind === 'op';
    if (isBracket && /^[)\]}]$/.test(token.text) && --depth === 0) break;
    if (depth === 1 && isBracket && token.text === ',') parts.push([]);
    else if (depth > 0) parts.at(-1)!.push(token);
    if (isBracket && /^[([{]$/.test(token.text)) depth++;
  }
  return parts
    .filter(part => part.length > 0)
    .map(part =>
      part[0]!.kind === 'name' && part[1]?.text === '='
        ? { keyword: part[0]!.text, tokens: part.slice(2) }
        : { tokens: part },
    );
}

/** The value of tokens that are one plain string literal (adjacent literals joined), else undefined. */
export function literalString(tokens: readonly PythonToken[]): string | undefined {
  if (tokens.length === 0 || tokens.some(token => token.kind !== 'string' || token.formatted)) return undefined;
  return tokens.map(token => token.text).join('');
}
