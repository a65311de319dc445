/** Mailpit, in the place of every mail server. */
import type { RunServiceDefinition } from './definition.js';

export const mailpit: RunServiceDefinition = {
  run: true,
  rank: 60,
  title: 'Mailpit',
  doc: 'for mail that the app sends: browser tests can read it',
  need: 'a mail server',
  does: 'which takes mail and shows it',
  isDatabase: false,
  drivers: [
    {
      packages: ['django-environ', 'aiosmtplib', 'flask-mail', 'flask-mailman'],
      scheme: 'smtp',
      plain: 'smtp',
      counts: 'read',
    },
  ],
  protocol: 'smtp',
  needsNoDriver: true,
  variables: [/^(SMTP|MAIL|EMAIL)_UR[IL]$/],
  example: 'SMTP_URL',
  schemes: /^smtps?$/,
  prefixes: ['SMTP', 'MAIL', 'EMAILS?'],
  ends: {
    sender: ['FROM', 'FROM_EMAIL', 'FROM_ADDRESS', 'FROM_ADDR', 'SENDER', 'DEFAULT_SENDER', 'DEFAULT_FROM'],
    // Django's names for a login.
    user: ['HOST_USER'],
    password: ['HOST_PASSWORD'],
    off: ['USE_TLS', 'USE_SSL', 'TLS', 'SSL', 'STARTTLS', 'SSL_TLS', 'START_TLS', 'USE_CREDENTIALS'],
  },
  isOpen: true,
  programs: ['mailpit', 'mailhog', 'MailHog', 'mailcatcher', 'maildev'],
  images: [],
  sharesMessages: false,
  seenByBrowsers: true,
};
