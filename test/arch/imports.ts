/** Reads which file imports what, from the syntax tree: comments and strings cannot fool it. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** Path from the repository's root. */
  readonly file: string;
  readonly line: number;
  /** A path from the repository's root, `node:…`, or a package's name. */
  readonly target: string;
}

/** All TypeScript and JavaScript sources under a folder, as paths from the repository's root. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(ts|mts|mjs)$/.test(file))
    .map(file => join(folder, file))
    .sort();
}

/** The imports of a file: static, dynamic and re-exports, types as well. `text` default: what the file holds. */
export function importsOf(file: string, text = readFileSync(join(ROOT, file), 'utf8')): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined && ts.isStringLiteral(specifier)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ file, line, target: resolveTarget(file, specifier.text) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0];
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  return undefined;
}

/** What an import in a file leads to: a path from the repository's root, `node:…`, or a package's name. */
export function resolveTarget(file: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    const path = relative(ROOT, join(ROOT, dirname(file), specifier));
    return path.startsWith('node_modules/')
      ? packageName(path.slice('node_modules/'.length))
      : path.replace(/\.js$/, '.ts');
  }
  return specifier.startsWith('node:') ? specifier : packageName(specifier);
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
