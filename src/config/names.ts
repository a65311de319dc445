/** The app's own processes by the names under which they reach each other, and browser tests reach them. */
export const PROCESS_NAMES = {
  /** Not `app`: as a top-level domain it is on the browsers' list of names that only answer to https. */
  app: 'web',
  frontend: 'frontend',
  gateway: 'gateway',
} as const;
