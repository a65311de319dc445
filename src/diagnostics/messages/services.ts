/** Messages about services. */

export const SERVICES_MESSAGES = {
  QS501: {
    title: 'More than one database driver',
    about: 'Drivers of several databases are main dependencies, and the code does not show which one is used.',
  },
  QS502: {
    title: 'No variable for a service address',
    about:
      'A driver is installed, but the code reads no environment variable that could hold the address of the service.',
  },
  QS503: {
    title: 'A configured service has no known driver',
    about:
      'A service is asked for in quayside.yaml, and neither a dependency nor the configuration says how the app reaches it.',
  },
  QS504: {
    title: 'More than one driver for one database',
    about: 'Two drivers of the same database are installed and the code does not show which one the address must name.',
  },
  QS505: {
    title: 'A service that Quayside does not run',
    about:
      'A client of a database, queue or search engine that Quayside has no image of is a main dependency, and the code uses it. `services: { NAME: false }` builds, tests and serves the app without one; its own variables can lead it to one that runs elsewhere.',
  },
} as const;
