/** Messages about test suites. */

export const SUITES_MESSAGES = {
  QS601: {
    title: 'pytest is not a dependency',
    about: 'There are tests in the form pytest collects, and pytest is not in any dependency group.',
  },
  QS602: {
    title: 'The browser tests have no locked Playwright',
    about: 'Tests use the page fixture or import playwright, and the package or its locked version is not there.',
  },
  QS603: {
    title: 'A configured suite has no command',
    about: 'quayside.yaml configures a suite that was not detected, without the command to run.',
  },
  QS604: {
    title: 'The browser tests have a fixed address',
    about:
      "Playwright's configuration reads no variable for the address of the app, so its tests cannot be sent elsewhere.",
  },
  QS605: {
    title: 'The site does not answer to the name that browser tests call it by',
    about:
      "Django's ALLOWED_HOSTS spells out names, and the host name of the app in a test run is not among them. Read the names from a variable: a test run allows any name by it, the published image keeps to what it is given.",
  },
  QS606: {
    title: 'The browser tests import the app',
    about:
      'Browser tests run against the built image from one that has Playwright and the tests only. A test file, or a fixture that it uses, imports the app or a package of its own. A conftest.py that imports the app and that no browser test uses is left out without a word.',
  },
} as const;
