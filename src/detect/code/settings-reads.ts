/** Environment variables that pydantic settings read: one for each field of a class, by the rules of that library. */
import { defined } from '../../source/defined.js';
import { type FindClass, isOptional, type KnownClass, wantedByAnnotation } from './annotation-values.js';
import { circumstancesOf } from './circumstances.js';
import { type EnvRead, fallbackOf, type ReadNeed } from './env-read.js';
import { argumentsOf, callsIn, type PythonModule, qualify } from './module.js';
import { canonicalName } from './names.js';
import type { PythonToken } from './tokens.js';

/** The base classes, by whether they are of the first pydantic. */
const BASES: ReadonlyMap<string, { readonly first: boolean }> = new Map([
  ['pydantic_settings.BaseSettings', { first: false }],
  ['pydantic.BaseSettings', { first: true }],
  ['pydantic.env_settings.BaseSettings', { first: true }],
  ['pydantic.v1.BaseSettings', { first: true }],
]);

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

/** All classes of the app, and how their names are written in it. */
interface Classes {
  readonly modules: readonly PythonModule[];
  readonly byName: ReadonlyMap<string, PythonClass>;
}

const FAILS = { without: 'fails' } as const;

/** Settings within settings: further than this nobody nests them. */
const DEEPEST = 3;

/** Finds the reads of all settings classes, those that inherit from another one too. */
export function findSettingsReads(modules: readonly PythonModule[]): EnvRead[] {
  const all = modules.flatMap(module => classesIn(module, modules));
  const classes = { modules, byName: new Map(all.map(item => [item.name, item])) };
  const settings = all.flatMap(item => {
    const base = settingsBase(item, classes) ?? (isFilledFromEnvironment(item) ? { first: false } : undefined);
    return base ? [{ item, ...base }] : [];
  });
  if (settings.length === 0) return [];
  const made = madeNames(modules);
  const isMade = (item: PythonClass) =>
    made.has(item.name) ||
    settings.some(({ item: other }) => made.has(other.name) && ancestorsOf(other, classes).includes(item));
  const areMade = settings.some(({ item }) => isMade(item));
  return settings.flatMap(({ item, first }) => {
    const parts = ancestorsOf(item, classes).filter(part => settingsBase(part, classes) === undefined);
    return readsOf({ settings: item, parts, isFirst: first, classes, isMade: !areMade || isMade(item) });
  });
}

/** The classes of the app that one inherits from, of any depth: settings are put together of models. */
function ancestorsOf({ bases }: PythonClass, { byName }: Classes): readonly PythonClass[] {
  const found = new Set<PythonClass>();
  const queue = [...bases];
  for (let base = queue.shift(); base !== undefined; base = queue.shift()) {
    const own = byName.get(base);
    if (own === undefined || found.has(own)) continue;
    found.add(own);
    queue.push(...own.bases);
  }
  return [...found];
}

/** What makes a class one of settings: the library's base, by whatever way. */
function settingsBase({ bases }: PythonClass, classes: Classes, depth = 10): { readonly first: boolean } | undefined {
  for (const base of bases) {
    const own = classes.byName.get(base);
    const known = BASES.get(base) ?? (own && depth > 0 ? settingsBase(own, classes, depth - 1) : undefined);
    if (known) return known;
  }
  return undefined;
}

/** Whether a plain model has fields named as variables are, in a module that takes all of them: `Config(**os.environ)`. */
function isFilledFromEnvironment(item: PythonClass): boolean {
  if (!item.bases.includes('pydantic.BaseModel')) return false;
  const fields = fieldsOf(item);
  return fields.length > 0 && fields.every(({ name }) => /^[A-Z][A-Z0-9_]*$/.test(name)) && takesAll(item.module);
}

/** Whether all variables of the environment, or of a file, are taken at once. */
function takesAll(module: PythonModule): boolean {
  return module.statements.some(({ tokens }) => {
    if (callsIn(tokens).some(({ callee }) => qualify(module, callee) === 'dotenv.dotenv_values')) return true;
    return tokens.some(({ text, kind }, at) => {
      if (kind !== 'name' || text !== 'environ') return false;
      const name = tokens[at - 1]?.text === '.' ? `${tokens[at - 2]?.text}.environ` : text;
      return qualify(module, name) === 'os.environ' && /^([)},]|)$/.test(tokens[at + 1]?.text ?? '');
    });
  });
}

