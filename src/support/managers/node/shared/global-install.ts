/** npm comes with Node, and brings the other package managers. */
import type { CacheMount } from '../../../../plan/types.js';

/** Where npm keeps what it has downloaded. */
export const NPM_CACHE: CacheMount = { key: 'quayside-npm', path: '/root/.npm' };

/** The words before `PACKAGE@VERSION` that install a program for the whole image. */
export const GLOBAL_INSTALL = [
  'npm',
  'install',
  '--global',
  // The image has a yarn of its own, whose names are in the way.
  '--force',
  '--no-audit',
  '--no-fund',
];
