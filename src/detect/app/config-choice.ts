/**
 * Configurations of which a variable without a default chooses one: by a table, `configs[os.getenv("APP_SETTINGS")]`, or by the name of a class,
 * `app.config.from_object(os.environ["APP_SETTINGS"])`, as Flask's documentation has it.
 */
import { defined } from '../../source/defined.js';
import type { EnvRead } from '../code/env-read.js';
import { naming } from '../code/mentions.js';
import { argumentsOf, callsIn, type PythonModule, qualify } from '../code/module.js';
import { targetOf } from '../code/value-use.js';
import type { SettingsChoice } from './settings-choice.js';
import { configTables } from './unchosen-config.js';

/** Names of variables that choose: `APP_SETTINGS`, `FLASK_CONFIG`, `CONFIG_NAME`, `APP_ENV`. */
const CHOOSES = /(^|_)(CONFIG(URATION)?(_NAME|_MODE|_CLASS)?|SETTINGS(_MODULE|_CLASS)?|ENV(IRONMENT)?|STAGE|MODE)$/;

/** `ProductionConfig`, `ConfigProd`, `Production`. */
const CLASS_FOR_PEOPLE = /^(Config)?(Prod|Production|Live)(Config(uration)?|Settings)?$/;
const CLASS = /^[A-Z]\w*$/;

/**
 * Finds the variable, and what leads to the configuration for people; undefined where the code does without the variable, where several could be
 * meant, or where nobody but people could tell.
 */
export function configChoice(modules: readonly PythonModule[], reads: readonly EnvRead[]): SettingsChoice | undefined {
  const own = modules.filter(({ isTest }) => !isTest);
  const needed = reads.filter(
    read => read.required && read.fallback === undefined && own.some(({ path }) => path === read.path),
  );
  return byClass(own, needed) ?? byTable(own, needed) ?? byModule(own, reads);
}

/** What imports a module by a text. */
const IMPORTS = /^(importlib\.)?(import_module|__import__)$|(^|\.)import_string$/;

const IMPORTING = ['import_module', '__import__', 'import_string'];

/** `prod`, `settings_production`, `production_config`. */
const MODULE_FOR_PEOPLE = /^((config|settings)_)?(prod|production|prd|live)(_(config|settings))?$/i;

/**
 * The variable that names a module which the code imports by its name, whole or with a beginning: `importlib.import_module(f"settings.{ENV}")`.
 * Without it the code may take another one, but not that for people.
 */
function byModule(own: readonly PythonModule[], reads: readonly EnvRead[]): SettingsChoice | undefined {
  for (const { read, prefix } of naming(IMPORTING, own).flatMap(module => moduleReads(module, reads))) {
    const named = own.flatMap(({ name, path }) => {
      const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
      const isOne = prefix === '' ? /(^|\.)\w*(settings|config)\w*\./.test(rest) : /^\w+$/.test(rest);
      return isOne
        ? [{ value: rest, last: rest.slice(rest.lastIndexOf('.') + 1), place: { file: path, line: 1 } }]
        : [];
    });
    const [forPeople, another] = named.filter(({ last }) => MODULE_FOR_PEOPLE.test(last));
    if (!forPeople || another || read.fallback === forPeople.value) continue;
    const values = named.filter(({ last }) => !last.startsWith('_')).map(({ value }) => value);
    const choice = choiceOf(read, forPeople.value, values, forPeople.place);
    return { ...choice, ...defined({ fallback: read.fallback }), isOptional: read.without !== 'fails' };
  }
  return undefined;
}

