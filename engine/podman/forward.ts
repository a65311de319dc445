/** Ports of this machine's loopback that lead into containers. */
import { type AddressInfo, createServer } from 'node:net';
import type { Reach } from './reach.js';

/** A port that is listened on. */
export interface Forward {
  readonly port: number;
  close(): void;
}

/** Forwards a port of this machine's loopback, or any free one for 0, to what is reached. @throws Error when the port is in use */
export function forwardLoopback(port: number, reach: Reach): Promise<Forward> {
  const server = createServer(client => {
    const upstream = reach.connect();
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} of this machine is in use: choose another`, { cause: error })
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', () =>
      resolve({ port: (server.address() as AddressInfo).port, close: () => void server.close() }),
    );
  });
}
