/** What a container sees of this machine, and what its users may do. */
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';

let place: Place;
let session: TestSession;
beforeAll(async () => {
  place = await makePlace();
  session = await openTestSession(place);
});
afterAll(async () => {
  await session.close();
  await place.remove();
});

/** Docker's 14, as the kernel writes them. */
const usual = '00000000a80425fb';
const none = '0'.repeat(16);

it.each([
  ['root', '', usual],
  ['a user of its own', '1000:1000', none],
])('%s has the capabilities that Docker gives, and no ambient ones', async (_, user, own) => {
  const status = await session.base().withUser(user).withExec(['cat', '/proc/self/status']).stdout();
  const sets = Object.fromEntries([...status.matchAll(/^(Cap\w+):\s+(\w+)/gm)].map(([, name, set]) => [name, set]));
  expect(sets).toEqual({ CapInh: none, CapPrm: own, CapEff: own, CapBnd: usual, CapAmb: none });
});

it("has none of this machine's own names for addresses", async () => {
  const lines = (text: string) => text.split('\n').filter(line => /^[^#\s]/.test(line));
  const hosts = lines(await session.base().withExec(['cat', '/etc/hosts']).stdout());
  const known = hosts.flatMap(line => line.trim().split(/\s+/).slice(1));
  expect(known).toContain('localhost');
  const others = lines((await execa('cat', ['/etc/hosts'])).stdout)
    .flatMap(line => line.trim().split(/\s+/).slice(1))
    .filter(name => name !== 'localhost');
  expect(known.filter(name => others.includes(name))).toEqual([]);
});
