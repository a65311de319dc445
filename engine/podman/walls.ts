/**
 * What containers cannot reach: this machine's own addresses, where things listen that trust whoever gets to them; link-local ones, where clouds
 * hand out credentials; and other sessions' networks. Dagger's engine has no such walls; there, the engine's container stands in between.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { bridgeOf, rootlessNetworks } from './bridge.js';
import { isRootless } from './rootless.js';

/** An address that stays open, or one port of it. */
export interface Door {
  readonly address: string;
  readonly port?: number | undefined;
}

const linkLocal = '169.254.0.0/16';
/** Tells at once, and otherwise than a port where nobody listens. */
const refuse = '-j REJECT --reject-with icmp-admin-prohibited';
const dns = 53;
const lastPort = 65_535;
/** Where podman takes the name servers from that it tells containers. */
const resolvers = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];
const proxies = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy'];

const nameServers = (): string[] =>
  resolvers
    .filter(existsSync)
    .flatMap(file => [...readFileSync(file, 'utf8').matchAll(/^nameserver\s+(\S+)/gm)].map(match => match[1]!));

function proxyOf(value: string | undefined): Door | undefined {
  if (value === undefined || !URL.canParse(value)) return undefined;
  const { hostname, port, protocol } = new URL(value);
  return { address: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** Reads QUAYSIDE_REACH: addresses with or without a port, separated by commas. */
function named(value: string): Door[] {
  return value
    .split(',')
    .map(part => part.trim().split(':'))
    .map(([address = '', port]) => ({ address, port: port === undefined ? undefined : Number(port) }));
}

/** What stays open: name servers, proxies that the environment names, and what QUAYSIDE_REACH names. Names of hosts are not looked up. */
export function openDoors(env: NodeJS.ProcessEnv, servers: readonly string[] = nameServers()): Door[] {
  const doors = [
    ...servers.map(address => ({ address, port: dns })),
    ...proxies.flatMap(name => proxyOf(env[name]) ?? []),
    ...named(env.QUAYSIDE_REACH ?? ''),
  ];
  return doors.filter(({ address, port = 0 }) => isIPv4(address) && Number.isInteger(port) && port <= lastPort);
}

/** The rules for what comes from a bridge, as iptables-restore reads them. Pure. */
export function wallRules(bridge: string, doors: readonly Door[], own: readonly string[]): string {
  const open = doors.flatMap(({ address, port }) =>
    port === undefined
      ? [`-d ${address} -j RETURN`]
      : ['tcp', 'udp'].map(protocol => `-d ${address} -p ${protocol} --dport ${port} -j RETURN`),
  );
  const [to, through] = [`${bridge}-to`, `${bridge}-thr`];
  // Answers, to those that connect from here to a service.
  const answers = '-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN';
  return [
    '*filter',
    `:${to} - [0:0]`,
    `:${through} - [0:0]`,
    ...[answers, ...open, refuse].map(rule => `-A ${to} ${rule}`),
    `-A ${through} -o ${bridge} -j RETURN`,
    ...[answers, ...open, ...[linkLocal, ...own].map(address => `-d ${address} ${refuse}`)].map(
      rule => `-A ${through} ${rule}`,
    ),
    `-A ${through} -o qs+ ${refuse}`,
    `-I INPUT 1 -i ${bridge} -j ${to}`,
    `-I FORWARD 1 -i ${bridge} -j ${through}`,
    'COMMIT\n',
  ].join('\n');
}

/** Not those of sessions' own networks, which come and go. */
const ownAddresses = (): string[] =>
  Object.entries(networkInterfaces())
    .filter(([name]) => !name.startsWith('qs'))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);

/** By its link-local address the bridge is this machine too, though the network has no other of that kind. */
const sixRules = (bridge: string, verb: '-I' | '-D'): string[] => [verb, 'INPUT', '-i', bridge, '-j', 'DROP'];

/**
 * Puts the walls up around a session's network, which need not be there yet.
 * @returns what stands against it, in iptables' words
 */
export async function raiseWalls(sessionId: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (isRootless(env)) return undefined;
  const bridge = bridgeOf(sessionId);
  const { failed, stderr } = await execa('iptables-restore', ['--wait', '--noflush'], {
    input: wallRules(bridge, openDoors(env), ownAddresses()),
    reject: false,
  });
  if (failed) return stderr.trim() || 'iptables-restore cannot be run';
  await execa('ip6tables', ['--wait', ...sixRules(bridge, '-I')], { reject: false, stdin: 'ignore' });
  return undefined;
}

/** Takes the walls away, when they are there. */
export async function razeWalls(sessionId: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (isRootless(env)) return;
  const bridge = bridgeOf(sessionId);
  const [to, through] = [`${bridge}-to`, `${bridge}-thr`];
  const rules = [
    `-D INPUT -i ${bridge} -j ${to}`,
    `-D FORWARD -i ${bridge} -j ${through}`,
    ...[to, through].flatMap(chain => [`-F ${chain}`, `-X ${chain}`]),
  ];
  const input = ['*filter', ...rules, 'COMMIT\n'].join('\n');
  await execa('iptables-restore', ['--wait', '--noflush'], { input, reject: false });
  await execa('ip6tables', ['--wait', ...sixRules(bridge, '-D')], { reject: false, stdin: 'ignore' });
}

/** Without root, the network is there only once a container is: the script, for a hook before that starts, that puts the walls up then. */
export function wallsScript(directory: string, sessionId: string, env: NodeJS.ProcessEnv): string {
  if (!isRootless(env)) return ':';
  const bridge = bridgeOf(sessionId);
  const file = join(directory, 'walls');
  writeFileSync(file, wallRules(bridge, openDoors(env), ownAddresses()));
  const raise = `iptables -n -L ${bridge}-to >/dev/null 2>&1 || iptables-restore --noflush <${file}`;
  const lock = `XTABLES_LOCKFILE=${join(directory, 'walls.lock')}`;
  return `for net in ${rootlessNetworks(env)}; do nsenter --net="$net" env ${lock} sh -c '${raise}'; done`;
}
