/** Points the SDK's global client `dag` at a session. */

import { setImmediate } from 'node:timers/promises';
import type { Session } from '../engine/contract.js';
import { createGQLClient } from '../node_modules/@dagger.io/dagger/dist/src/common/graphql/client.js';
import { globalConnection } from '../node_modules/@dagger.io/dagger/dist/src/common/graphql/connection.js';
import { ClientError, type GraphQLClient } from '../node_modules/graphql-request/build/entrypoints/main.js';

/** How long work goes on until others have their turn. */
const TURN_MS = 50;

/**
 * Takes a session and what to do with it; during that time `dag` asks this session. Does what the SDK's `connection` does, without
 * loading OpenTelemetry (0.3 s of every start) unless the environment configures it, as `dagger run` does.
 */
export async function withClient<T>(session: Session, env: NodeJS.ProcessEnv, work: () => Promise<T>): Promise<T> {
  const inherited = env.DAGGER_SESSION_PORT === String(session.port);
  if (inherited && Object.keys(env).some(name => name.startsWith('OTEL_'))) {
    const { connection } = await import('../node_modules/@dagger.io/dagger/dist/src/connect.js');
    let result: { value: T } | undefined;
    await connection(async () => {
      result = { value: await work() };
    });
    return result!.value;
  }
  const { port, token, ask } = session;
  globalConnection.setGQLClient(ask === undefined ? createGQLClient(port, token) : clientOf(ask));
  try {
    return await work();
  } finally {
    globalConnection.resetClient();
  }
}

/** As much of the SDK's client as the SDK uses, over a server in this process. */
function clientOf(ask: NonNullable<Session['ask']>): GraphQLClient {
  let since = performance.now();
  const request = async (query: string, variables?: Readonly<Record<string, unknown>>): Promise<unknown> => {
    // Answers from memory wait for nothing: signals and clocks would not be heard before the last of a thousand.
    if (performance.now() - since > TURN_MS) {
      await setImmediate();
      since = performance.now();
    }
    const { data, errors } = await ask(query, variables);
    if (errors !== undefined)
      throw new ClientError({ data, errors, status: 200, headers: {}, body: '' } as never, {
        query,
        variables: variables as never,
      });
    return data;
  };
  return { request } as unknown as GraphQLClient;
}
