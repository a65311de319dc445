/** Expressions of configuration files that stand for a path: texts, joined as `path` joins them, from the file's own address. */
import type ts from 'typescript';

/** A file as the compiler reads it, and what its names are known to be where it runs: `mode` is `production`. */
export interface ParsedScript {
  readonly compiler: typeof ts;
  readonly file: ts.SourceFile;
  readonly known?: ReadonlyMap<string, string>;
}

/** What a path begins with that is fixed: the directory of the file, and the one that the build runs in. */
export const HERE = '\0here';
export const WORKING = '\0working';

/** Functions of `path` that join paths, alone or as its members. */
const JOINS = ['resolve', 'join', 'normalize'];

/**
 * The path that an expression stands for, behind HERE or WORKING where it is fixed; undefined when only running it tells.
 * @param seen the constants that it is the value of
 */
export function pathOf(script: ParsedScript, node: ts.Expression, seen: readonly string[] = []): string | undefined {
  const { compiler, known: names } = script;
  const inner: Inner = expression => expression && pathOf(script, expression, seen);
  if (compiler.isStringLiteralLike(node)) return node.text;
  if (compiler.isParenthesizedExpression(node) || compiler.isAsExpression(node)) return inner(node.expression);
  if (compiler.isTemplateExpression(node)) {
    const parts = node.templateSpans.flatMap(({ expression, literal }) => [inner(expression), literal.text]);
    return allKnown([node.head.text, ...parts])?.join('');
  }
  if (compiler.isBinaryExpression(node)) return binaryOf(script, node, inner);
  if (compiler.isConditionalExpression(node)) return choiceOf(script, node, seen);
  if (compiler.isIdentifier(node)) {
    if (node.text === '__dirname') return HERE;
    if (node.text === '__filename') return addressOf(script);
    const constant = seen.includes(node.text) ? undefined : constantOf(script, node.text);
    return constant ? pathOf(script, constant, [...seen, node.text]) : names?.get(node.text);
  }
  if (compiler.isPropertyAccessExpression(node)) return memberOf(script, node, inner);
  if (compiler.isNewExpression(node)) return urlOf(script, node, inner);
  return compiler.isCallExpression(node) ? callOf(script, node, inner) : undefined;
}

type Inner = (expression: ts.Expression | undefined) => string | undefined;

/** A sum, or what stands behind a variable of the environment that nobody sets. */
function binaryOf({ compiler, file, known }: ParsedScript, node: ts.BinaryExpression, inner: Inner) {
  const { left, right, operatorToken } = node;
  if (operatorToken.kind === compiler.SyntaxKind.PlusToken) return allKnown([inner(left), inner(right)])?.join('');
  const isDefault =
    operatorToken.kind === compiler.SyntaxKind.BarBarToken ||
    operatorToken.kind === compiler.SyntaxKind.QuestionQuestionToken;
  if (!isDefault) return undefined;
  const written = left.getText(file);
  const isUnset = known !== undefined && /^process\.env\.\w+$/.test(written) && !known.has(written);
  return isUnset ? inner(right) : inner(left);
}

/** One of two: the same in both cases, or the case is known. */
function choiceOf(script: ParsedScript, node: ts.ConditionalExpression, seen: readonly string[]): string | undefined {
  const [yes, no] = [node.whenTrue, node.whenFalse].map(part => pathOf(script, part, seen));
  if (yes === no) return yes;
  const test = truthOf(script, node.condition, seen);
  return test === undefined ? undefined : test ? yes : no;
}

/** Whether a condition holds: comparisons of what is known, constants of them, and their opposites. */
function truthOf(script: ParsedScript, node: ts.Expression, seen: readonly string[]): boolean | undefined {
  const { compiler, file, known } = script;
  if (compiler.isParenthesizedExpression(node)) return truthOf(script, node.expression, seen);
  if (compiler.isPrefixUnaryExpression(node) && node.operator === compiler.SyntaxKind.ExclamationToken) {
    const inner = truthOf(script, node.operand, seen);
    return inner === undefined ? undefined : !inner;
  }
  if (compiler.isIdentifier(node) && !seen.includes(node.text)) {
    const constant = constantOf(script, node.text);
    return constant && truthOf(script, constant, [...seen, node.text]);
  }
  if (known && /^process\.env\.\w+$/.test(node.getText(file))) return known.has(node.getText(file));
  if (!compiler.isBinaryExpression(node)) return undefined;
  const { EqualsEqualsEqualsToken, EqualsEqualsToken, ExclamationEqualsEqualsToken, ExclamationEqualsToken } =
    compiler.SyntaxKind;
  const { kind } = node.operatorToken;
  const isEqual = kind === EqualsEqualsEqualsToken || kind === EqualsEqualsToken;
  if (!isEqual && kind !== ExclamationEqualsEqualsToken && kind !== ExclamationEqualsToken) return undefined;
  const [left, right] = [node.left, node.right].map(part => pathOf(script, part, seen));
  return left === undefined || right === undefined ? undefined : (left === right) === isEqual;
}

/** `import.meta.url` and its relatives, the path of an address, a member of a constant object, or a name that is known. */
function memberOf(script: ParsedScript, node: ts.PropertyAccessExpression, inner: Inner) {
  const { compiler, file, known } = script;
  const { name, expression } = node;
  if (compiler.isMetaProperty(expression)) {
    if (name.text === 'dirname') return HERE;
    return name.text === 'url' || name.text === 'filename' ? addressOf(script) : undefined;
  }
  const written = known?.get(node.getText(file));
  if (written !== undefined) return written;
  const object = compiler.isIdentifier(expression) ? constantOf(script, expression.text) : undefined;
  if (object && compiler.isObjectLiteralExpression(object)) {
    const member = object.properties.find(part => part.name?.getText(file).replace(/^["']|["']$/g, '') === name.text);
    return member && compiler.isPropertyAssignment(member) ? inner(member.initializer) : undefined;
  }
  return name.text === 'pathname' ? inner(expression) : undefined;
}

/** `new URL('./static', import.meta.url)`. */
function urlOf({ file }: ParsedScript, { expression, arguments: given }: ts.NewExpression, inner: Inner) {
  const parts = allKnown(given?.map(inner) ?? []);
  if (expression.getText(file) !== 'URL' || parts?.length !== 2) return undefined;
  return `${directoryOf(parts[1]!)}/${parts[0]}`;
}

function callOf({ file }: ParsedScript, { expression, arguments: given }: ts.CallExpression, inner: Inner) {
  const callee = expression.getText(file);
  const name = callee.split('.').at(-1)!;
  if (callee === 'process.cwd') return WORKING;
  const parts = allKnown(given.map(inner));
  if (parts === undefined || parts.length === 0) return undefined;
  if (name === 'fileURLToPath') return parts[0];
  if (name === 'dirname') return directoryOf(parts[0]!);
  if (!JOINS.includes(name)) return undefined;
  const joined = parts.join('/');
  return name === 'resolve' && !joined.startsWith('\0') && !joined.startsWith('/') ? `${WORKING}/${joined}` : joined;
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

function allKnown(parts: readonly (string | undefined)[]): readonly string[] | undefined {
  const all = parts.filter(part => part !== undefined);
  return all.length === parts.length ? all : undefined;
}

function addressOf({ file }: ParsedScript): string {
  return `${HERE}/${file.fileName.split('/').at(-1)}`;
}

function directoryOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}
