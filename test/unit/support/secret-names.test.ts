/** Which variables hold secrets, by their names. */
import { expect, it } from 'vitest';
import { isSecretName } from '../../../src/support/secret-names.js';

it.each([
  'SECRET_KEY',
  'DB_PASS',
  'SMTP_PASSPHRASE',
  'STRIPE_API_KEY',
  'AES_256_KEY',
  'KEY',
  'SENTRY_DSN',
  'AZURE_STORAGE_CONNECTION_STRING',
])('%s is one', name => {
  expect(isSecretName(name)).toBe(true);
});

it.each(['STRIPE_PUBLISHABLE_KEY', 'RECAPTCHA_SITE_KEY', 'TLS_KEY', 'PARTITION_KEY', 'KEY_PREFIX', 'MONKEY', 'TOKENS'])(
  '%s is none',
  name => {
    expect(isSecretName(name)).toBe(false);
  },
);
