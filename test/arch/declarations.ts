/** Reads which declaration uses which, from the syntax tree, and finds those that no entry point leads to. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { importsOf, ROOT, resolveTarget } from './imports.js';

/** A declaration at the top of a file, by `FILE#NAME`. */
export interface Declaration {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** Ids of what its text names; `FILE#*` stands for all that a file exports. */
  readonly uses: readonly string[];
  readonly exported: boolean;
}

/** Stands in an id for what a file does when it is loaded. */
const LOADING = '(loading)';

/** The declarations of a file, and one for the statements that run when it is loaded. `text` default: what the file holds. */
export function declarationsOf(file: string, text = readFileSync(join(ROOT, file), 'utf8')): Declaration[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const scope = new Map(source.statements.flatMap(statement => [...bindingsOf(statement, file)]));
  const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const declared = source.statements.flatMap(statement => {
    const common = { file, line: lineOf(statement), uses: usesOf(statement, file, scope) };
    const reExports = namedExports(statement, file, scope).map(({ name, use }) => ({
      ...common,
      id: `${file}#${name}`,
      uses: [use],
      exported: true,
    }));
    const own = namesOf(statement).map(name => ({ ...common, id: `${file}#${name}`, exported: isExported(statement) }));
    return [...reExports, ...own];
  });
  const running = source.statements.filter(statement => namesOf(statement).length === 0);
  const uses = running.filter(runs).flatMap(statement => usesOf(statement, file, scope));
  const loads = importsOf(file, text).map(({ target }) => `${target}#${LOADING}`);
  return [...declared, { id: `${file}#${LOADING}`, file, line: 1, uses: [...uses, ...loads], exported: false }];
}

/** Takes all declarations and the ids that are used from outside; returns the declarations that none of those leads to. */
export function unreached(all: readonly Declaration[], entries: readonly string[]): Declaration[] {
  const byId = new Map(all.map(declaration => [declaration.id, declaration]));
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    const [file = '', name = ''] = id.split('#');
    const named = name === '*' ? all.filter(other => other.file === file && other.exported) : [byId.get(id)];
    for (const declaration of named)
      waiting.push(...(declaration === undefined ? [] : [declaration.id, ...declaration.uses]));
    if (name !== LOADING) waiting.push(`${file}#${LOADING}`);
  }
  return all.filter(({ id }) => !id.endsWith(`#${LOADING}`) && !reached.has(id));
}

/** What the names in a file stand for: its own declarations, and those it imports. */
function bindingsOf(statement: ts.Statement, file: string): Map<string, string> {
  const bindings = new Map(namesOf(statement).map(name => [name, `${file}#${name}`]));
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return bindings;
  const target = resolveTarget(file, statement.moduleSpecifier.text);
  const named = statement.importClause?.namedBindings;
  if (named !== undefined && ts.isNamespaceImport(named)) bindings.set(named.name.text, `${target}#*`);
  if (named !== undefined && ts.isNamedImports(named))
    for (const { name, propertyName } of named.elements)
      bindings.set(name.text, `${target}#${(propertyName ?? name).text}`);
  return bindings;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const declares =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return declares && statement.name !== undefined ? [statement.name.text] : [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap(element => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/** `export { a, b as c }`, with or without a file that they come from: the new name, and what it stands for. */
function namedExports(
  statement: ts.Statement,
  file: string,
  scope: ReadonlyMap<string, string>,
): readonly { readonly name: string; readonly use: string }[] {
  if (!ts.isExportDeclaration(statement)) return [];
  const { exportClause, moduleSpecifier } = statement;
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.map(({ name, propertyName }) => {
    const original = (propertyName ?? name).text;
    const use =
      moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
        ? `${resolveTarget(file, moduleSpecifier.text)}#${original}`
        : (scope.get(original) ?? `${file}#${original}`);
    return { name: name.text, use };
  });
}

function runs(statement: ts.Statement): boolean {
  return !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement);
}

/** Ids of all that a node names. A name of a property is no use of what is called the same. */
function usesOf(node: ts.Node, file: string, scope: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  const visit = (at: ts.Node): void => {
    const specifier = loadedBy(at);
    if (specifier !== undefined) found.add(`${resolveTarget(file, specifier)}#*`);
    const use = ts.isIdentifier(at) && !isPropertyName(at) ? scope.get(at.text) : undefined;
    if (use !== undefined) found.add(use);
    ts.forEachChild(at, visit);
  };
  ts.forEachChild(node, visit);
  for (const name of ts.isStatement(node) ? namesOf(node) : []) found.delete(`${file}#${name}`);
  return [...found];
}

/** What `import('…')` loads, as an expression or in a type. */
function loadedBy(node: ts.Node): string | undefined {
  const specifier =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
      ? node.arguments[0]
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
        ? node.argument.literal
        : undefined;
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  const named =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isGetAccessor(parent);
  return named && parent.name === node;
}
