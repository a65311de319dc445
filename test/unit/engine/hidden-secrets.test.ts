/** Values of secrets in what is printed. */
import { expect, test } from 'vitest';
import { openSecrets } from '../../../engine/store/secrets.js';

test.each([
  ['as it is', 'se/cret+word', 'got se/cret+word.', 'got ***.'],
  ['in an address', 'se/cret+word', 'https://me:se%2Fcret%2Bword@host', 'https://me:***@host'],
  ['without its last line end', 'se/cret+word\n', 'got se/cret+word.', 'got ***.'],
  ['that no address can hold', 'secret-\ud800word', 'got secret-\ud800word', 'got ***'],
])('a value is hidden %s', (_, value, text, hidden) => {
  const secrets = openSecrets({});
  secrets.set('one', value);
  expect(secrets.scrub(text)).toBe(hidden);
});
