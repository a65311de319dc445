/** The servers that Quayside installs for apps that have none: their versions, and what is installed of each, by hash. */
import { maxSatisfying } from '@renovatebot/pep440';
import { readPackaged } from '../packaged.js';
import { markerHolds } from './pep508/evaluate.js';
import { readRequirement } from './pep508/requirement.js';
import { type RunServerKind, runServer } from './run-servers.js';

/** docker/servers.json, which `npm run lock:servers` writes. */
interface ServerLock {
  /** By `name==version`. */
  readonly hashes: Readonly<Record<string, readonly string[]>>;
  readonly servers: Readonly<
    Record<
      string,
      { readonly newest: readonly string[]; readonly versions: Readonly<Record<string, readonly string[]>> }
    >
  >;
}

let read: ServerLock | undefined;

/** Read when it is first asked about: most apps bring a server of their own. */
function serverLock(): ServerLock {
  read ??= JSON.parse(readPackaged('docker/servers.json')) as ServerLock;
  return read;
}

/** The newest version of a server that a minor version of Python can have. */
export function newestVersion(kind: RunServerKind, python: string | undefined): string {
  const { packages } = runServer(kind);
  const lines = (serverLock().servers[kind]?.newest ?? []).flatMap(line => readRequirement(line) ?? []);
  const own = lines.filter(({ name }) => packages.includes(name));
  const fitting = own.find(({ marker }) => marker === undefined || markerHolds(marker, { python }) !== false);
  return (fitting ?? own.at(-1))?.versions[0]?.replace('==', '') ?? '';
}

/**
 * The version that clauses such as `==20.1.0` or `>=20,<21` lead to: the newest that fits Python where they allow it, else the newest
 * known one that they allow, else the exact one that they name, known or not.
 */
export function versionAllowed(
  kind: RunServerKind,
  clauses: readonly string[],
  python: string | undefined,
): string | undefined {
  const newest = newestVersion(kind, python);
  const range = clauses.join(',');
  const known = Object.keys(serverLock().servers[kind]?.versions ?? {});
  const allowed = maxSatisfying([newest], range) ?? maxSatisfying(known, range);
  return allowed ?? /^===?([\w.!+-]+)$/.exec(range)?.[1];
}

/**
 * What is installed of a version of a server on a minor version of Python: lines for pip, all of them with their hashes where the version is
 * known for that.
 */
export function serverRequirements(
  kind: RunServerKind,
  version: string,
  python: string | undefined,
): readonly string[] {
  const { hashes, servers } = serverLock();
  const { packages, bring } = runServer(kind);
  const known = servers[kind];
  const isFor = (line: string) => {
    const { name, versions, marker } = readRequirement(line) ?? {};
    const isOwn = name !== undefined && packages.includes(name) && versions?.[0] === `==${version}`;
    return isOwn && (marker === undefined || markerHolds(marker, { python }) !== false);
  };
  const lines = [known?.versions[version], known?.newest].find(list => list?.some(isFor));
  if (lines === undefined) return [`${packages[0]}${bring.extra ? `[${bring.extra}]` : ''}==${version}`];
  return lines.map(line => {
    const pin = line.split(' ')[0]!;
    return [line, ...(hashes[pin] ?? []).map(hash => `--hash=sha256:${hash}`)].join(' \\\n    ');
  });
}

/** Whether all that is installed of a version is known by its hashes. */
export function isKnownVersion(kind: RunServerKind, version: string, python: string | undefined): boolean {
  return serverRequirements(kind, version, python).every(line => line.includes('--hash='));
}
