/** What configuration files in JavaScript and TypeScript give a key, as far as it can be told without running them: directories. */
import { createRequire } from 'node:module';
import type ts from 'typescript';
import { defined } from './defined.js';
import { HERE, type ParsedScript, pathOf, WORKING } from './script-evaluation.js';
import { lineAt, type ScriptFile } from './script-file.js';

/**
 * A directory with the line that names it. `from`: where it is fixed, by the directory of the file that names it or by the one that the
 * build runs in; absent: it is relative to what the tool says. `unknown`: the key is there, and only running the file tells.
 */
export type WrittenDirectory =
  | { readonly value: string; readonly line: number; readonly from?: 'file' | 'working directory' }
  | 'unknown';

/** A key of a configuration file. */
export interface DirectoryKey {
  readonly key: string;
  /** What the object that it stands in is called; without that, it stands in the configuration itself. */
  readonly within?: string | undefined;
  /** What names in the file stand for when the build runs it: `mode`, `process.env.NODE_ENV`. */
  readonly known?: ReadonlyMap<string, string> | undefined;
}

/**
 * The directory that a configuration file gives a key: a text, or texts joined by `path` and from the file's own address. Undefined
 * when the key does not occur.
 */
export function directoryIn(config: ScriptFile, wanted: DirectoryKey): WrittenDirectory | undefined {
  if (!new RegExp(`\\b${wanted.key}["']?\\s*[:=,}]`).test(config.text)) return undefined;
  return plainText(config, wanted) ?? parsedDirectory(config, wanted);
}

/** A text right behind the one place with the key: most files are so, and the compiler takes long to load. */
function plainText({ text }: ScriptFile, { key, within }: DirectoryKey): WrittenDirectory | undefined {
  if (within === undefined || text.match(new RegExp(`\\b${key}\\b`, 'g'))?.length !== 1) return undefined;
  const pattern = new RegExp(`\\b${within}:\\s*\\{[^{}]*?\\b(${key}:\\s*(["'])([^"'\\n]+)\\2)\\s*[,}]`);
  const match = pattern.exec(text);
  return match ? { value: match[3]!, line: lineAt(text, text.indexOf(match[1]!)) } : undefined;
}

function parsedDirectory(
  { path, text }: ScriptFile,
  { key, within, known }: DirectoryKey,
): WrittenDirectory | undefined {
  // The compiler names all that it exports to whoever imports it, which takes longer than loading it.
  const compiler: typeof ts = createRequire(import.meta.url)('typescript');
  const file = compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true);
  const script = defined({ compiler, file, known });
  const all = initializersOf(script, key);
  const found = all.filter(({ holder }) =>
    within === undefined ? isWhole(holder, text) : isHeldBy(holder, within, text),
  );
  // An object that is handed on in a way that is not followed.
  const others = within === undefined ? [] : all.filter(({ holder }) => holder.variable !== undefined);
  if (found.length === 0) return others.length > 0 ? 'unknown' : undefined;
  const values = new Set(found.map(({ value }) => pathOf(script, value)));
  const [value] = values;
  const line = lineAt(text, found[0]!.at.getStart(file));
  if (value === undefined || values.size > 1) return 'unknown';
  const anchor = [HERE, WORKING].find(start => value.startsWith(start));
  if (anchor === undefined) return value.includes('\0') ? 'unknown' : { value, line };
  const inside = value.slice(anchor.length).replace(/^\/+/, '') || '.';
  return inside.includes('\0')
    ? 'unknown'
    : { value: inside, line, from: anchor === HERE ? 'file' : 'working directory' };
}

/** Whether an object is what a key is given: there, by the name of a variable, or taken into it. */
function isHeldBy({ key, variable }: Holder, within: string, text: string): boolean {
  if (key !== undefined || variable === undefined) return key === within;
  // There, taken into it, or one of two that a condition chooses between.
  const isGiven = new RegExp(`\\b${within}\\s*:\\s*(\\{[^{}]*\\.\\.\\.|[^,{}\\n]*[?:]\\s*)?${variable}\\b`);
  return variable === within || isGiven.test(text);
}

/** What the nearest object around a key is called: by the key that it is given to, or by the variable that holds it. */
interface Holder {
  readonly key?: string | undefined;
  readonly variable?: string;
}

/** Whether an object is the configuration itself: nothing holds it, or a variable that is exported. */
function isWhole({ key, variable }: Holder, text: string): boolean {
  if (key !== undefined) return false;
  return variable === undefined || new RegExp(`(export default|exports\\s*=)\\s*(\\w+\\()?${variable}\\b`).test(text);
}

/** What a key is given somewhere in a file. */
interface Initializer {
  readonly at: ts.Node;
  readonly value: ts.Expression;
  readonly holder: Holder;
}

function initializersOf({ compiler, file }: ParsedScript, key: string): readonly Initializer[] {
  const found: Initializer[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isPropertyAssignment(node) && nameOf(compiler, node.name) === key) {
      found.push({ at: node, value: node.initializer, holder: holderOf(compiler, node.parent) });
    } else if (compiler.isShorthandPropertyAssignment(node) && node.name.text === key) {
      found.push({ at: node, value: node.name, holder: holderOf(compiler, node.parent) });
    } else if (compiler.isBinaryExpression(node) && node.operatorToken.kind === compiler.SyntaxKind.EqualsToken) {
      const { left, right } = node;
      if (compiler.isPropertyAccessExpression(left) && left.name.text === key) {
        const object = left.expression;
        const holder = compiler.isPropertyAccessExpression(object) ? { key: object.name.text } : {};
        found.push({ at: node, value: right, holder });
      }
    }
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function holderOf(compiler: typeof ts, object: ts.Node): Holder {
  for (let node = object; node.parent !== undefined; node = node.parent) {
    const { parent } = node;
    if (compiler.isPropertyAssignment(parent)) return { key: nameOf(compiler, parent.name) ?? '' };
    if (compiler.isVariableDeclaration(parent)) {
      return compiler.isIdentifier(parent.name) ? { variable: parent.name.text } : {};
    }
  }
  return {};
}

function nameOf(compiler: typeof ts, name: ts.PropertyName): string | undefined {
  return compiler.isIdentifier(name) || compiler.isStringLiteralLike(name) ? name.text : undefined;
}
