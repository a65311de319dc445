/** The session's HTTP server: POST /query on loopback, with a token. */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InfrastructureError } from '../errors.js';
import type { Answer, GraphQLAnswer, GraphQLRequest } from './answer.js';

export interface SessionServer {
  readonly port: number;
  readonly token: string;
  /** Asks from within this process; refused after the end, as a request is. */
  ask(query: string, variables?: GraphQLRequest['variables']): Promise<GraphQLAnswer>;
  close(): Promise<void>;
}

/** A large file belongs on the disk, from where `host` takes it. */
const maximumBody = 32 * 1024 * 1024;

/** So much is read and dropped, for whoever sends it to get to the answer. */
const maximumDropped = 1024 * 1024 * 1024;

/** Reads the body; undefined when it is too large, and nothing is kept of it then. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= maximumBody) chunks.push(chunk as Buffer);
    else chunks.length = 0;
    if (size > maximumDropped) break;
  }
  return size > maximumBody ? undefined : Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const tooLarge = `the request is larger than ${maximumBody / 1024 / 1024} MiB: give large files by host.file or host.directory`;

const refusal = (message: string) => ({ errors: [{ message }] });

/** Starts the server on 127.0.0.1 with a random port and token. */
export async function startServer(answer: Answer): Promise<SessionServer> {
  const token = randomUUID();
  const expected = Buffer.from(`Basic ${Buffer.from(`${token}:`).toString('base64')}`);
  const authorised = (header: string | undefined): boolean => {
    const given = Buffer.from(header ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!authorised(request.headers.authorization))
      return send(response, 401, refusal('unauthorized: the session token is missing or wrong'));
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/query')
      return send(response, 404, refusal('not found: the API is at /query'));
    if (request.method !== 'POST') return send(response, 405, refusal('method not allowed: use POST'));
    const text = await readBody(request);
    if (text === undefined) return send(response, 413, refusal(tooLarge));
    let body: GraphQLRequest;
    try {
      body = JSON.parse(text) as GraphQLRequest;
    } catch (error) {
      return send(response, 400, refusal(`the request is not JSON: ${(error as Error).message}`));
    }
    if (!isObject(body) || typeof body.query !== 'string')
      return send(response, 400, refusal('the request has no query'));
    if (body.variables != null && !isObject(body.variables))
      return send(response, 400, refusal('the variables of the request are not an object'));
    return send(response, 200, await answer(body));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      if (!response.headersSent) send(response, 500, refusal(error.message));
    });
  });
  server.requestTimeout = 0;
  server.timeout = 0;
  // Closed while a client is busy, a connection would take that client's next request with it.
  server.keepAliveTimeout = 0;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    token,
    async ask(query, variables) {
      if (!server.listening) throw new InfrastructureError('the session has ended');
      return answer({ query, variables: variables ?? null });
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
