/**
 * Writes docker/servers.json: every version of the servers that Quayside brings to apps without one, with what it needs, each file
 * with its hash. Only releases that are new since the
 * last time are looked up. Needs `uv` and `pip` in PATH, and a package index. Usage: `npm run lock:servers`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gte } from '@renovatebot/pep440';
import { execa } from 'execa';
import { parse } from 'smol-toml';
import { RUN_SERVERS } from '../src/support/run-servers.js';
import type { RunServer } from '../src/support/servers/definition.js';

/** Versions of Python that apps are built with: a release is resolved for the first that it runs on, and for all newer ones. */
const PYTHONS = ['3.8', '3.9', '3.10', '3.11', '3.12'];

/** Several at a time: the index is what is waited for. */
const AT_ONCE = 6;

interface LockFile {
  readonly name?: string;
  readonly url: string;
  readonly hashes: { readonly sha256: string };
}

interface Locked {
  readonly name: string;
  readonly version: string;
  readonly marker?: string;
  readonly sdist?: LockFile;
  readonly wheels?: readonly LockFile[];
}

interface ServerList {
  readonly newest: readonly string[];
  readonly versions: Record<string, readonly string[]>;
}

/** What is there already: releases do not change, so that only new ones are looked up. */
const FILE = new URL('../docker/servers.json', import.meta.url);
const before = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, 'utf8')) as {
      hashes: Record<string, string[]>;
      servers: Record<string, ServerList>;
    })
  : { hashes: {}, servers: {} };

/** Everything that is written: hashes by `name==version`, and the lines of each version of each server. */
const hashes = new Map<string, readonly string[]>(Object.entries(before.hashes));
const servers: Record<string, ServerList> = {};

const scratch = mkdtempSync(join(tmpdir(), 'lock-servers-'));
const constraints = join(scratch, 'constraints.txt');
// Old releases import what newer ones of setuptools have no more.
writeFileSync(constraints, 'setuptools<81\n');
for (const [kind, server] of RUN_SERVERS) {
  const { [kind]: known } = before.servers;
  const wanted = await versionsOf(server);
  const versions = Object.fromEntries(
    wanted.flatMap(version => (known?.versions[version] ? [[version, known.versions[version]]] : [])),
  );
  const waiting = wanted.filter(version => !(version in versions));
  const work = async () => {
    for (let version = waiting.shift(); version !== undefined; version = waiting.shift()) {
      const lines = await compiled(server, version, PYTHONS);
      // A release that needs what no index has.
      if (lines) versions[version] = lines;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const sorted = Object.fromEntries(
    wanted.flatMap(version => (versions[version] ? [[version, versions[version]]] : [])),
  );
  servers[kind] = { newest: (await compiled(server, '', PYTHONS)) ?? [], versions: sorted };
  console.error(`${kind}: ${Object.keys(sorted).length} versions`);
}
rmSync(scratch, { recursive: true });
const lines = Object.values(servers).flatMap(({ newest, versions }) => [...newest, ...Object.values(versions).flat()]);
const used = [...new Set(lines.map(line => line.split(' ')[0]!))].sort();
const kept = Object.fromEntries(used.map(pin => [pin, hashes.get(pin)]));
writeFileSync(FILE, `${JSON.stringify({ hashes: kept, servers })}\n`);

/** The releases of a server, the newest first, from the oldest one that is worth knowing on. */
async function versionsOf({ packages: [name], bring: { oldest } }: RunServer): Promise<string[]> {
  if (oldest === undefined) return [];
  const { stdout } = await execa('pip', ['index', 'versions', name!]);
  const all = (/^Available versions: (.*)$/m.exec(stdout)?.[1] ?? '').split(', ');
  return all.filter(version => /^[\d.]+$/.test(version) && gte(version, oldest));
}

/** The lines of a version, '' for the newest that each version of Python can have; undefined when no Python can have it. */
async function compiled(
  server: RunServer,
  version: string,
  pythons: readonly string[],
): Promise<readonly string[] | undefined> {
  const {
    packages: [name],
    bring,
  } = server;
  const [python, ...newer] = pythons;
  if (python === undefined) return undefined;
  const file = join(scratch, `pylock.${name}-${version.replaceAll('.', '-')}.toml`);
  const extra = bring.extra === undefined ? '' : `[${bring.extra}]`;
  const options = `pip compile --quiet --universal --python-version ${python} --no-python-downloads --format pylock.toml`;
  const { failed } = await execa(
    'uv',
    [...options.split(' '), '--constraint', constraints, '--output-file', file, '-'],
    { input: `${name}${extra}${version === '' ? '' : `==${version}`}`, reject: false },
  );
  if (failed) return compiled(server, version, newer);
  const { packages = [] } = parse(readFileSync(file, 'utf8')) as unknown as { packages?: readonly Locked[] };
  return packages
    .filter(({ name: locked }) => !bring.without?.includes(locked))
    .map(({ name: locked, version: pin, marker, sdist, wheels = [] }) => {
      hashes.set(`${locked}==${pin}`, filesTaken(sdist, wheels));
      return marker === undefined ? `${locked}==${pin}` : `${locked}==${pin} ; ${marker}`;
    });
}

/** One file for every machine where there is one, else those for Linux and the source. */
function filesTaken(sdist: LockFile | undefined, wheels: readonly LockFile[]): readonly string[] {
  const fileOf = ({ name, url }: LockFile) => name ?? url.split('/').at(-1)!;
  const everywhere = wheels.filter(wheel => fileOf(wheel).endsWith('-none-any.whl'));
  const onLinux = wheels.filter(wheel => /linux\w*_(x86_64|aarch64)/.test(fileOf(wheel)));
  const taken = everywhere.length > 0 ? everywhere : [...onLinux, ...(sdist ? [sdist] : [])];
  return taken.map(file => file.hashes.sha256);
}
