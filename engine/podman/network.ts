/** The network of a session. */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { bridgeOf } from './bridge.js';
import type { PodmanPaths } from './config.js';
import type { Invoke } from './invoke.js';

const attempts = 8;

const nameOf = (sessionId: string): string => `quayside-${sessionId}`;
const fileOf = ({ networks }: PodmanPaths, sessionId: string): string => join(networks, `${nameOf(sessionId)}.json`);

/** Makes the network and returns its name. @throws InfrastructureError when podman cannot */
export async function createNetwork(call: Invoke, paths: PodmanPaths, sessionId: string): Promise<string> {
  const name = nameOf(sessionId);
  for (let attempt = 1; ; attempt += 1) {
    // A subnet and a bridge of its own: two sessions that start at once must not choose the same.
    const subnet = `10.${randomInt(64, 250)}.${randomInt(0, 255)}.0/24`;
    // Without podman's DNS: bound names go into /etc/hosts, and aardvark-dns would write its own complaints into a command's stderr.
    const result = await call(['network', 'create', '--disable-dns', '--subnet', subnet, name]);
    if (result.exitCode === 0) {
      const file = fileOf(paths, sessionId);
      const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      writeFileSync(file, JSON.stringify({ ...config, network_interface: bridgeOf(sessionId) }));
      return name;
    }
    if (attempt === attempts) throw new InfrastructureError(`podman cannot create a network: ${result.stderr.trim()}`);
  }
}

/** Removes the network, when there is one, and what is left of it. */
export async function removeNetwork(call: Invoke, paths: PodmanPaths, sessionId: string): Promise<void> {
  if (existsSync(fileOf(paths, sessionId))) await call(['network', 'rm', '--force', nameOf(sessionId)]);
  // Left when the containers' own processes were killed before podman could take their network down.
  const bridge = bridgeOf(sessionId);
  if (existsSync(`/sys/class/net/${bridge}`)) await execa('ip', ['link', 'delete', bridge], { reject: false });
}
