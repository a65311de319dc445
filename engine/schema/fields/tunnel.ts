/** Ports of this machine's loopback that lead to a service. */
import type { ServiceDefinition } from '../../objects/service.js';
import { forwardLoopback } from '../../podman/forward.js';
import { reachPort } from '../../podman/reach.js';
import type { Api } from '../api.js';

export interface PortForward {
  readonly frontend?: number | null;
  readonly backend: number;
  readonly protocol?: 'TCP' | 'UDP' | null;
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
  const forwards = await Promise.all(
    wanted.map((p, i) => forwardLoopback(random ? 0 : (p.frontend ?? p.backend), reaches[i]!)),
  );
  for (const [i, { port }] of forwards.entries()) {
    api.context.emit({
      kind: 'notice',
      text: `http://127.0.0.1:${port} leads to port ${wanted[i]!.backend} of the service`,
    });
  }
  try {
    await api.services.ended(service);
  } finally {
    for (const forward of forwards) forward.close();
    for (const reach of reaches) reach.close();
  }
}
