/** What configuration files in JavaScript and TypeScript give a key, as far as it can be told without running them: directories. */
import { createRequire } from 'node:module';
import type ts from 'typescript';
import { type ParsedScript, pathOf } from './script-evaluation.js';
import { lineAt, type ScriptFile } from './script-file.js';

/** A directory as seen from the file that names it, and the line; `unknown`: the key is there, and only running the file tells. */
export type WrittenDirectory = { readonly value: string; readonly line: number } | 'unknown';

/**
 * The directory that a configuration file gives a key: a text, or texts joined by `path` and from the file's own address. Undefined
 * when the key does not occur.
 * @param key the key, and what the object that it stands in is called; without that, it stands in the configuration itself
 */
export function directoryIn(config: ScriptFile, key: string, within?: string): WrittenDirectory | undefined {
  if (!new RegExp(`\\b${key}["']?\\s*[:=,}]`).test(config.text)) return undefined;
  return plainText(config, key, within) ?? parsedDirectory(config, key, within);
}

/** A text right behind the one place with the key: most files are so, and the compiler takes long to load. */
function plainText({ text }: ScriptFile, key: string, within?: string): WrittenDirectory | undefined {
  if (within === undefined || text.match(new RegExp(`\\b${key}\\b`, 'g'))?.length !== 1) return undefined;
  const pattern = new RegExp(`\\b${within}:\\s*\\{[^{}]*?\\b(${key}:\\s*(["'])([^"'\\n]+)\\2)\\s*[,}]`);
  const match = pattern.exec(text);
  return match ? { value: match[3]!, line: lineAt(text, text.indexOf(match[1]!)) } : undefined;
}

function parsedDirectory({ path, text }: ScriptFile, key: string, within?: string): WrittenDirectory | undefined {
  // The compiler names all that it exports to whoever imports it, which takes longer than loading it.
  const compiler: typeof ts = createRequire(import.meta.url)('typescript');
  const file = compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true);
  const script = { compiler, file };
  const found = initializersOf(script, key).filter(({ holder }) =>
    within === undefined ? isWhole(holder, text) : (holder.key ?? holder.variable) === within,
  );
  if (found.length === 0) return undefined;
  const values = new Set(found.map(({ value }) => pathOf(script, value)));
  const [value] = values;
  const line = lineAt(text, found[0]!.at.getStart(file));
  return value === undefined || values.size > 1 ? 'unknown' : { value, line };
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
