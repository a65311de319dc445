/** Every code a diagnostic can carry. Codes are stable: a code is never given a second meaning. */
import type { Message } from './message.js';
import { APP_MESSAGES } from './messages/app.js';
import { ATTEST_MESSAGES } from './messages/attest.js';
import { CONFIG_MESSAGES } from './messages/config.js';
import { CREDENTIALS_MESSAGES } from './messages/credentials.js';
import { FRONTEND_MESSAGES } from './messages/frontend.js';
import { INSTALL_MESSAGES, NODE_INSTALL_MESSAGES } from './messages/install.js';
import { PUBLISH_MESSAGES } from './messages/publish.js';
import { PYTHON_MESSAGES } from './messages/python.js';
import { RENDER_MESSAGES } from './messages/render.js';
import { RUN_MESSAGES } from './messages/run.js';
import { SCAN_MESSAGES, SCAN_RUN_MESSAGES } from './messages/scan.js';
import { SERVICES_MESSAGES } from './messages/services.js';
import { SUITES_MESSAGES } from './messages/suites.js';
import { TOOL_MESSAGES } from './messages/tools.js';
import { VERIFIED_MESSAGES, VERIFY_MESSAGES } from './messages/verify.js';

/** The codes by room: 1xx configuration, 2xx Python project, 3xx the app, 4xx frontend, 5xx services, 6xx suites, 7xx the run, 8xx rendered files, 9xx publishing. */
export const CODES = {
  ...CONFIG_MESSAGES,
  ...PYTHON_MESSAGES,
  ...INSTALL_MESSAGES,
  ...CREDENTIALS_MESSAGES,
  ...APP_MESSAGES,
  ...FRONTEND_MESSAGES,
  ...NODE_INSTALL_MESSAGES,
  ...SERVICES_MESSAGES,
  ...SUITES_MESSAGES,
  ...RUN_MESSAGES,
  ...TOOL_MESSAGES,
  ...SCAN_RUN_MESSAGES,
  ...VERIFIED_MESSAGES,
  ...RENDER_MESSAGES,
  ...PUBLISH_MESSAGES,
  ...ATTEST_MESSAGES,
  ...VERIFY_MESSAGES,
  ...SCAN_MESSAGES,
} satisfies Readonly<Record<string, Message<never>>>;

/** A code out of the table. */
export type Code = keyof typeof CODES;

/** The data of a finding with a code. */
export type DataOf<C extends Code> = Parameters<(typeof CODES)[C]['words']>[0];

/** Renders docs/diagnostics.md from the table. */
export function renderCodes(): string {
  const entries = Object.entries(CODES).map(([code, entry]) => `## ${code}: ${entry.title}\n\n${entry.about}\n`);
  return [
    '# Diagnostics\n',
    'What Quayside says when something in an app or its configuration has to be put right by a person. The command line exits with 2, and with 1 for the codes 7xx: then the app was built, and failed in its container as a test does. Generated from `src/diagnostics/messages` by `npm run generate`.\n',
    ...entries,
  ].join('\n');
}
