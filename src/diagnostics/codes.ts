/** Every code a diagnostic can carry. Codes are stable: a code is never given a second meaning. */

/** What a code stands for: the heading and the explanation in docs/diagnostics.md. */
export interface CodeEntry {
  readonly title: string;
  readonly about: string;
}

/** The codes by room: 1xx configuration, 2xx Python project, 3xx the app, 4xx frontend, 5xx services, 6xx suites, 7xx the run. */
export const CODES = {
  QS101: {
    title: 'quayside.yaml is not valid YAML',
    about: 'The file could not be parsed. The message carries what the YAML parser said about the first error.',
  },
  QS102: {
    title: 'Unknown key in quayside.yaml',
    about: 'A key is not part of the schema. The closest known key is offered when there is one.',
  },
  QS103: {
    title: 'Wrong value in quayside.yaml',
    about: 'The value of a key has another type or form than the schema asks for.',
  },
  QS104: {
    title: 'The configured app directory has no files',
    about: '`root` in quayside.yaml names a directory in which no file was found.',
  },
  QS105: {
    title: 'The configured app directory points on',
    about: '`root` leads to a directory whose own quayside.yaml has a `root` again. One step is followed, not two.',
  },
  QS201: {
    title: 'No Python project found',
    about: 'There is neither a pyproject.toml nor a requirements.txt in the source directory.',
  },
  QS202: {
    title: 'Two package managers disagree',
    about:
      'More than one lock file lies in the project. Which one counts would be a guess, and the other one grows stale.',
  },
  QS203: {
    title: 'Package manager not supported',
    about: 'The project is kept with a tool that Quayside has no lock-strict install for.',
  },
  QS204: {
    title: 'The lock file is missing',
    about: 'Dependencies are declared but nothing pins their versions, so two builds could differ.',
  },
  QS205: {
    title: 'The lock file is stale',
    about:
      'The declared dependencies were changed after the lock file was written. The content hash (poetry, pdm, pipenv) or the recorded requirements (uv, compiled requirements files) show it.',
  },
  QS206: {
    title: 'pyproject.toml is not valid TOML',
    about: 'The file could not be parsed. The message carries what the parser said about the first error.',
  },
  QS207: {
    title: 'Python version not supported',
    about: 'The version asked for is none that Quayside knows.',
  },
  QS208: {
    title: 'Two places ask for different Python versions',
    about: 'A pinned version does not satisfy the range that the project declares.',
  },
  QS209: {
    title: 'A lock file cannot be read',
    about:
      'The lock file is not valid TOML, or not in the form its package manager writes. Merge conflicts are the usual cause.',
  },
  QS210: {
    title: 'A requirements file is missing',
    about: 'A requirements file includes another one with -r, and that file does not exist.',
  },
  QS211: {
    title: 'A dependency is code without a hash',
    about:
      'A dependency comes from a repository or a directory. Nothing pins what is in it, or nothing says what it needs itself.',
  },
  QS212: {
    title: 'The app in a workspace is not clear',
    about: 'A uv workspace has no member with a web framework or several of them. Quayside asks instead of guessing.',
  },
  QS213: {
    title: 'A configured dependency group does not exist',
    about:
      '`python.groups` names a dependency group or an extra that the project does not declare, or the project is kept with requirements files, which have none.',
  },
  QS301: {
    title: 'No supported web framework among the dependencies',
    about: 'None of Flask, FastAPI (or Starlette) and Django is a main dependency.',
  },
  QS302: {
    title: 'No entry point found',
    about:
      'No module of the app creates an app object at its top level or has a function that creates and returns one.',
  },
  QS303: {
    title: 'More than one entry point',
    about: 'Several objects could be the app. Quayside asks instead of guessing.',
  },
  QS304: {
    title: 'The app factory needs arguments',
    about: 'The only function that creates the app has parameters without defaults, which a server cannot supply.',
  },
  QS305: {
    title: 'The production server is not a main dependency',
    about:
      'A server must be installed with the app: gunicorn, granian or hypercorn for WSGI, uvicorn, hypercorn or granian for ASGI. The image has nothing the lock file does not name.',
  },
  QS306: {
    title: 'The configured entry point does not exist',
    about: 'server.entry names a module or an attribute that is not in the source.',
  },
  QS307: {
    title: 'A Python file cannot be read as Python',
    about:
      'A bracket or a string is never closed, so what stands in the file is unknown. The file would fail at import as well.',
  },
  QS308: {
    title: 'gunicorn has no eventlet workers any more',
    about: 'The app declares eventlet for its workers. gunicorn 26 dropped them; older versions warn about them.',
  },
  QS309: {
    title: 'What a worker runs is not clear',
    about: 'The app uses Celery, and the code shows no Celery object to start a worker with, or several.',
  },
  QS310: {
    title: 'No such component',
    about: 'An image was asked for of a process that the app does not have.',
  },
  QS311: {
    title: 'The gateway is not clear',
    about:
      "The templates of the app's nginx have a variable whose name does not say what it stands for, or there are none.",
  },
  QS401: {
    title: 'The frontend has no lock file',
    about: 'package.json has a build script but no lock file pins its packages.',
  },
  QS402: {
    title: 'More than one frontend',
    about: 'Several directories hold a package.json with a build script.',
  },
  QS403: {
    title: 'A lock file of Node packages cannot be used',
    about: 'It has marks of a merge conflict, or a format that no supported version of its package manager reads.',
  },
  QS404: {
    title: 'package.json is not valid JSON',
    about: 'The file could not be parsed.',
  },
  QS405: {
    title: 'Node version not supported',
    about: 'The version that .nvmrc, engines.node or quayside.yaml asks for is none that Quayside knows.',
  },
  QS406: {
    title: 'The frontend build script is missing',
    about:
      'The configured script is not among the scripts of package.json, or there is no package.json where the configuration says.',
  },
  QS407: {
    title: 'Two Node package managers disagree',
    about:
      'Lock files of several package managers lie side by side, or package.json names another one than the lock file.',
  },
  QS408: {
    title: 'Where the frontend builds to is not known',
    about: 'The build script runs a tool whose output directory cannot be read from its configuration.',
  },
  QS409: {
    title: 'The frontend builds a server that cannot be run',
    about:
      'The framework is set to render pages on a server in a form that Quayside does not run: Next.js without output, SvelteKit, Nuxt or Astro with a server adapter.',
  },
  QS410: {
    title: 'Nobody serves the frontend',
    about:
      'A frontend without a server of its own is built into files, and no code of the app hands files of that directory to browsers. It would be built for nothing, or the app would answer without it.',
  },
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
} as const satisfies Record<string, CodeEntry>;

/** A code out of the table. */
export type Code = keyof typeof CODES;

/** Renders docs/diagnostics.md from the table. */
export function renderCodes(): string {
  const entries = Object.entries(CODES).map(([code, entry]) => `## ${code}: ${entry.title}\n\n${entry.about}\n`);
  return [
    '# Diagnostics\n',
    'What Quayside says when something in an app or its configuration has to be put right by a person. The command line exits with 2, and with 1 for the codes 7xx: then the app was built, and failed in its container as a test does. Generated from `src/diagnostics/codes.ts` by `npm run generate`.\n',
    ...entries,
  ].join('\n');
}
