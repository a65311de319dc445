import { randomInt } from 'node:crypto';
import { execa } from 'execa';
import { afterAll, beforeAll } from 'vitest';

/** An address that takes every packet and answers none, there as long as the tests of the file run. Of TEST-NET-2, RFC 5737: nobody has it. */
export function blackHole(): { readonly address: string } {
  const number = randomInt(1, 255);
  const device = `hole${number}`;
  const address = `198.51.100.${number}`;
  const ip = (...args: string[]) => execa('ip', args);
  beforeAll(async () => {
    await ip('link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}p`);
    await ip('link', 'set', `${device}p`, 'up');
    await ip('address', 'add', `192.0.2.${number}/32`, 'dev', device);
    await ip('link', 'set', device, 'arp', 'off', 'up');
    await ip('route', 'add', `${address}/32`, 'dev', device);
  });
  afterAll(async () => void (await ip('link', 'delete', device)));
  return { address };
}
