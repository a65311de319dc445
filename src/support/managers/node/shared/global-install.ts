/** npm comes with Node, and brings the other package managers. */
import type { CacheMount } from '../../../../plan/types.js';

/** Where npm keeps what it has downloaded. */
export const NPM_CACHE: CacheMount = { key: 'quayside-npm', path: '/root/.npm' };

/** How long npm and pnpm wait for a server that says nothing, and how often they ask again, each time later. Their own would take minutes. */
export const FETCH_OPTIONS = [
  '--fetch-retries=4',
  '--fetch-retry-factor=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=8000',
  '--fetch-timeout=60000',
];

/** The words before `PACKAGE@VERSION` that install a program for the whole image. */
export const GLOBAL_INSTALL = [
  'npm',
  'install',
  '--global',
  // The image has a yarn of its own, whose names are in the way.
  '--force',
  '--no-audit',
  '--no-fund',
  ...FETCH_OPTIONS,
];
