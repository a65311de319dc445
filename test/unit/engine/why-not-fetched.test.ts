/** What is told of tools that got nothing: the network in one sentence, anything else in their own words. */
import { expect, test } from 'vitest';
import { whyNotFetched } from '../../../engine/errors.js';

test.each([
  [
    'apt without names',
    `E: Failed to fetch http://deb.debian.example/debian/dists/trixie/InRelease  Temporary failure resolving 'deb.debian.example'
E: Failed to fetch http://security.example/dists/trixie/InRelease  Temporary failure resolving 'security.example'
E: Failed to fetch http://deb.debian.example/debian/dists/trixie-updates/InRelease  Temporary failure resolving 'deb.debian.example'
E: mmdebstrap failed to run`,
    'nothing leads to deb.debian.example, security.example',
  ],
  [
    'apt with a proxy that is not there',
    'E: Failed to fetch http://deb.example/x  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)',
    'nothing leads to 127.0.0.1',
  ],
  [
    'npm',
    `npm error code EAI_AGAIN
npm error request to https://npm.example/x failed, reason: getaddrinfo EAI_AGAIN npm.example`,
    'nothing leads to npm.example',
  ],
  [
    'pip',
    `WARNING: Retrying after connection broken by 'NewConnectionError("HTTPSConnection(host='index.example', port=443): Failed")': /x
ERROR: HTTPSConnectionPool(host='index.example', port=443): Max retries exceeded with url: /x (Caused by NameResolutionError("failed"))`,
    'nothing leads to index.example',
  ],
  [
    'whoever was ended for it',
    'Get:1 x\nE: no answer from 192.0.2.1:80 within 8 s\n',
    'no answer from 192.0.2.1:80 within 8 s',
  ],
])('%s', (_, output, said) => {
  expect(whyNotFetched(output)).toBe(`the network failed: ${said}. A retry may help`);
});

test('who did not answer a command of this machine', () => {
  expect(whyNotFetched('', 'no answer from 192.0.2.1:80 within 8 s')).toMatch(/^the network failed: no answer from /);
});

test.each([
  ['a package that is not there', 'Get:1 x\nE: Unable to locate package nothing\n'],
  ['a name that nobody knows', "E: Failed to fetch http://no.example/x  Could not resolve 'no.example'"],
])('%s is none of the network', (_, output) => {
  expect(whyNotFetched(output)).toBe(output.trim().split('\n').at(-1));
});
