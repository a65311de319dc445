import type { Plugin } from 'esbuild';

/** Leaves out of a bundle what it does not use of the SDK. */
export const onlyUsedPartsOfTheSdk: Plugin;
