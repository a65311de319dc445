/** The words for what is wrong with a publication, before anything is built, and with what was published. */
import { expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnostics/diagnose.js';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';

const address = 'ghcr.io/acme/shop';
const image = `${address}@sha256:${'4c'.repeat(32)}`;
const by = 'https://github.com/acme/shop/.github/workflows/publish.yml@refs/tags/v1.2.3';
const source = { image, recorded: 'f'.repeat(40), given: `${'0'.repeat(40)}-dirty` };

test.each<readonly [string, readonly Diagnostic[]]>([
  [
    'publish-address',
    [
      diagnose('QS901', {}),
      diagnose('QS902', { address: `${address}:1.0`, problem: 'it names the tag 1.0: tags are given by --tags' }),
    ],
  ],
  ['publish-tag', [diagnose('QS903', { tag: '-x' })]],
  [
    'publish-platform',
    [
      diagnose('QS904', { platform: 'linux/mips', known: ['linux/amd64', 'linux/arm64'], reason: 'unknown' }),
      diagnose('QS904', { platform: 'linux/arm64', known: ['linux/amd64', 'linux/arm64'], reason: 'twice' }),
    ],
  ],
  ['publish-without-tag', [diagnose('QS905', { changed: true }), diagnose('QS905', { changed: false })]],
  [
    'publish-tag-taken',
    [
      diagnose('QS906', {
        image: address,
        tag: '1.2.3',
        there: `sha256:${'a'.repeat(64)}`,
        built: `sha256:${'b'.repeat(64)}`,
      }),
    ],
  ],
  [
    'publish-half-of-the-credentials',
    [diagnose('QS907', { given: 'username' }), diagnose('QS907', { given: 'password' })],
  ],
  ['publish-not-a-time', [diagnose('QS908', { created: 'yesterday' })]],
  [
    'signing-key',
    [
      diagnose('QS921', { reason: 'unreadable' }),
      diagnose('QS921', { reason: 'wrong password' }),
      diagnose('QS921', { reason: 'password missing' }),
    ],
  ],
  [
    'signing-without-a-key',
    [
      diagnose('QS926', { reason: 'no token' }),
      diagnose('QS926', { reason: 'key as well' }),
      diagnose('QS926', { reason: 'refused', said: '(400) the token has expired' }),
    ],
  ],
  [
    'image-is-not-signed',
    [
      diagnose('QS731', { image, missing: 'signature', by: 'the key' }),
      diagnose('QS731', { image, missing: 'provenance', by }),
    ],
  ],
  ['verify-no-image', [diagnose('QS930', { image: `${address}:1.2.3` }), diagnose('QS931', { image })]],
  ['verify-which-image', [diagnose('QS932', { address })]],
  ['verify-public-key', [diagnose('QS933', {})]],
  [
    'verify-other-source',
    [
      diagnose('QS934', { ...source, reason: 'commit' }),
      diagnose('QS934', { ...source, reason: 'plan' }),
      diagnose('QS934', { ...source, reason: 'file', path: 'poetry.lock' }),
    ],
  ],
  [
    'verify-signer-half-said',
    [
      diagnose('QS935', { reason: 'no issuer' }),
      diagnose('QS935', { reason: 'no identity' }),
      diagnose('QS935', { reason: 'key as well' }),
      diagnose('QS935', { reason: 'roots alone' }),
    ],
  ],
  ['verify-roots', [diagnose('QS936', {})]],
])('%s', async (name, diagnostics) => {
  const words = diagnostics.map(formatDiagnostic).join('\n\n');
  await expect(`${words}\n`).toMatchFileSnapshot(`../../golden/diagnostics/${name}.txt`);
});
