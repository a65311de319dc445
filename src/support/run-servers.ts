/** The servers that production images run, out of the registry of all that are known. */
import type { Protocol } from './app-object.js';
import { entriesOf } from './registry.js';
import type { RunServer, ServerDefinition } from './servers/definition.js';
import { SERVERS, type ServerKind } from './servers/index.js';

/** Name of a server that production images run. */
export type RunServerKind = { [K in ServerKind]: (typeof SERVERS)[K] extends RunServer ? K : never }[ServerKind];

const ALL: readonly (readonly [ServerKind, ServerDefinition])[] = entriesOf(SERVERS);

/** The servers that are run, in the order in which people are told of them. */
export const RUN_SERVERS: readonly (readonly [RunServerKind, RunServer])[] = ALL.flatMap(([kind, definition]) =>
  definition.runs ? [[kind as RunServerKind, definition] as const] : [],
);

/** Packages of servers that are known and not run. */
export const UNSUPPORTED_SERVERS: readonly string[] = ALL.flatMap(([, { runs, packages }]) => (runs ? [] : packages));

/** Packages of the servers that were made for one protocol; of those for WSGI, the ones that could be run. */
export const SERVER_PACKAGES: Readonly<Record<Protocol, readonly string[]>> = {
  wsgi: ALL.flatMap(([, { madeFor, packages, runs }]) => (madeFor === 'wsgi' && runs ? packages : [])),
  asgi: ALL.flatMap(([, { madeFor, packages }]) => (madeFor === 'asgi' ? packages : [])),
};

/** What is known of a server that is run. */
export function runServer(kind: RunServerKind): RunServer {
  return SERVERS[kind];
}

/** The servers that serve a protocol, the one that is taken first before the others. */
export function serversFor(protocol: Protocol): readonly RunServerKind[] {
  return RUN_SERVERS.flatMap(([kind, { serves }]) => {
    const fit = serves[protocol];
    return fit ? [{ kind, rank: fit.rank }] : [];
  })
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ kind }) => kind);
}

/** The classes of workers that can be asked for, and what they are. */
export const WORKER_CLASSES: { readonly names: readonly string[]; readonly doc: string } = {
  names: RUN_SERVERS.flatMap(([, { workers }]) => Object.keys(workers?.classes ?? {})),
  doc: RUN_SERVERS.flatMap(([, { workers }]) => workers?.doc ?? []).join(' '),
};
