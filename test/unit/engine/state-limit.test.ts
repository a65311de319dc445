import { statfs } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { amountOf, readLimit } from '../../../engine/store/state-limit.js';

describe('the limit of the state', () => {
  it.each([
    [undefined, { kind: 'share', share: 0.25 }],
    ['', { kind: 'share', share: 0.25 }],
    ['none', { kind: 'none' }],
    ['10%', { kind: 'share', share: 0.1 }],
    ['2.5 %', { kind: 'share', share: 0.025 }],
    ['20GB', { kind: 'bytes', bytes: 20e9 }],
    ['1.5g', { kind: 'bytes', bytes: 1.5e9 }],
    ['300 MB', { kind: 'bytes', bytes: 300e6 }],
    ['0', { kind: 'bytes', bytes: 0 }],
  ])('%s', (text, limit) => {
    expect(readLimit({ QUAYSIDE_STATE_LIMIT: text })).toEqual(limit);
  });

  it.each(['much', '-1', '101%', '20 cows', 'GB', '1e9', 'Infinity'])('refuses %s', text => {
    expect(() => readLimit({ QUAYSIDE_STATE_LIMIT: text })).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: expect.stringContaining(`QUAYSIDE_STATE_LIMIT=${text}: `),
      }),
    );
  });

  it('is no more than the disk has, but for what is given in bytes', async () => {
    const { blocks, bsize } = await statfs('/');
    const held = { bytes: blocks * bsize * 2, entries: 10 };
    expect((await amountOf({ kind: 'share', share: 0.25 }, '/', held)).bytes).toBe(blocks * bsize * 0.25);
    const { bytes } = await amountOf({ kind: 'share', share: 1 }, '/', { bytes: 0, entries: 0 });
    // The twentieth that stays free of us is less than what others have.
    expect(bytes).toBeLessThan(blocks * bsize * 0.95);
    expect((await amountOf({ kind: 'bytes', bytes: 5 }, '/', held)).bytes).toBe(5);
    expect(await amountOf({ kind: 'none' }, '/', held)).toEqual({ bytes: Infinity, entries: Infinity });
  });
});
