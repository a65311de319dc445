/** The network of a session. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { bridgeOf } from './bridge.js';
import type { PodmanPaths } from './config.js';
import type { Invoke } from './invoke.js';
import { onFreeSubnet } from './subnet.js';

const nameOf = (sessionId: string): string => `quayside-${sessionId}`;
const fileOf = ({ networks }: PodmanPaths, sessionId: string): string => join(networks, `${nameOf(sessionId)}.json`);

/** Makes the network and returns its name. @throws InfrastructureError when podman cannot */
export async function createNetwork(call: Invoke, paths: PodmanPaths, sessionId: string): Promise<string> {
  const name = nameOf(sessionId);
  // Without podman's DNS: bound names go into /etc/hosts, and aardvark-dns would write its own complaints into a command's stderr.
  await onFreeSubnet(subnet => call(['network', 'create', '--disable-dns', '--subnet', subnet, name]));
  const file = fileOf(paths, sessionId);
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...config, network_interface: bridgeOf(sessionId) }));
  return name;
}

/** Removes the network, when there is one, and what is left of it. */
export async function removeNetwork(call: Invoke, paths: PodmanPaths, sessionId: string): Promise<void> {
  if (existsSync(fileOf(paths, sessionId))) await call(['network', 'rm', '--force', nameOf(sessionId)]);
  // Left when the containers' own processes were killed before podman could take their network down.
  const bridge = bridgeOf(sessionId);
  if (existsSync(`/sys/class/net/${bridge}`)) await execa('ip', ['link', 'delete', bridge], { reject: false });
}
