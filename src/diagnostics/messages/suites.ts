/** Messages about test suites. */
import { message } from '../message.js';

export const SUITES_MESSAGES = {
  QS602: message<{ readonly lockfile: string }>({
    title: 'The browser tests have no locked Playwright',
    about: 'The lock file of a package.json with @playwright/test does not name its version, whose browsers are taken.',
    words: ({ lockfile }) => ({
      problem: `${lockfile} does not name the version of @playwright/test`,
      expected: 'a lock file that was written after @playwright/test was added',
      fix: 'let the package manager write the lock file again and commit it',
    }),
  }),
  QS603: message<{ readonly suite: string }>({
    title: 'A configured suite has no command',
    about: 'quayside.yaml configures a suite that was not detected, without the command to run.',
    words: ({ suite }) => ({
      problem: `the suite "${suite}" is configured, and nothing in the source looks like one`,
      expected: 'a command to run',
      fix: `write suites: { ${suite}: { command: [...] } } in quayside.yaml, or remove suites.${suite}`,
    }),
  }),
  QS605: message<{ readonly names: readonly string[]; readonly called: string }>({
    title: 'The site does not answer to the name that browser tests call it by',
    about:
      "Django's ALLOWED_HOSTS spells out names, and the host name of the app in a test run is not among them. Read the names from a variable: a test run allows any name by it, the published image keeps to what it is given.",
    words: ({ names, called }) => ({
      problem: `ALLOWED_HOSTS is [${names.map(name => `"${name}"`).join(', ')}], and browser tests open the site as "${called}": each page would be answered with 400`,
      expected: 'names that are read from a variable, which a test run sets and the published image does not',
      fix: `write ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "${names.join(',') || 'localhost'}").split(",")`,
    }),
  }),
  QS607: message<{ readonly suite: string; readonly library: string; readonly given: readonly string[] }>({
    title: 'The tests start containers themselves',
    about:
      "All tests of a suite need containers that they start with testcontainers or another client of Docker's. There is no Docker in a test container: the app's services run beside it, and the tests are given their addresses. Where only some test files are like that, the suite runs without them, as explain shows.",
    words: ({ suite, library, given }) => ({
      problem: `the tests of the suite ${suite} start containers with ${library}, and there is no Docker within their reach`,
      expected:
        given.length > 0
          ? `tests that use what they are given (${given.join(', ')}) and start a container only without it`
          : 'tests that start a container only where no service is given to them',
      fix: `let the fixture return early when ${given[0] ?? 'the address'} is set, or write suites: { ${suite}: false } in quayside.yaml`,
    }),
  }),
};
