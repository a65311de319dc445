/** The session's network bridge. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRootless } from './rootless.js';

/** Name of a session's bridge, within the kernel's 15 characters. */
export const bridgeOf = (sessionId: string): string => `qs${sessionId.slice(0, 10)}`;

/** A hardware address, locally administered, of the session's hexadecimal id. */
const addressOf = (sessionId: string): string => ['02', ...sessionId.slice(0, 10).match(/../g)!].join(':');

/**
 * Writes, as an OCI hook into `hooks`, what gives the bridge its hardware address before a container starts. Without, it is the lowest of the
 * containers' and changes as they come and go, and whoever is connected meanwhile talks to an address that is no more until the kernel asks anew:
 * downloads stood still for 30 to 120 s. Machines with udev fix it themselves (systemd.link(5), MACAddressPolicy).
 * @param also what a shell does then besides
 */
export function writeAddressHook(hooks: string, sessionId: string, env: NodeJS.ProcessEnv, also: string): void {
  mkdirSync(hooks, { recursive: true });
  const set = `ip link set dev ${bridgeOf(sessionId)} address ${addressOf(sessionId)}`;
  const script = isRootless(env) ? `for net in ${rootlessNetworks(env)}; do nsenter --net="$net" ${set}; done` : set;
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const hook = { path: '/bin/sh', args: ['sh', '-c', `{ ${script}; ${also}; } 2>/dev/null || :`], env: [path] };
  writeFileSync(
    join(hooks, 'bridge-address.json'),
    JSON.stringify({ version: '1.0.0', hook, when: { always: true }, stages: ['createRuntime'] }),
  );
}

/** Patterns, for a shell, of where podman 4 and 5 keep the network namespaces that a plain user's bridges are in. */
export function rootlessNetworks(env: NodeJS.ProcessEnv): string {
  const uid = env._CONTAINERS_ROOTLESS_UID;
  const places = [env.XDG_RUNTIME_DIR, `/run/user/${uid}`, `/tmp/podman-run-${uid}`].filter(
    place => place !== undefined,
  );
  return [...new Set(places)]
    .flatMap(place => [`${place}/netns/rootless-netns*`, `${place}/containers/networks/rootless-netns/rootless-netns`])
    .join(' ');
}
