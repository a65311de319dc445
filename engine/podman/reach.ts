/** How this process connects to a port of a running service. */
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { InfrastructureError } from '../errors.js';
import type { RunningService } from '../services/instance.js';
import type { EngineContext } from '../solve/context.js';
import { isRootless } from './rootless.js';

/** Opens connections to one port; `close` ends what was put up for it. */
export interface Reach {
  connect(): Socket;
  close(): void;
}

/** Listens on a socket file in whatever network it is started in, and passes each connection on to a port there. */
const relay = `const net = require('node:net');
const [file, port] = process.argv.slice(1);
net.createServer(client => {
  const upstream = net.connect(Number(port), '127.0.0.1');
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
}).listen(file, () => console.log('listening'));`;

/** Without root the containers' network is not this process's: a relay inside of it listens on a socket file, which both see. */
async function throughRelay(context: EngineContext, service: RunningService, port: number): Promise<Reach> {
  const file = join(context.sessionDir, `port-${service.pid}-${port}`);
  const args = ['--target', String(service.pid), '--net', '--', process.execPath, '-e', relay, file, String(port)];
  const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    const failed = () => reject(new InfrastructureError(`cannot reach port ${port} of ${service.container}`));
    child.stdout.once('data', () => resolve());
    child.once('error', failed);
    child.once('exit', failed);
  });
  return { connect: () => connect(file), close: () => void child.kill() };
}

/** Prepares connections to a port of a service. @throws InfrastructureError when its network cannot be entered */
export async function reachPort(context: EngineContext, service: RunningService, port: number): Promise<Reach> {
  if (isRootless(context.env)) return throughRelay(context, service, port);
  return { connect: () => connect(port, service.address), close: () => undefined };
}
