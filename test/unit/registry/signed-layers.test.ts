/** Signatures of several keys under one tag. */
import { expect, test } from 'vitest';
import { type SignedLayer, signedTogether } from '../../../src/registry/signed-layers.js';

const layer = (digest: string, mark?: string, predicateType?: string): SignedLayer => ({
  mediaType: 'x',
  digest,
  size: 1,
  annotations: { ...(mark && { 'quayside.signed': mark }), ...(predicateType && { predicateType }) },
});

test.each<readonly [string, readonly SignedLayer[], readonly SignedLayer[], readonly string[]]>([
  ['the first one', [], [layer('a', 'k1:x')], ['a']],
  ["another key's stays", [layer('a', 'k1:x'), layer('b')], [layer('c', 'k2:x')], ['a', 'b', 'c']],
  ['what is there stays where it is', [layer('a', 'k1:x'), layer('b')], [layer('a', 'k1:x')], ['a', 'b']],
  [
    'what says that it is the same and is not gives way',
    [layer('a', 'k1:x'), layer('b')],
    [layer('c', 'k1:x')],
    ['b', 'c'],
  ],
  [
    'the newest of a kind counts',
    [layer('a', 'k1:x', 'p'), layer('b', 'k1:y', 'q')],
    [layer('c', 'k1:z', 'p')],
    ['b', 'c'],
  ],
  [
    'not that of another key, and not a signature by the way',
    [layer('a', 'k2:x', 'p'), layer('b', 'k1:y')],
    [layer('c', 'k1:z', 'p')],
    ['a', 'b', 'c'],
  ],
])('%s', (_, there, added, digests) => {
  expect(signedTogether(there, added).map(({ digest }) => digest)).toEqual(digests);
});
