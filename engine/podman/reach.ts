/** How this process connects to a port of a running service. */
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { InfrastructureError } from '../errors.js';
import { isRootless } from './rootless.js';

/** A running container, as it is reached. */
export interface ReachedContainer {
  readonly container: string;
  readonly address: string;
  readonly pid: number;
}

/** Where the engine runs that reaches it. */
export interface ReachPlace {
  readonly sessionDir: string;
  readonly env: NodeJS.ProcessEnv;
}

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
async function throughRelay({ sessionDir }: ReachPlace, service: ReachedContainer, port: number): Promise<Reach> {
  const file = join(sessionDir, `port-${service.pid}-${port}`);
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
export async function reachPort(place: ReachPlace, service: ReachedContainer, port: number): Promise<Reach> {
  if (isRootless(place.env)) return throughRelay(place, service, port);
  return { connect: () => connect(port, service.address), close: () => undefined };
}
