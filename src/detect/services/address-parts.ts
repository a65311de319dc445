/** Addresses in parts: variables such as DB_HOST, DB_USER and DB_PASSWORD, of which the code makes the address itself. */
import { defined } from '../../source/defined.js';
import type { Framework } from '../../support/frameworks/index.js';
import { RUN_SERVICES } from '../../support/run-services.js';
import type { AddressPart, RunServiceDefinition } from '../../support/services/definition.js';
import { offAs } from '../../support/switches.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import type { EnvRead } from '../code/env-read.js';
import type { ServicePart } from '../facts.js';
import { variableOf } from './addresses.js';
import type { ServiceRead } from './setting-reads.js';

/** The ends of names for each part. */
const ENDS: readonly (readonly [AddressPart, readonly string[]])[] = [
  ['host', ['HOST', 'HOSTNAME', 'HOST_NAME', 'SERVER', 'ADDRESS', 'ADDR', 'ENDPOINT', 'IP']],
  ['port', ['PORT']],
  ['user', ['USER', 'USERNAME', 'USER_NAME', 'LOGIN']],
  ['password', ['PASSWORD', 'PASS', 'PASSWD', 'PWD', 'USER_PASSWORD']],
  ['database', ['NAME', 'DB', 'DATABASE', 'DBNAME', 'DB_NAME', 'DATABASE_NAME', 'VHOST']],
  ['engine', ['ENGINE']],
];

type Patterns = readonly (readonly [AddressPart, RegExp])[];

const PATTERNS: ReadonlyMap<RunServiceDefinition, Patterns> = new Map(
  RUN_SERVICES.map(([, service]) => [service, patternsOf(service)]),
);

function patternsOf({ prefixes, ends = {}, djangoEngine }: RunServiceDefinition): Patterns {
  const own = Object.entries(ends) as [AddressPart, readonly string[]][];
  const general = ENDS.filter(([part]) => part !== 'engine' || djangoEngine !== undefined);
  return [...own, ...general].map(([part, names]) => [
    part,
    // Two underscores: settings within settings, as in APP__DB__HOST.
    new RegExp(`^(?:[A-Z0-9]+_|[A-Z0-9_]+__)??(?:${prefixes.join('|')})_{0,2}(?:${names.join('|')})$`),
  ]);
}

/** Addresses of people, which a mail server's are not. */
const OF_PEOPLE = /(^|_)(FROM|SENDER|REPLY|TO|CC|BCC|ADMIN|CONTACT|SUPPORT|RECIPIENT|OWNER)_(ADDRESS|ADDR)$/;

/** Words between a service's name and an end that say of another thing than one more address. */
const NO_INSTANCE = /(^|_)(TEST|TESTS|TESTING|SENTINEL|CLUSTER|SSH|PROXY)(_|$)/;

/**
 * Finds the parts that the code reads of a service's address, in an app of a framework or of any. Without its host there are none,
 * unless the app has the whole address and this never holds the login, or the host stands in the code.
 */
export function addressParts(
  service: RunServiceDefinition,
  reads: readonly ServiceRead[],
  framework?: Framework,
  { hasAddress = false, hasHost = false } = {},
): readonly ServicePart[] {
  const readsEngines = framework === undefined || frameworkOf(framework).spelling === 'django';
  const stems = furtherAddresses(service, reads);
  const parts = new Map<string, ServicePart>();
  for (const read of reads) {
    const part = partOf(service, read) ?? furtherPart(stems, service, read);
    if (part === undefined || parts.has(read.name) || (part === 'engine' && !readsEngines)) continue;
    const needed = partNeeded(service, part, read);
    if (needed === undefined) continue;
    if (part === 'sender' && (read.given?.value ?? read.fallback ?? '') !== '') continue;
    // Whatever it is set to turns it on.
    if (part === 'off' && read.tested === 'presence') continue;
    const word = part !== 'off' ? undefined : read.tested === 'truth' ? '' : offAs(read.given?.value ?? read.fallback);
    parts.set(read.name, { part: needed, variable: variableOf(read), ...defined({ word }) });
  }
  const found = [...parts.values()];
  if (hasAddress && service.loginApart) return found.filter(({ part }) => part !== 'host' && part !== 'server');
  return hasHost || found.some(({ part }) => part === 'host' || part === 'server') ? found : [];
}

/** What is asked of a part: a service that lets everybody in takes an empty login, and what has a default for "nobody" keeps that. */
export function partNeeded(
  { isOpen }: RunServiceDefinition,
  part: AddressPart,
  { required }: EnvRead,
): AddressPart | undefined {
  if (!isOpen || (part !== 'user' && part !== 'password')) return part;
  return required ? 'empty' : undefined;
}

/** A variable that names some part, for messages about addresses that are not complete. */
export function anyPart(service: RunServiceDefinition, reads: readonly ServiceRead[]): ServiceRead | undefined {
  return reads.find(read => partOf(service, read) !== undefined);
}

function partOf(service: RunServiceDefinition, { name, holds }: ServiceRead): AddressPart | undefined {
  if (holds !== undefined) return holds === 'address' ? undefined : holds;
  return partNamed(service, name);
}

/** The part that a variable holds by its name. */
export function partNamed(service: RunServiceDefinition, name: string): AddressPart | undefined {
  if (/^(TEST(S|ING)?|FIRST|ENABLED?|DISABLED?|ALLOW|IS|HAS)_/.test(name)) return undefined;
  if (service.notOf?.test(name)) return undefined;
  const part = PATTERNS.get(service)?.find(([, pattern]) => pattern.test(name))?.[0];
  return part !== 'sender' && OF_PEOPLE.test(name) ? undefined : part;
}

/** What the names of further addresses begin with where an app has several: REDIS_CACHE of REDIS_CACHE_HOST. */
function furtherAddresses(service: RunServiceDefinition, reads: readonly ServiceRead[]): readonly string[] {
  const host = new RegExp(`^((?:${service.prefixes.join('|')})_([A-Z0-9_]+))_(?:${endsOf('host').join('|')})$`);
  const claimed = new RegExp(`^([A-Z0-9_]+)_(?:${endsOf('host').join('|')})$`);
  return reads.flatMap(({ name, holds }) => {
    // What the deployment says to hold its host has its other parts beside it: TRAC_HOST, TRAC_USER.
    const own = holds === 'host' && partNamed(service, name) === undefined ? claimed.exec(name)?.[1] : undefined;
    if (own !== undefined) return [own];
    const [, stem, word] = host.exec(name) ?? [];
    const isOther = OF_PEOPLE.test(name) || service.notOf?.test(name);
    if (stem === undefined || word === undefined || NO_INSTANCE.test(word) || isOther) return [];
    return RUN_SERVICES.some(([, other]) => partNamed(other, name) !== undefined) ? [] : [stem];
  });
}

function furtherPart(
  stems: readonly string[],
  { isDatabase }: RunServiceDefinition,
  { name, holds }: ServiceRead,
): AddressPart | undefined {
  if (holds !== undefined) return undefined;
  const kinds: readonly AddressPart[] = [
    'host',
    'port',
    'user',
    'password',
    ...(isDatabase ? (['database'] as const) : []),
  ];
  return kinds.find(part => endsOf(part).some(end => stems.some(stem => name === `${stem}_${end}`)));
}

function endsOf(part: AddressPart): readonly string[] {
  return ENDS.find(([other]) => other === part)?.[1] ?? [];
}
