/** Expressions of configuration files that stand for a path: texts, joined as `path` joins them, from the file's own address. */
import type ts from 'typescript';

/** A file as the compiler reads it. */
export interface ParsedScript {
  readonly compiler: typeof ts;
  readonly file: ts.SourceFile;
}

/** Functions of `path` that join paths, alone or as its members. */
const JOINS = ['resolve', 'join', 'normalize'];

/**
 * The path that an expression stands for, as seen from the directory of its file; undefined when only running it tells.
 * @param seen the constants that it is the value of
 */
export function pathOf(script: ParsedScript, node: ts.Expression, seen: readonly string[] = []): string | undefined {
  const { compiler, file } = script;
  const inner: Inner = expression => expression && pathOf(script, expression, seen);
  if (compiler.isStringLiteralLike(node)) return node.text;
  if (compiler.isParenthesizedExpression(node) || compiler.isAsExpression(node)) return inner(node.expression);
  if (compiler.isTemplateExpression(node)) {
    const parts = node.templateSpans.flatMap(({ expression, literal }) => [inner(expression), literal.text]);
    return known([node.head.text, ...parts])?.join('');
  }
  if (compiler.isBinaryExpression(node)) {
    const isSum = node.operatorToken.kind === compiler.SyntaxKind.PlusToken;
    return isSum ? known([inner(node.left), inner(node.right)])?.join('') : undefined;
  }
  if (compiler.isIdentifier(node)) {
    if (node.text === '__dirname') return '.';
    if (node.text === '__filename') return addressOf(file);
    const constant = seen.includes(node.text) ? undefined : constantOf(script, node.text);
    return constant && pathOf(script, constant, [...seen, node.text]);
  }
  if (compiler.isPropertyAccessExpression(node)) return memberOf(script, node, inner);
  if (compiler.isNewExpression(node)) return urlOf(script, node, inner);
  return compiler.isCallExpression(node) ? callOf(script, node, inner) : undefined;
}

type Inner = (expression: ts.Expression | undefined) => string | undefined;

/** `import.meta.url` and its relatives, or the path of an address. */
function memberOf({ compiler, file }: ParsedScript, { name, expression }: ts.PropertyAccessExpression, inner: Inner) {
  if (!compiler.isMetaProperty(expression)) return name.text === 'pathname' ? inner(expression) : undefined;
  if (name.text === 'dirname') return '.';
  return name.text === 'url' || name.text === 'filename' ? addressOf(file) : undefined;
}

/** `new URL('./static', import.meta.url)`. */
function urlOf({ file }: ParsedScript, { expression, arguments: given }: ts.NewExpression, inner: Inner) {
  const parts = known(given?.map(inner) ?? []);
  if (expression.getText(file) !== 'URL' || parts?.length !== 2) return undefined;
  return `${directoryOf(parts[1]!)}/${parts[0]}`;
}

function callOf({ file }: ParsedScript, { expression, arguments: given }: ts.CallExpression, inner: Inner) {
  const callee = expression.getText(file);
  const name = callee.split('.').at(-1)!;
  // The build runs in the directory of its package, where its configuration lies.
  if (callee === 'process.cwd') return '.';
  const parts = known(given.map(inner));
  if (parts === undefined || parts.length === 0) return undefined;
  if (name === 'fileURLToPath') return parts[0];
  if (name === 'dirname') return directoryOf(parts[0]!);
  return JOINS.includes(name) ? parts.join('/') : undefined;
}

/** What a constant is given, when it is one and the only one of its name. */
function constantOf({ compiler, file }: ParsedScript, name: string): ts.Expression | undefined {
  const found: ts.VariableDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isVariableDeclaration(node) && compiler.isIdentifier(node.name) && node.name.text === name) {
      found.push(node);
    }
    compiler.forEachChild(node, visit);
  };
  visit(file);
  const [only] = found;
  const isConstant = only && (compiler.getCombinedNodeFlags(only) & compiler.NodeFlags.Const) !== 0;
  return isConstant && found.length === 1 ? only.initializer : undefined;
}

function known(parts: readonly (string | undefined)[]): readonly string[] | undefined {
  const all = parts.filter(part => part !== undefined);
  return all.length === parts.length ? all : undefined;
}

function addressOf({ fileName }: ts.SourceFile): string {
  return `./${fileName.split('/').at(-1)}`;
}

function directoryOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}
