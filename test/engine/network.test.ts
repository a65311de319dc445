/** Containers of one session share a network, and come and go without the others noticing. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makePlace, type Place, withTestSession } from './support/session.js';
import { sessionsOf, tracesOf } from './support/traces.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

it('the network keeps its hardware address, which a connection would stand still without', async () => {
  await withTestSession(place, async session => {
    const ids = await sessionsOf(place);
    // Ends with the session.
    session
      .base()
      .withExec(['sleep', '600'])
      .sync()
      .catch(() => undefined);
    const bridge = await vi.waitUntil(async () => (await tracesOf(place, ids)).bridges[0], { timeout: 60_000 });
    const read = (file: string) => readFileSync(`/sys/class/net/${bridge}/${file}`, 'utf8').trim();
    const visitor = async (_: unknown, number: number) => {
      await session
        .base()
        .withExec(['echo', `visitor ${number}`])
        .sync();
      return read('address');
    };
    const addresses = await Promise.all(Array.from({ length: 12 }, visitor));
    expect(new Set(addresses).size).toBe(1);
    // 3, in linux/netdevice.h: set by somebody, so that the kernel does not choose again.
    expect(read('addr_assign_type')).toBe('3');
  });
});
