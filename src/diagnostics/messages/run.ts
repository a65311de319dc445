/** Messages about the run itself. */

export const RUN_MESSAGES = {
  QS701: {
    title: 'A service did not come up',
    about:
      'A database, cache or other service that a suite needs ended or never passed its health check. Its last lines are in the message.',
  },
  QS702: {
    title: 'The migration failed',
    about:
      'The command that brings the database to the newest schema ended with an error on an empty database, so nothing was started or tested.',
  },
  QS703: {
    title: 'The app did not come up',
    about: 'The production image ended or never passed its health check. Its last lines are in the message.',
  },
  QS704: {
    title: 'A Python package cannot work in the image',
    about:
      'A shared library that a package needs is not in the production image, or a declared package cannot be imported there. `native.unchecked` in quayside.yaml leaves a package out of this check.',
  },
} as const;
