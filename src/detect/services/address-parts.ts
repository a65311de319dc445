/** Addresses in parts: variables such as DB_HOST, DB_USER and DB_PASSWORD, of which the code makes the address itself. */
import type { EnvRead } from '../code/env-read.js';
import type { AddressPart, Framework, ServiceKind, ServicePart } from '../facts.js';

/** The beginnings of names for each kind; DB_ and the like are those of the one database. */
const PREFIXES: Readonly<Record<ServiceKind, string>> = {
  mariadb: 'DB|DATABASE|SQL|RDS|MARIADB|MYSQL',
  mysql: 'DB|DATABASE|SQL|RDS|MYSQL|MARIADB',
  postgres: 'DB|DATABASE|SQL|RDS|POSTGRES|POSTGRESQL|PSQL|PG',
  redis: 'REDIS|CACHE_REDIS|SESSION_REDIS|CACHE',
  rabbitmq: 'RABBITMQ|RABBIT|AMQP|RABBITMQ_DEFAULT',
  mailpit: 'SMTP|MAIL|EMAIL',
};

/** The ends of names for each part. */
const ENDS: readonly (readonly [AddressPart, string])[] = [
  ['host', 'HOST|HOSTNAME|HOST_NAME|SERVER|ADDRESS|ADDR|ENDPOINT'],
  ['port', 'PORT'],
  ['user', 'USER|USERNAME|USER_NAME|LOGIN'],
  ['password', 'PASSWORD|PASS|PASSWD|PWD|USER_PASSWORD'],
  ['database', 'NAME|DB|DATABASE|DBNAME|DB_NAME|DATABASE_NAME|VHOST'],
  ['engine', 'ENGINE'],
  ['off', 'USE_TLS|USE_SSL|TLS|SSL|STARTTLS|SSL_TLS|START_TLS|USE_CREDENTIALS'],
];

/** Services that ask for neither a name nor a password here. */
const OPEN: ReadonlySet<ServiceKind> = new Set(['redis', 'mailpit']);

/** Finds the parts that the code reads of a service's address. Without its host there are none. */
export function addressParts(kind: ServiceKind, reads: readonly EnvRead[], framework: Framework): ServicePart[] {
  const parts = new Map<string, ServicePart>();
  for (const read of reads) {
    const part = partOf(kind, read.name);
    if (part === undefined || parts.has(read.name) || (part === 'engine' && framework !== 'django')) continue;
    const isOpen = OPEN.has(kind) && (part === 'user' || part === 'password');
    // What has a default for "nobody" keeps it.
    if (isOpen && !read.required) continue;
    const place = { file: read.path, line: read.line };
    parts.set(read.name, {
      part: isOpen ? 'empty' : part,
      variable: { value: read.name, place, why: 'read by the code' },
    });
  }
  const found = [...parts.values()];
  return found.some(({ part }) => part === 'host') ? found : [];
}

/** A variable that names some part, for messages about addresses that are not complete. */
export function anyPart(kind: ServiceKind, reads: readonly EnvRead[]): EnvRead | undefined {
  return reads.find(read => partOf(kind, read.name) !== undefined);
}

function partOf(kind: ServiceKind, name: string): AddressPart | undefined {
  const login = kind === 'mailpit' ? /^(?:[A-Z0-9]+_)?EMAIL_HOST_(USER|PASSWORD)$/.exec(name)?.[1] : undefined;
  if (login !== undefined) return login === 'USER' ? 'user' : 'password';
  if (/^(TEST(S|ING)?|FIRST)_/.test(name)) return undefined;
  for (const [part, ends] of ENDS) {
    if ((part === 'off') !== (part === 'off' && kind === 'mailpit')) continue;
    // Two underscores: settings within settings, as in APP__DB__HOST.
    if (new RegExp(`^(?:[A-Z0-9]+_|[A-Z0-9_]+__)??(?:${PREFIXES[kind]})_{0,2}(?:${ends})$`).test(name)) return part;
  }
  return undefined;
}