/** Names of what is called, or handed on to be: `Settings()`, `default_factory=Settings`. */
function madeNames(modules: readonly PythonModule[]): ReadonlySet<string> {
  const names = modules.flatMap(module =>
    module.statements.flatMap(({ tokens }, index) => {
      // What the app does without when it cannot be made: `try: Search() except ValidationError: None`.
      if (circumstancesOf(module, index, 0) === 'handled') return [];
      const called = callsIn(tokens).map(({ callee }) => callee);
      const handed = tokens.flatMap(({ kind, text }, at) => {
        const before = tokens[at - 1]?.text ?? '';
        const isAlone = /^[,)]$/.test(tokens[at + 1]?.text ?? ',');
        return kind === 'name' && isAlone && /^[=(,]$/.test(before) ? [text] : [];
      });
      return tokens[0]?.text === 'class'
        ? []
        : [...called, ...handed].map(name => canonicalName(qualify(module, name), modules));
    }),
  );
  return new Set(names);
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

/** A class of settings, with what its fields are read by. */
interface Reading {
  readonly settings: PythonClass;
  /** The models that it is put together of. */
  readonly parts: readonly PythonClass[];
  readonly classes: Classes;
  /** Whether it is one of the first pydantic, where what may be None is. */
  readonly isFirst: boolean;
  readonly isMade: boolean;
}

function readsOf({ settings, parts, classes, isFirst, isMade }: Reading): EnvRead[] {
  // The prefix stands in model_config, or in a class of the first pydantic inside this one.
  const option = (name: string) => inheritedOption(settings, name, classes);
  const prefix = option('env_prefix')?.text ?? '';
  const delimiter = option('env_nested_delimiter')?.text;
  const keepsCase = option('case_sensitive')?.text === 'True';
  const asRead = (name: string) => (keepsCase ? name : name.toUpperCase());
  const walk = (item: PythonClass, before: string, depth: number, isGiven = false): EnvRead[] =>
    fieldsOf(item).flatMap(field => {
      const { names, fallback } = understand(field);
      const at = { path: item.module.path, line: field.line };
      const inner = delimiter === undefined || depth === DEEPEST ? undefined : modelOf(field, item, classes);
      const hasDefault = isGiven || fallback !== undefined;
      // Settings within settings that have a default can be given one by one all the same.
      if (inner) return walk(inner, `${before}${field.name}${delimiter}`, depth + 1, hasDefault);
      const read = names.length > 0 ? names : [before + field.name];
      const isNeeded = isMade && !hasDefault && !(isFirst && isOptional(field.annotation));
      const need = isNeeded ? needOf(read[0]!, field, item, classes) : undefined;
      // Any of several names does.
      return read.map((name, index) =>
        defined({
          name: asRead(name),
          ...at,
          ...fallbackOf(fallback),
          ...(hasDefault ? {} : FAILS),
          need: index === 0 ? need : undefined,
        }),
      );
    });
  return [settings, ...parts].flatMap(part => walk(part, prefix, 1));
}

function needOf(name: string, { annotation }: Field, { module }: PythonClass, classes: Classes): ReadNeed {
  return { ...wantedByAnnotation(name.toUpperCase(), annotation, classFinder(module, classes)), always: true };
}

/** Finds enumerations and models by the names that a module has for them. */
function classFinder(module: PythonModule, classes: Classes): FindClass {
  return written => {
    if (!/^[\w.]+$/.test(written)) return undefined;
    const item = classes.byName.get(canonicalName(qualify(module, written), classes.modules));
    return item && asKnown(item, classes);
  };
}

function asKnown(item: PythonClass, classes: Classes): KnownClass | undefined {
  if (item.bases.some(base => /^enum\.\w*(Enum|Flag)$/.test(base))) {
    const member = item.body.find(({ tokens }) => tokens[1]?.text === '=' && tokens[2]?.kind !== 'op');
    return member && { kind: 'enum', value: member.tokens[2]?.text ?? '' };
  }
  const fields = fieldsOf(item).map(field => {
    const { fallback } = understand(field);
    return { name: field.name, annotation: field.annotation, hasDefault: fallback !== undefined };
  });
  return fields.length === 0 ? undefined : { kind: 'model', fields, classOf: classFinder(item.module, classes) };
}

function fieldsOf({ body }: PythonClass): Field[] {
  return body.flatMap(({ tokens, line }) => {
    if (tokens[0]?.kind !== 'name' || tokens[1]?.text !== ':' || tokens.length < 3) return [];
    if (tokens[0].text === 'model_config' || tokens.some(({ text }) => text === 'ClassVar')) return [];
    const at = equalsIn(tokens);
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

/** Index of the equals sign that stands in no bracket; -1 when there is none. */
function equalsIn(tokens: readonly PythonToken[]): number {
  let depth = 0;
  return tokens.findIndex(({ text, kind }) => {
    if (kind !== 'op') return false;
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text)) depth--;
    return depth === 0 && text === '=';
  });
}

/** What `Field(...)` says of a field: the names it is read by in place of its own, and its default. */
function understand({ value, annotation }: Field): {
  readonly names: readonly string[];
  readonly fallback: readonly PythonToken[] | undefined;
} {
  if (value?.length === 1 && value[0]?.text === '...') return { names: [], fallback: undefined };
  const isPlain = value !== undefined && !callsIn(value).some(isField);
  // `Annotated[str, Field(alias="NAME")]`
  const words = value === undefined || isPlain ? annotation : value;
  const call = callsIn(words).find(isField);
  if (!call) return { names: [], fallback: value };
  const parts = argumentsOf(words, call.open);
  const alias = ['validation_alias', 'env', 'alias']
    .map(name => parts.find(({ keyword }) => keyword === name))
    .find(part => part !== undefined);
  const names = (alias?.tokens ?? []).filter(({ kind }) => kind === 'string').map(({ text }) => text);
  if (isPlain) return { names, fallback: value };
  const fallback =
    parts.find(({ keyword }) => keyword === 'default') ??
    parts.find(({ keyword, tokens }) => keyword === undefined && tokens[0]?.text !== '...');
  const isMade = parts.some(({ keyword }) => keyword === 'default_factory');
  return { names, fallback: fallback?.tokens ?? (isMade ? words : undefined) };
}

function isField({ callee }: { readonly callee: string }): boolean {
  return /(^|\.)Field$/.test(callee);
}

/** The class of the app that a field's value is an object of. */
function modelOf({ annotation }: Field, { module }: PythonClass, classes: Classes): PythonClass | undefined {
  const written = annotation.map(({ text }) => text).join('');
  return /^[\w.]+$/.test(written)
    ? classes.byName.get(canonicalName(qualify(module, written), classes.modules))
    : undefined;
}

/** An option of a class, or of one that it inherits from. */
function inheritedOption(item: PythonClass, option: string, classes: Classes, depth = 10): PythonToken | undefined {
  const own = optionOf(item, option);
  if (own !== undefined || depth === 0) return own;
  for (const base of item.bases) {
    const above = classes.byName.get(base);
    const found = above && inheritedOption(above, option, classes, depth - 1);
    if (found) return found;
  }
  return undefined;
}

/** The literal that an option of a class is given. */
function optionOf({ body, module, name }: PythonClass, option: string): PythonToken | undefined {
  const own = name.slice(name.lastIndexOf('.') + 1);
  const inside = module.statements.filter(({ scope }) => scope.at(-2) === own);
  for (const { tokens } of [...body, ...inside]) {
    const at = tokens.findIndex(({ text, kind }) => text === option && kind !== 'op');
    const value = at < 0 ? undefined : tokens.slice(at + 1).find(({ kind }) => kind !== 'op');
    if (value) return value;
  }
  return undefined;
}
