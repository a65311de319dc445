/** Ports of this machine's loopback that lead to a service. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { ServiceDefinition } from '../../objects/service.js';
import { type Reach, reachPort } from '../../podman/reach.js';
import type { Api } from '../api.js';

export interface PortForward {
  readonly frontend?: number | null;
  readonly backend: number;
  readonly protocol?: 'TCP' | 'UDP' | null;
}

function listen(port: number, reach: Reach): Promise<Server> {
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
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Starts a service and forwards ports to it until it ends or the session does. @throws Error when a port is in use, or UDP is asked for */
export async function forwardPorts(
  api: Api,
  service: ServiceDefinition,
  ports: readonly PortForward[],
  random: boolean,
): Promise<void> {
  const wanted: readonly PortForward[] =
    ports.length > 0 ? ports : service.ports.map(p => ({ backend: p.port, protocol: p.protocol }));
  if (wanted.length === 0) throw new Error('the service has no exposed port to forward to');
  if (wanted.some(p => p.protocol === 'UDP')) throw new Error('the local engine forwards TCP ports only');
  const running = await api.services.start(service);
  const reaches = await Promise.all(wanted.map(p => reachPort(api.context, running, p.backend)));
  const servers = await Promise.all(wanted.map((p, i) => listen(random ? 0 : (p.frontend ?? p.backend), reaches[i]!)));
  for (const [i, server] of servers.entries()) {
    api.context.emit({
      kind: 'notice',
      text: `http://127.0.0.1:${(server.address() as AddressInfo).port} leads to port ${wanted[i]!.backend} of the service`,
    });
  }
  try {
    await api.services.ended(service);
  } finally {
    for (const server of servers) server.close();
    for (const reach of reaches) reach.close();
  }
}
