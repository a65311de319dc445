/** Environment variables that pydantic settings read: one for each field of a class, by the rules of that library. */

import { type EnvRead, fallbackOf } from './env-read.js';
import { argumentsOf, callsIn, literalString, type PythonModule, qualify } from './module.js';
import { canonicalName } from './names.js';
import type { PythonToken } from './tokens.js';

const BASES = [
  'pydantic.BaseSettings',
  'pydantic.v1.BaseSettings',
  'pydantic_settings.BaseSettings',
  'pydantic.env_settings.BaseSettings',
];

/** A class with the statements of its body. */
interface PythonClass {
  readonly name: string;
  readonly module: PythonModule;
  readonly bases: readonly string[];
  readonly body: PythonModule['statements'];
}

/** A field of a class. */
interface Field {
  readonly name: string;
  readonly line: number;
  /** The words after the colon, up to the equals sign. */
  readonly annotation: readonly PythonToken[];
  readonly value: readonly PythonToken[] | undefined;
}

/** Settings within settings: further than this nobody nests them. */
const DEEPEST = 3;

/** Finds the reads of all settings classes, those that inherit from another one too. */
export function findSettingsReads(modules: readonly PythonModule[]): EnvRead[] {
  const classes = new Map(modules.flatMap(module => classesIn(module, modules)).map(item => [item.name, item]));
  const isSettings = ({ bases }: PythonClass, depth = 10): boolean =>
    bases.some(base => {
      const own = classes.get(base);
      return BASES.includes(base) || (own !== undefined && depth > 0 && isSettings(own, depth - 1));
    });
  return [...classes.values()]
    .filter(item => isSettings(item))
    .flatMap(item => {
      const parts = ancestorsOf(item, classes).filter(part => !isSettings(part));
      return readsOf(item, [item, ...parts], modules, classes);
    });
}

/** The classes of the app that one inherits from, of any depth: settings are put together of models. */
function ancestorsOf({ bases }: PythonClass, classes: ReadonlyMap<string, PythonClass>): readonly PythonClass[] {
  const found = new Set<PythonClass>();
  const queue = [...bases];
  for (let base = queue.shift(); base !== undefined; base = queue.shift()) {
    const own = classes.get(base);
    if (own === undefined || found.has(own)) continue;
    found.add(own);
    queue.push(...own.bases);
  }
  return [...found];
}

function classesIn(module: PythonModule, modules: readonly PythonModule[]): PythonClass[] {
  return module.statements.flatMap(({ tokens }) => {
    if (tokens[0]?.text !== 'class') return [];
    const name = tokens[1]?.text ?? '';
    const bases = tokens[2]?.text === '(' ? argumentsOf(tokens, 2) : [];
    return [
      {
        name: qualify(module, name),
        module,
        bases: bases.map(base => canonicalName(qualify(module, base.tokens.map(({ text }) => text).join('')), modules)),
        body: module.statements.filter(({ scope }) => scope.at(-1) === name),
      },
    ];
  });
}

/** The reads of a settings class: of its own fields, and of those of the models that it is put together of. */
function readsOf(
  settings: PythonClass,
  parts: readonly PythonClass[],
  modules: readonly PythonModule[],
  classes: ReadonlyMap<string, PythonClass>,
): EnvRead[] {
  // The prefix stands in model_config, or in a class of the first pydantic inside this one.
  const prefix = optionOf(settings, 'env_prefix') ?? '';
  const delimiter = optionOf(settings, 'env_nested_delimiter');
  const walk = (item: PythonClass, before: string, depth: number): EnvRead[] =>
    fieldsOf(item).flatMap(field => {
      const { names, fallback } = understand(field);
      const at = { path: item.module.path, line: field.line };
      const inner = delimiter === undefined || depth === DEEPEST ? undefined : modelOf(field, item, modules, classes);
      if (inner) return walk(inner, `${before}${field.name}${delimiter}`, depth + 1);
      const read = names.length > 0 ? names : [before + field.name];
      const fails = fallback === undefined ? ({ without: 'fails' } as const) : {};
      return read.map(name => ({ name: name.toUpperCase(), ...at, ...fallbackOf(fallback), ...fails }));
    });
  return parts.flatMap(part => walk(part, prefix, 1));
}

function fieldsOf({ body }: PythonClass): Field[] {
  return body.flatMap(({ tokens, line }) => {
    if (tokens[0]?.kind !== 'name' || tokens[1]?.text !== ':' || tokens.length < 3) return [];
    const at = tokens.findIndex(({ text, kind }) => text === '=' && kind === 'op');
    return [
      {
        name: tokens[0].text,
        line,
        annotation: at < 0 ? tokens.slice(2) : tokens.slice(2, at),
        value: at < 0 ? undefined : tokens.slice(at + 1),
      },
    ];
  });
}

/** What `Field(...)` says of a field: the names it is read by in place of its own, and its default. */
function understand({ value }: Field): { names: readonly string[]; fallback: readonly PythonToken[] | undefined } {
  const call = value && callsIn(value)[0];
  if (!value || !call || !/(^|\.)Field$/.test(call.callee)) return { names: [], fallback: value };
  const parts = argumentsOf(value, call.open);
  const alias = ['validation_alias', 'env', 'alias']
    .map(name => parts.find(({ keyword }) => keyword === name))
    .find(part => part !== undefined);
  const names = (alias?.tokens ?? []).filter(({ kind }) => kind === 'string').map(({ text }) => text);
  const fallback =
    parts.find(({ keyword }) => keyword === 'default') ??
    parts.find(({ keyword, tokens }) => keyword === undefined && tokens[0]?.text !== '...');
  const isMade = parts.some(({ keyword }) => keyword === 'default_factory');
  return { names, fallback: fallback?.tokens ?? (isMade ? value : undefined) };
}

/** The class of the app that a field's value is an object of. */
function modelOf(
  { annotation }: Field,
  { module }: PythonClass,
  modules: readonly PythonModule[],
  classes: ReadonlyMap<string, PythonClass>,
): PythonClass | undefined {
  const written = annotation.map(({ text }) => text).join('');
  return /^[\w.]+$/.test(written) ? classes.get(canonicalName(qualify(module, written), modules)) : undefined;
}

function optionOf({ body, module, name }: PythonClass, option: string): string | undefined {
  const own = name.slice(name.lastIndexOf('.') + 1);
  const inside = module.statements.filter(({ scope }) => scope.at(-2) === own);
  for (const { tokens } of [...body, ...inside]) {
    const at = tokens.findIndex(({ text, kind }) => text === option && kind !== 'op');
    const value = at < 0 ? undefined : tokens.slice(at + 1).find(({ kind }) => kind === 'string');
    if (value) return literalString([value]);
  }
  return undefined;
}
