import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Container } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll } from 'vitest';
import type { EngineEvent } from '../../../engine/contract.js';
import { startSession } from '../../../engine/index.js';
import { Context } from '../../../node_modules/@dagger.io/dagger/dist/src/common/context.js';
import { createGQLClient } from '../../../node_modules/@dagger.io/dagger/dist/src/common/graphql/client.js';
import { Connection } from '../../../node_modules/@dagger.io/dagger/dist/src/common/graphql/connection.js';
import { busyboxStack } from './overlay.js';

/** A place for the tests of one file: a state directory of their own, and a small root file system to run things in. */
export interface Place {
  readonly dir: string;
  readonly state: string;
  /** A directory of this machine that holds busybox and its links. */
  readonly busybox: string;
  remove(): Promise<void>;
}

/** Makes a place. Nothing in it is downloaded but one Debian package, kept between runs. */
export async function makePlace(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'quayside-engine-'));
  const { layers } = await busyboxStack(join(dir, 'store'));
  return {
    dir,
    state: join(dir, 'state'),
    busybox: layers[0]!,
    remove: async () => void (await execa('rm', ['-rf', '--one-file-system', dir])),
  };
}

/** A session with the SDK's client on it. */
export interface TestSession {
  readonly port: number;
  readonly token: string;
  readonly client: Client;
  readonly events: readonly EngineEvent[];
  /** A container of busybox. */
  readonly base: () => Container;
  end?(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a session in a place. */
export async function openTestSession(place: Place, env: NodeJS.ProcessEnv = process.env): Promise<TestSession> {
  const events: EngineEvent[] = [];
  const session = await startSession({ stateDir: place.state, env, onEvent: event => events.push(event) });
  const client = clientOf(session);
  return {
    ...session,
    client,
    events,
    base: () => client.container().withDirectory('/', client.host().directory(place.busybox)),
  };
}

/** The SDK's client on a session, independent of the global one. */
export function clientOf({ port, token }: { readonly port: number; readonly token: string }): Client {
  return new Client(new Context([], new Connection(createGQLClient(port, token))));
}

/** A place, and a session in it, for all tests of the file that calls this: there as long as these run. */
export function ownSession(): { readonly place: Place; readonly session: TestSession } {
  const own = {} as { place: Place; session: TestSession };
  beforeAll(async () => {
    own.place = await makePlace();
    own.session = await openTestSession(own.place);
  });
  afterAll(async () => {
    await own.session.close();
    await own.place.remove();
  });
  return own;
}

/** Opens a session for the time of `use`. */
export async function withTestSession<T>(
  place: Place,
  use: (session: TestSession) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const session = await openTestSession(place, env);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}
