/** Variables by whose words the code chooses a database: `if os.getenv("DB") == "postgres": DATABASES = …`. */
import { defined } from '../../source/defined.js';
import type { ServiceKind } from '../../support/run-services.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import type { ServicePart } from '../facts.js';
import { isHint } from '../files/deployment.js';
import { variableOf } from './addresses.js';
import { textsOf } from './optional.js';
import type { ServiceRead } from './setting-reads.js';
import { targetsOf } from './targets.js';

/** Names of variables about databases; what else is compared with a word chooses more than one. */
const ABOUT_DATABASES = /(^|_)(DB|DATABASE|SQL|PG|POSTGRES(QL)?|MYSQL|MARIADB)(_|$)/;

/**
 * Finds the variables that have to hold a word for the app to use a database, with that word: each is compared with it above a block that
 * names the database. None where the word is the default anyway, or where the deployment gives another.
 */
export function choicesOf(
  kind: ServiceKind,
  reads: readonly ServiceRead[],
  modules: readonly PythonModule[],
): readonly ServicePart[] {
  const found = new Map<string, ServicePart>();
  for (const read of reads) {
    if (found.has(read.name) || !ABOUT_DATABASES.test(read.name)) continue;
    const words = wordsChoosing(kind, read, modules);
    const given = read.given === undefined || isHint(read.given) ? undefined : read.given.value;
    const isOther = given !== undefined && !words.includes(given);
    const [first] = words;
    if (first === undefined || isOther || words.includes(read.fallback ?? '')) continue;
    const hinted = words.find(word => word === read.given?.value);
    found.set(read.name, defined({ part: 'choice', variable: variableOf(read), word: hinted ?? first } as const));
  }
  return [...found.values()];
}

/** Names of variables that hold the first word of an address which the code puts together. */
const BEGINS_ADDRESS = /_(TYPE|ENGINE|DRIVER|DRIVERNAME|DIALECT|BACKEND|SCHEME|PROVIDER|CONNECTION)$/;

/**
 * Finds the variables that name SQLite by default where an address begins, `DB_TYPE = "sqlite+aiosqlite"`, with the scheme of the app's database in
 * the same spelling. None where the deployment gives another word.
 */
export function schemeChoices(
  reads: readonly ServiceRead[],
  { scheme, plain }: { readonly scheme: string; readonly plain: string },
): readonly ServicePart[] {
  const found = reads.flatMap(read => {
    const isGiven = read.given !== undefined && !isHint(read.given);
    const sqlite = /^sqlite3?(\+\w+)?$/.exec(read.fallback ?? '');
    const isOne = sqlite && BEGINS_ADDRESS.test(read.name) && ABOUT_DATABASES.test(read.name);
    if (isGiven || !isOne) return [];
    return [{ part: 'choice', variable: variableOf(read), word: sqlite[1] === undefined ? plain : scheme } as const];
  });
  return [...new Map(found.map(part => [part.variable.value, part])).values()];
}

/**
 * The variable by whose words the code chooses a database, SQLite among them, and without which it has that one: it has no default, and the
 * deployment gives it no value.
 */
export function choiceLeftOpen(
  reads: readonly ServiceRead[],
  modules: readonly PythonModule[],
): ServiceRead | undefined {
  const own = modules.filter(({ isTest }) => !isTest);
  return reads.find(read => {
    const isAbout = ABOUT_DATABASES.test(read.name) && BEGINS_ADDRESS.test(read.name);
    if (!isAbout || read.fallback !== undefined || read.without === 'fails' || read.given !== undefined) return false;
    const names = new Set([read.name, ...targetsOf(read, modules)]);
    return own.some(({ statements }) =>
      statements.some(
        ({ tokens }) =>
          /^(if|elif)$/.test(tokens[0]?.text ?? '') &&
          comparedWith(tokens, names).some(word => /^sqlite3?$/i.test(word)),
      ),
    );
  });
}

function wordsChoosing(kind: ServiceKind, read: ServiceRead, modules: readonly PythonModule[]): readonly string[] {
  const names = new Set([read.name, ...targetsOf(read, modules)]);
  const texts = textsOf(kind);
  return modules
    .filter(({ isTest }) => !isTest)
    .flatMap(({ statements }) =>
      statements.flatMap(({ tokens, indent }, at) => {
        if (!/^(if|elif)$/.test(tokens[0]?.text ?? '')) return [];
        const words = comparedWith(tokens, names);
        if (words.length === 0) return [];
        const rest = statements.slice(at + 1);
        const end = rest.findIndex(statement => statement.indent <= indent);
        const block = (end < 0 ? rest : rest.slice(0, end)).flatMap(statement => statement.tokens);
        // A word alone may be any name; an engine or an address has a sign in it.
        const isMeant = block.some(
          ({ kind: form, text }) => form === 'string' && /[.:]/.test(text) && texts.test(text),
        );
        return isMeant ? words : [];
      }),
    );
}

/** The words that a value with one of some names is compared with: `DB == "postgres"`, `os.getenv("DB") in ["mysql", "mariadb"]`. */
function comparedWith(tokens: readonly PythonToken[], names: ReadonlySet<string>): readonly string[] {
  const at = tokens.findIndex(({ kind, text }) => kind !== 'op' && names.has(text));
  if (at < 0) return [];
  const operator = tokens.findIndex(
    ({ kind, text }, index) => index > at && (text === '==' || (kind === 'name' && text === 'in')),
  );
  const end = tokens.findIndex(
    ({ kind, text }, index) => index > operator && ((kind === 'name' && /^(and|or)$/.test(text)) || text === ':'),
  );
  if (operator < 0) return [];
  const [first, ...others] = tokens.slice(operator + 1, end < 0 ? undefined : end);
  if (tokens[operator]!.text === '==') return first?.kind === 'string' ? [first.text] : [];
  return others.flatMap(({ kind, text }) => (kind === 'string' ? [text] : []));
}
