/** The session's network bridge. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name of a session's bridge, within the kernel's 15 characters. */
export const bridgeOf = (sessionId: string): string => `qs${sessionId.slice(0, 10)}`;

/**
 * Writes, as an OCI hook into `hooks`, what pins the bridge's hardware address before a container starts. Unpinned, it is the lowest of the
 * containers' and changes as they come and go, and whoever is connected meanwhile talks to an address that is no more until the kernel asks anew:
 * downloads stood still for 30 to 120 s. Machines with udev pin it themselves (systemd.link(5), MACAddressPolicy).
 */
export function writePinHook(hooks: string, bridge: string): void {
  mkdirSync(hooks, { recursive: true });
  // addr_assign_type 3: somebody has set it.
  const pin =
    `cd /sys/class/net/${bridge} && read -r assigned <addr_assign_type && [ "$assigned" != 3 ] && ` +
    `read -r address <address && ip link set dev ${bridge} address "$address"`;
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const hook = { path: '/bin/sh', args: ['sh', '-c', `{ ${pin}; } 2>/dev/null || :`], env: [path] };
  writeFileSync(
    join(hooks, 'pin-bridge.json'),
    JSON.stringify({ version: '1.0.0', hook, when: { always: true }, stages: ['createRuntime'] }),
  );
}
