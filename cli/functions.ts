/** The module's functions as data: what the command line parses, prints as help and calls. */

import { readFileSync } from 'node:fs';

export type ValueType =
  | { readonly kind: 'string' | 'integer' | 'float' | 'boolean' | 'void' }
  | { readonly kind: 'object'; readonly name: string }
  /** An object of the module's own that is data alone. */
  | { readonly kind: 'record'; readonly name: string }
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly of: ValueType };

export interface FunctionArgument {
  readonly name: string;
  readonly description: string;
  readonly type: ValueType;
  readonly optional: boolean;
  readonly default?: unknown;
  /** Where a Directory or File comes from when the flag is not given, in Dagger's meaning: `/` is the repository's root. */
  readonly defaultPath?: string | undefined;
  /** Patterns in .gitignore syntax that do not reach a Directory. */
  readonly ignore?: readonly string[] | undefined;
}

export interface ModuleFunction {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly FunctionArgument[];
  readonly returns: ValueType;
  readonly check: boolean;
}

export interface ModuleTable {
  /** Name of the class in src/index.ts. */
  readonly object: string;
  readonly description: string;
  readonly constructorArguments: readonly FunctionArgument[];
  readonly functions: readonly ModuleFunction[];
}

/** The committed table, next to this file: made from src/index.ts by `npm run generate:functions`. */
export const FUNCTION_TABLE = new URL('./functions.generated.json', import.meta.url);

/** Reads the committed table. */
export function readFunctionTable(): ModuleTable {
  return JSON.parse(readFileSync(FUNCTION_TABLE, 'utf8')) as ModuleTable;
}

/** Words of the command line that functions were called by before. */
export const FORMER_NAMES: Readonly<Record<string, string>> = { browser: 'e2e' };

/** Functions whose files belong into the source, and are shown before they are written there: those that ask first. */
export const ASKED_FUNCTIONS: readonly string[] = ['eject', 'init'];

/** All of them. A lock is written without asking: it only adds to what its readers hold on to. */
export const SHOWN_FUNCTIONS: readonly string[] = [...ASKED_FUNCTIONS, 'lock'];

/** `pythonVersion` → `python-version`, as Dagger's command line names functions and flags: digits are words of their own there. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/([A-Za-z])(?=\d)|(\d)(?=[A-Za-z])/g, '$&-')
    .replace(/[ _.]/g, '-')
    .toLowerCase();
}

/** How a type is shown in help: `Directory`, `string`, `[string]`, or an enum's values. */
export function typeLabel(type: ValueType): string {
  switch (type.kind) {
    case 'object':
    case 'record':
      return type.name;
    case 'enum':
      return type.values.join('|');
    case 'list':
      return `[${typeLabel(type.of)}]`;
    default:
      return type.kind;
  }
}
