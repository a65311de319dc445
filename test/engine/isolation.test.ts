/** What a container sees of this machine, and what its users may do. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ReturnType } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownSession, withTestSession } from './support/session.js';

const ours = ownSession();

/** Docker's 14, as the kernel writes them. */
const usual = '00000000a80425fb';
const none = '0'.repeat(16);

it.each([
  ['root', '', usual],
  ['a user of its own', '1000:1000', none],
])('%s has the capabilities that Docker gives, and no ambient ones', async (_, user, own) => {
  const status = await ours.session.base().withUser(user).withExec(['cat', '/proc/self/status']).stdout();
  const sets = Object.fromEntries([...status.matchAll(/^(Cap\w+):\s+(\w+)/gm)].map(([, name, set]) => [name, set]));
  expect(sets).toEqual({ CapInh: none, CapPrm: own, CapEff: own, CapBnd: usual, CapAmb: none });
});

it("has none of this machine's own names for addresses", async () => {
  const lines = (text: string) => text.split('\n').filter(line => /^[^#\s]/.test(line));
  const hosts = lines(await ours.session.base().withExec(['cat', '/etc/hosts']).stdout());
  const known = hosts.flatMap(line => line.trim().split(/\s+/).slice(1));
  expect(known).toContain('localhost');
  const others = lines((await execa('cat', ['/etc/hosts'])).stdout)
    .flatMap(line => line.trim().split(/\s+/).slice(1))
    .filter(name => name !== 'localhost');
  expect(known.filter(name => others.includes(name))).toEqual([]);
});

describe('a process may not, as under Docker', () => {
  it.each([
    ['make namespaces of its own', '1000', 'unshare -Ur id -u'],
    ['make namespaces of its own as root', '', 'unshare -n true'],
    ['enter others', '', 'nsenter -t 1 -m true'],
    ['mount', '', 'mount -t tmpfs none /mnt'],
    ['unmount', '', 'umount /proc'],
    ['read what the kernel says', '', 'dmesg'],
    ['load modules', '', 'insmod /bin/busybox'],
    ['name the machine', '', 'hostname other'],
  ])('%s', async (_, user, command) => {
    const ran = ours.session
      .base()
      .withUser(user)
      .withExec(['sh', '-c', `mkdir -p /mnt; ${command}`], { expect: ReturnType.Any });
    expect(await ran.exitCode()).not.toBe(0);
    expect(await ran.stderr()).toMatch(/not permitted|denied/);
  });
});

describe('a container does not reach', () => {
  let listener: Server;
  let port: number;
  beforeAll(async () => {
    listener = createServer(socket => socket.end('welcome\n')).listen(0, '::');
    await once(listener, 'listening');
    port = (listener.address() as AddressInfo).port;
  });
  afterAll(() => void listener.close());

  const own = Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .find(address => address.family === 'IPv4' && !address.internal)!.address;
  const gateway = "$(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p')";

  it.each([
    ["this machine's address", own],
    ["its network's end on this machine", gateway],
    ['link-local addresses, as that of a cloud that hands out credentials', '169.254.169.254'],
  ])('%s', async (_, address) => {
    const asked = `time nc -w 20 ${address} ${port} </dev/null`;
    const ran = ours.session.base().withExec(['sh', '-c', asked], { expect: ReturnType.Any });
    const [output, errors] = [await ran.stdout(), await ran.stderr()];
    expect(output).not.toContain('welcome');
    expect(errors).toMatch(/unreachable|No route to host/);
    // Refused at once, not waited for.
    expect(errors).toMatch(/^real\s+0m [0-5]\./m);
  });

  it('another session', async () => {
    const served = ours.session
      .base()
      .withNewFile('/www/page', 'welcome')
      .withExposedPort(8080)
      .asService({ args: ['httpd', '-f', '-p', '8080', '-h', '/www'] });
    const asked = ours.session.base().withServiceBinding('there', served);
    const found = await asked
      .withExec(['sh', '-c', 'wget -qO- http://there:8080/page; grep -w there /etc/hosts'])
      .stdout();
    const address = /^welcome(10\.\S+)/.exec(found)?.[1];
    await withTestSession(ours.place, async other => {
      const ran = other.base().withExec(['nc', '-w', '20', address!, '8080'], { expect: ReturnType.Any });
      expect(await ran.stderr()).toMatch(/unreachable|No route to host/);
    });
  });

  it('and leaves nothing of its walls behind', async () => {
    const walls = async (): Promise<readonly string[]> =>
      (await execa('iptables', ['-S'])).stdout.match(/^-N qs\w+-to$/gm) ?? [];
    let ofOther: readonly string[] = [];
    await withTestSession(ours.place, async other => {
      const before = await walls();
      await other.base().withExec(['true']).sync();
      ofOther = (await walls()).filter(wall => !before.includes(wall));
    });
    expect(ofOther.length).toBeGreaterThan(0);
    const after = await walls();
    expect(ofOther.every(wall => after.includes(wall))).toBe(false);
  });
});
