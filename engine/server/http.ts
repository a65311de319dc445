/** The session's HTTP server: POST /query on loopback, with a token. */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, GraphQLRequest } from './answer.js';

export interface SessionServer {
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

const maximumBody = 256 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maximumBody) throw new Error('the request is too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

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
    let body: GraphQLRequest;
    try {
      body = JSON.parse(await readBody(request)) as GraphQLRequest;
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
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    token,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
