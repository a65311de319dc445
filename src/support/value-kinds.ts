/** Kinds of values that variables take, and what a trial gives to one that has no value: something of the right kind that is no one's. */
import { RUN_SERVICES } from './run-services.js';

/** What code makes of a variable's text. */
export type ValueKind = 'text' | 'number' | 'flag' | 'list' | 'JSON' | 'URL' | 'email' | 'path' | 'secret';

const WORDS: Readonly<Record<ValueKind, string>> = {
  text: 'text',
  number: 'a number',
  flag: 'a flag',
  list: 'a list',
  JSON: 'JSON',
  URL: 'a URL',
  email: 'an email address',
  path: 'a path',
  secret: 'a secret',
};

/** The kind as people are told of it. */
export function kindWords(kind: ValueKind): string {
  return WORDS[kind];
}

/**
 * What stands for a secret where none is asked for, as when static files are collected. It is a Fernet key as well, and Base64 of 32
 * bytes: whoever takes a secret apart finds what it looks for.
 */
export const NOBODYS_SECRET = 'OnlyForThisBuildStepAndNobodysSecretAAAAAAA=';

/** The address of nobody, for trials. */
export const EMAIL = 'trial@example.org';
const ADDRESS = 'http://localhost';

/** What names say of values, the first that fits. */
const BY_NAME: readonly Named[] = [
  [/(^|_)DSN$/, 'URL', 'http://none@localhost/1'],
  [/(^|_)(UR[IL]|ENDPOINT|WEBHOOK|ORIGIN|CALLBACK|ISSUER)S?$/, 'URL', ADDRESS],
  [
    /(^|_)(E?MAIL|EMAILS|MAIL_FROM|FROM_ADDRESS|SENDER|ADMINS|MANAGERS)$|(^|_)(FROM|ADMIN|SUPERUSER)_E?MAIL/,
    'email',
    EMAIL,
  ],
  [/^(ALLOWED_HOSTS|TRUSTED_HOSTS)$/, 'list', '*'],
  [/^SERVER_NAME$/, 'text', 'localhost:8000'],
  [/(^|_)(HOST|HOSTS|HOSTNAME|DOMAIN|DOMAINS|SERVER_NAME)$/, 'text', 'localhost'],
  [/(^|_)PORT$/, 'number', '8000'],
  [/(^|_)LOG_?LEVEL$/, 'text', 'INFO'],
  [/(^|_)(ENV|ENVIRONMENT|STAGE)$/, 'text', 'production'],
  [/(^|_)(TZ|TIME_?ZONE)$/, 'text', 'UTC'],
  [/(^|_)(LANG|LANGUAGE|LOCALE)(_CODE)?$/, 'text', 'en'],
  [/(^|_)REGION(_NAME)?$/, 'text', 'us-east-1'],
  // Of routes, as Flask and FastAPI want it.
  [/(^|_)PREFIX$|^API_V\d+(_STR)?$/, 'text', '/trial'],
  [/(^|_)ALGORITHM$/, 'text', 'HS256'],
  [/(^|_)(DIR|DIRECTORY|FOLDER|ROOT)$/, 'path', '/tmp'],
  [/(^|_)(DEBUG|ENABLED|DISABLED)$|^(IS|USE|ENABLE|DISABLE|ALLOW)_/, 'flag', 'false'],
  [
    /(^|_)(MAX|MIN|COUNT|LIMIT|SIZE|TIMEOUT|TTL|SECONDS|MINUTES|HOURS|DAYS|WORKERS|THREADS|RETRIES|ID)$|^(MAX|MIN|NUM)_/,
    'text',
    '10',
  ],
];

const USUAL: Readonly<Record<Exclude<ValueKind, 'secret'>, string>> = {
  text: 'trial',
  number: '10',
  flag: 'false',
  list: 'trial',
  JSON: '{}',
  URL: ADDRESS,
  email: EMAIL,
  path: '/tmp',
};

/** The kind of a variable that code takes as text, by its name. */
export function kindByName(name: string): ValueKind | undefined {
  return byName(name)?.[1];
}

/** What a trial gives to a variable of a kind: what its name asks for where that is of this kind, too. */
export function trialValue(name: string, kind: Exclude<ValueKind, 'secret'>): string {
  const named = byName(name);
  if (named && (named[1] === kind || fits(kind, named[2]))) return named[2];
  return USUAL[kind];
}

type Named = readonly [pattern: RegExp, kind: ValueKind, value: string];

function byName(written: string): Named | undefined {
  const name = written.toUpperCase();
  return serviceAddress(name) ?? BY_NAME.find(([pattern]) => pattern.test(name));
}

/** The address of a service that the app does without: a database in a file, or one that nobody answers at. */
function serviceAddress(name: string): Named | undefined {
  for (const [, { variables, isDatabase, protocol, drivers }] of RUN_SERVICES) {
    const pattern = variables.find(known => known.test(name));
    const scheme = protocol ?? drivers[0]?.plain;
    if (pattern && scheme !== undefined)
      return [pattern, 'URL', isDatabase ? 'sqlite:////data/trial.sqlite3' : `${scheme}://localhost`];
  }
  return undefined;
}

/** Text takes anything, and so does a list of one. */
function fits(kind: ValueKind, value: string): boolean {
  switch (kind) {
    case 'text':
    case 'list':
      return true;
    case 'number':
      return /^\d+$/.test(value);
    case 'URL':
      return /^\w+:\/\//.test(value);
    default:
      return false;
  }
}
