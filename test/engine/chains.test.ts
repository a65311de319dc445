/** Long chains: more layers than the kernel mounts at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, type Place, withTestSession } from './support/session.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

const numbers = [...Array(150).keys()];

it('150 files are all there', async () => {
  await withTestSession(place, async ({ base }) => {
    const chain = numbers.reduce((c, i) => c.withNewFile(`/files/${i}`, `${i}\n`).withNewFile('/last', `${i}`), base());
    expect(await chain.directory('/files').entries()).toHaveLength(150);
    expect(await chain.file('/last').contents()).toBe('149');
    const summed = chain.withExec(['sh', '-c', 'cat /files/* | awk "{ s += \\$1 } END { print s }"; cat /last']);
    expect(await summed.stdout()).toBe('11175\n149');
  });
});

it('150 steps with processes among them each see what the ones before them did, and removed', async () => {
  await withTestSession(place, async ({ base }) => {
    const steps = numbers.reduce(
      (c, i) =>
        i % 3 === 0
          ? c.withExec(['sh', '-c', `cat /step-${i - 1} >> /all; rm -f /step-*; : > /step-${i}`])
          : c.withNewFile(`/step-${i}`, `${i}\n`),
      base().withNewFile('/step--1', '0\n'),
    );
    expect(await steps.withExec(['sh', '-c', 'wc -l < /all; tail -n 1 /all; echo /step-*']).stdout()).toBe(
      '50\n146\n/step-147 /step-148 /step-149\n',
    );
    expect(await steps.rootfs().glob('step-*')).toEqual(['step-147', 'step-148', 'step-149']);
  });
});
