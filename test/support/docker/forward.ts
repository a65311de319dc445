/** Ports of a Docker Engine of the tests, on this machine's loopback. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Forward, forwardLoopback } from '../../../engine/podman/forward.js';

/** Passes each connection to a socket file on to a port of the network it is started in, as long as somebody holds its input open. */
const RELAY = `const net = require('node:net');
const [file, port] = process.argv.slice(1);
net.createServer({ allowHalfOpen: true }, client => {
  const upstream = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
}).listen(file, () => console.log('listening'));
process.stdin.resume().on('end', () => process.exit());`;

/** Forwards any free port of this machine's loopback to a port of the loopback in the network of process `pid`; files go into `dir`. */
export async function forwardInto(dir: string, pid: number, port: number): Promise<Forward> {
  const file = join(dir, `port-${port}-${Date.now().toString(36)}`);
  const relay = ['--target', String(pid), '--net', '--', process.execPath, '-e', RELAY, file, String(port)];
  const child = spawn('nsenter', relay, { stdio: ['pipe', 'pipe', 'inherit'] });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(`cannot reach into the network of process ${pid}`))),
  ]);
  const forward = await forwardLoopback(0, { connect: () => connect(file), close: () => undefined });
  return {
    port: forward.port,
    close: () => {
      forward.close();
      child.stdin.end();
      rmSync(file, { force: true });
    },
  };
}
