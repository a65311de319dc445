/** Databases that SQLite keeps in files: where the code says they lie. */

import { resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { SERVICES } from '../../support/services/index.js';
import type { EnvRead } from '../code/env-read.js';
import { isBesideApp } from '../code/env-reads.js';
import { argumentsOf, callsIn, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { writtenPath } from '../code/written-paths.js';
import type { ServiceFacts } from '../facts.js';
import type { Project } from '../project.js';

/** A file by its path, absolute or relative to the app's directory, and the setting that names it. */
export interface DatabaseFile extends Sourced<string> {
  readonly why: string;
}

/** Directory that Flask-SQLAlchemy takes relative addresses from. */
const INSTANCE = 'instance';

/** What Django's settings call SQLite, in whichever variable they say it. */
const DJANGO_ENGINE = 'django.db.backends.sqlite3';

/**
 * Finds the files that lie beside code, where nobody should write; none when the app has a database server.
 * @param inSettings those that files of settings name
 */
export function detectDatabaseFiles(
  project: Project,
  services: readonly ServiceFacts[],
  reads: readonly EnvRead[],
  inSettings: readonly DatabaseFile[],
): readonly Sourced<string>[] {
  if (services.some(({ kind }) => SERVICES[kind].isDatabase)) return [];
  const named = [...findDatabaseFiles(project), ...inSettings];
  // A name alone is often joined to a directory, which the code shows.
  const byDefault = defaultFiles(reads).filter(({ value }) => !named.some(file => file.value.endsWith(`/${value}`)));
  const files = [...named, ...byDefault].filter(({ value }) => isBesideCode(project, value));
  return [...new Map(files.map(file => [file.value, file])).values()];
}

/** Those that variables name by default: `os.getenv("JOBS_DB", "database/jobs.db")`. */
export function defaultFiles(reads: readonly EnvRead[]): readonly DatabaseFile[] {
  return reads.flatMap(({ name, fallback = '', path, line }) => {
    const isFile = /^(\.?\/)?[\w./-]*\w\.(db|sqlite3?)$/.test(fallback);
    const value = fallback.startsWith('/') ? fallback : resolvePath('', fallback);
    return isFile ? [{ value, place: { file: path, line }, why: `the default of ${name}` }] : [];
  });
}

/** The directory that relative addresses start from. */
export function relativeTo(modules: readonly PythonModule[]): string {
  const isFlasks = ({ imports }: PythonModule) =>
    [...imports.values()].some(name => name.startsWith('flask_sqlalchemy'));
  return modules.some(isFlasks) ? INSTANCE : '';
}

/** Finds all that the code names itself. */
export function findDatabaseFiles({ modules }: Project): readonly DatabaseFile[] {
  const base = relativeTo(modules);
  return modules.flatMap(module =>
    module.isTest || isBesideApp(module.path)
      ? []
      : withSchemes(module).flatMap(({ tokens, line, schemes }) => {
          const place = { file: module.path, line };
          const why = 'a database of SQLite';
          const around = { module, modules };
          const path = databasePath(tokens, schemes, around) ?? openedPath(tokens, around);
          const literals = tokens.flatMap(({ kind, text, formatted }) => {
            const written =
              kind === 'string' && !formatted && /^sqlite(?:\+\w+)?:\/\/\/([^?:{}%]+)(?:\?|$)/.exec(text)?.[1];
            return written ? [written.startsWith('/') ? written : resolvePath(base, written)] : [];
          });
          return [...(path ? [path] : []), ...literals].map(value => ({ value, place, why }));
        }),
  );
}

/** The statements of a function that puts an address together of its parameter, with what it is called with: `uri("shop.db")`. */
function calledWith({ statements }: PythonModule): readonly Pick<ScopedStatement, 'tokens' | 'line'>[] {
  const makers = statements.flatMap(({ tokens, scope }) => {
    const [name] = scope;
    const def = statements.find(({ tokens: [word, own] }) => word?.text === 'def' && own?.text === name);
    const [parameter, another] = def ? argumentsOf(def.tokens, 2).flatMap(part => part.tokens[0]?.text ?? []) : [];
    const isOne = tokens[0]?.text === 'return' && scope.length === 1 && parameter !== undefined && !another;
    return isOne && tokens.some(token => isScheme(token, new Set())) ? [{ name, parameter, tokens }] : [];
  });
  if (makers.length === 0) return [];
  return statements.flatMap(statement =>
    callsIn(statement.tokens).flatMap(({ callee, open, line }) => {
      const maker = makers.find(({ name }) => name === callee);
      const [given, more] = maker ? argumentsOf(statement.tokens, open) : [];
      const [literal, rest] = given?.tokens ?? [];
      if (!maker || more || literal?.kind !== 'string' || rest) return [];
      return [{ line, tokens: maker.tokens.map(token => (token.text === maker.parameter ? literal : token)) }];
    }),
  );
}

/** The statements of a module, each with the names that stand in it for the beginning of SQLite's addresses: they are looked for once. */
function withSchemes(module: PythonModule) {
  const { statements } = module;
  const schemes = new Set(
    statements.flatMap(({ tokens: [target, equals, value, ...more] }) =>
      target && equals?.text === '=' && value?.kind === 'string' && SCHEME.test(value.text) && more.length === 0
        ? [target.text]
        : [],
    ),
  );
  return [...statements, ...calledWith(module)].map(({ tokens, line }) => ({ tokens, line, schemes }));
}

/** Where an expression stands. */
interface Around {
  readonly module: PythonModule;
  readonly modules: readonly PythonModule[];
}

/** Whether a file lies in a directory that holds code of the app: that is no place for data. */
export function isBesideCode({ modules }: Project, path: string): boolean {
  if (path.startsWith('/')) return false;
  const directory = path.replace(/[^/]*$/, '');
  return directory === '' || modules.some(module => module.path.startsWith(directory));
}

/** The file of `"sqlite:///" + path`, or of the NAME among Django's databases when one is SQLite. */
function databasePath(
  tokens: readonly PythonToken[],
  schemes: ReadonlySet<string>,
  around: Around,
): string | undefined {
  const inText = formattedPath(tokens, around);
  if (inText !== undefined) return inText;
  const scheme = tokens.findIndex(token => isScheme(token, schemes));
  if (scheme >= 0 && tokens[scheme + 1]?.text === '+') return pathAt(tokens, scheme + 2, around);
  const name = tokens.findIndex(
    ({ kind, text }, at) => kind === 'string' && text === 'NAME' && tokens[at + 1]?.text === ':',
  );
  const isDatabases = tokens[0]?.text === 'DATABASES';
  const isSqlite = tokens.some(({ text }) => text === DJANGO_ENGINE || (isDatabases && text.endsWith('.sqlite3')));
  const path = name >= 0 && isSqlite ? pathAt(tokens, name + 2, around) : undefined;
  return path !== undefined && /^(:memory:|file:)/.test(path) ? undefined : path;
}

/** What opens a file as a database without an address. */
const OPENERS = /^(sqlite3(\.dbapi2)?\.connect|aiosqlite\.connect|(peewee|playhouse\.\w+)\.Sqlite\w*Database)$/;

/** The file of `sqlite3.connect("shop.db")`. */
function openedPath(tokens: readonly PythonToken[], around: Around): string | undefined {
  const call = callsIn(tokens).find(({ callee }) => OPENERS.test(qualify(around.module, callee)));
  const path = call && pathAt(tokens, call.open + 1, around);
  return path === undefined || path === '' || /^(:memory:|file:)/.test(path) ? undefined : path;
}

/** The file of `f"sqlite:///{PATH}"` or `f"sqlite:///{BASE_DIR}/shop.db"`: a text with one field, for the whole path or its beginning. */
function formattedPath(tokens: readonly PythonToken[], around: Around): string | undefined {
  const at = tokens.findIndex(({ formatted, text }) => formatted && /^sqlite(\+\w+)?:\/\/\//.test(text));
  const [, rest = ''] = /^[^:]*:\/\/\/(.*)$/.exec(tokens[at]?.text ?? '') ?? [];
  const isOne = tokens[at + 1]?.text === 'field' && tokens.slice(at + 2).every(({ text }) => text !== 'field');
  if (at < 0 || !isOne || !/^(\/\w[\w./-]*\.(db|sqlite3?))?$/.test(rest)) return undefined;
  const start = pathAt(tokens, at + 2, around);
  if (start === undefined || rest === '') return start;
  return start.startsWith('/') ? `${start}${rest}` : resolvePath(start, rest.slice(1));
}

/** Three slashes come before a path, four before an absolute one on other systems than Windows: apps ask for the system and take either. */
const SCHEME = /^sqlite(\+\w+)?:\/{3,4}$/;

/** Whether a token is the beginning of SQLite's addresses, or a name of the module for it: `prefix + path`. */
function isScheme({ kind, text }: PythonToken, schemes: ReadonlySet<string>): boolean {
  return kind === 'string' ? SCHEME.test(text) : kind === 'name' && schemes.has(text);
}

/** The path that the expression from an index on spells out. */
function pathAt(tokens: readonly PythonToken[], start: number, { module, modules }: Around): string | undefined {
  const value = tokens.slice(start);
  let depth = 0;
  const end = value.findIndex(({ kind, text }) => {
    if (kind === 'op' && /^[([{]$/.test(text)) depth++;
    if (kind === 'op' && /^[)\]}]$/.test(text)) depth--;
    return depth < 0 || (depth === 0 && text === ',');
  });
  return writtenPath(end < 0 ? value : value.slice(0, end), module, modules);
}
