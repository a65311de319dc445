import type { NextRequest } from 'next/server';
import { backendUrl } from '../../../lib/backend';

/** Headers that are about one connection, not about what goes over it. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'expect'];

/**
 * Passes the interface on where no nginx stands in front: in development, and when this server is looked at alone. Not
 * by a rewrite in next.config.ts: its address would be fixed when the image is built. Events by WebSocket need nginx.
 */
async function pass(request: NextRequest): Promise<Response> {
  const { pathname, search } = request.nextUrl;
  const headers = new Headers(request.headers);
  for (const name of OF_THE_CONNECTION) headers.delete(name);
  // What comes compressed would be unpacked here, and no longer match its own headers.
  headers.set('accept-encoding', 'identity');
  const response = await fetch(backendUrl(pathname + search), {
    method: request.method,
    headers,
    body: request.body,
    redirect: 'manual',
    cache: 'no-store',
    signal: request.signal,
    ...(request.body && { duplex: 'half' }),
  });
  const answer = new Headers(response.headers);
  for (const name of OF_THE_CONNECTION) answer.delete(name);
  return new Response(response.body, { status: response.status, headers: answer });
}

export { pass as DELETE, pass as GET, pass as POST };
