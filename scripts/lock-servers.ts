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
import { RUN_SERVERS } from '../src/support/run-servers.js';
import type { RunServer } from '../src/support/servers/definition.js';
import { compiledList, hashesOf } from './compiled-list.js';

/** Several at a time: the index is what is waited for. */
const AT_ONCE = 6;

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
      const lines = await compiled(server, version);
      // A release that needs what no index has.
      if (lines) versions[version] = lines;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const sorted = Object.fromEntries(
    wanted.flatMap(version => (versions[version] ? [[version, versions[version]]] : [])),
  );
  servers[kind] = { newest: (await compiled(server, '')) ?? [], versions: sorted };
  console.error(`${kind}: ${Object.keys(sorted).length} versions`);
}
rmSync(scratch, { recursive: true });
const lines = Object.values(servers).flatMap(({ newest, versions }) => [...newest, ...Object.values(versions).flat()]);
writeFileSync(FILE, `${JSON.stringify({ hashes: hashesOf(lines, hashes), servers })}\n`);

/** The releases of a server, the newest first, from the oldest one that is worth knowing on. */
async function versionsOf({ packages: [name], bring: { oldest } }: RunServer): Promise<string[]> {
  if (oldest === undefined) return [];
  const { stdout } = await execa('pip', ['index', 'versions', name!]);
  const all = (/^Available versions: (.*)$/m.exec(stdout)?.[1] ?? '').split(', ');
  return all.filter(version => /^[\d.]+$/.test(version) && gte(version, oldest));
}

/** The lines of a version, '' for the newest that each version of Python can have; undefined when no Python can have it. */
function compiled({ packages: [name], bring }: RunServer, version: string): Promise<readonly string[] | undefined> {
  const extra = bring.extra === undefined ? '' : `[${bring.extra}]`;
  const requirement = `${name}${extra}${version === '' ? '' : `==${version}`}`;
  return compiledList(requirement, { scratch, constraints, hashes }, bring.without);
}