/** The variables whose values name a module to be imported, with what stands before these. */
function moduleReads(module: PythonModule, reads: readonly EnvRead[]) {
  const mine = reads.filter(({ path }) => path === module.path);
  if (mine.length === 0) return [];
  return module.statements.flatMap(({ tokens }) =>
    callsIn(tokens).flatMap(({ callee, open }) => {
      if (!IMPORTS.test(qualify(module, callee))) return [];
      const given = argumentsOf(tokens, open)[0]?.tokens ?? [];
      const [first, second] = given;
      const isBeginning = first?.kind === 'string' && (first.formatted === true || /^[+%]$/.test(second?.text ?? ''));
      const prefix = isBeginning ? first.text.replace(/%s$/, '') : '';
      const names = new Set(given.map(({ text }) => text));
      const read = mine.find(one => names.has(one.name) || names.has(nameOf(one, module) ?? ''));
      return read ? [{ read, prefix }] : [];
    }),
  );
}

function byTable(own: readonly PythonModule[], needed: readonly EnvRead[]): SettingsChoice | undefined {
  const tables = configTables(own).filter(({ name }) => own.some(module => isIndexed(module, name)));
  const choosing = needed.filter(({ name }) => CHOOSES.test(name));
  const [table, anotherTable] = tables;
  const [read, ...others] = choosing;
  if (!table || anotherTable || !read || others.some(({ name }) => name !== read.name)) return undefined;
  return choiceOf(read, table.forPeople, table.keys, table.place);
}

/** Whether a table is asked by a name, not by one of its keys. */
function isIndexed({ statements }: PythonModule, table: string): boolean {
  return statements.some(({ tokens }) =>
    tokens.some(({ text, kind }, at) => {
      const [first, second, third] = tokens.slice(at + 1, at + 4);
      const key = first?.text === '[' ? second : first?.text === '.' && second?.text === 'get' ? third : undefined;
      return kind === 'name' && text === table && key !== undefined && key.kind !== 'string';
    }),
  );
}

function byClass(own: readonly PythonModule[], needed: readonly EnvRead[]): SettingsChoice | undefined {
  const read = own.flatMap(module => objectReads(module, needed))[0];
  if (!read) return undefined;
  const classes = own.flatMap(module =>
    module.statements.flatMap(({ tokens, scope, line }) => {
      const name = tokens[0]?.text === 'class' && scope.length === 0 ? tokens[1]?.text : undefined;
      const isConfig = name !== undefined && CLASS.test(name) && /config|settings/i.test(`${module.name} ${name}`);
      return isConfig ? [{ name, value: `${module.name}.${name}`, place: { file: module.path, line } }] : [];
    }),
  );
  const [forPeople, another] = classes.filter(({ name }) => CLASS_FOR_PEOPLE.test(name));
  if (!forPeople || another) return undefined;
  const beside = classes.filter(({ place }) => place.file === forPeople.place.file).map(({ value }) => value);
  return choiceOf(read, forPeople.value, beside, forPeople.place);
}

/** The variables whose value is given to `from_object`, as they are read or by a name of the module. */
function objectReads(module: PythonModule, needed: readonly EnvRead[]): readonly EnvRead[] {
  const mine = needed.filter(({ path }) => path === module.path);
  if (mine.length === 0) return [];
  return module.statements.flatMap(({ tokens }) =>
    callsIn(tokens).flatMap(({ callee, open }) => {
      if (!callee.endsWith('.from_object')) return [];
      const [given] = argumentsOf(tokens, open);
      const names = new Set(given?.tokens.map(({ text }) => text));
      return mine.filter(read => names.has(read.name) || names.has(nameOf(read, module) ?? ''));
    }),
  );
}

/** The name that a variable's value has in its module. */
function nameOf({ line, name }: EnvRead, { statements }: PythonModule): string | undefined {
  const statement = statements.find(({ tokens }) => tokens.some(token => token.line === line && token.text === name));
  return statement && targetOf(statement.tokens);
}

function choiceOf(
  read: EnvRead,
  value: string,
  values: readonly string[],
  place: SettingsChoice['place'],
): SettingsChoice {
  return { variable: read.name, value, place, isOptional: false, values, left: new Set() };
}
