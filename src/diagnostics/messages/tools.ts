/** Messages about steps of the build and tools of the app that failed, by what they said. */
import { message } from '../message.js';
import { lastLines } from '../output.js';

/** What stands in the way of a step of the build. */
export type ToolObstacle =
  | 'heap'
  | 'script'
  | 'program'
  | 'release'
  | 'package'
  | 'credentials'
  | 'manifest'
  | 'lock'
  | 'file'
  | 'module'
  | 'types'
  | 'debian'
  | 'repository'
  | 'unknown';

interface Words {
  /** What is wrong, about the name that was read from the output. */
  readonly says: (what: string) => string;
  readonly expected: string;
  readonly fix: string;
}

const OBSTACLES: Readonly<Record<ToolObstacle, Words>> = {
  heap: {
    says: () => 'Node may take no more memory than it has by itself, and needs more',
    expected: 'a build within the memory that Node may take',
    fix: 'write in quayside.yaml: frontend: { env: { NODE_OPTIONS: --max-old-space-size=4096 } }',
  },
  script: {
    says: what => `package.json has no script ${what}`,
    expected: 'a script that builds the frontend',
    fix: 'name the one that does in quayside.yaml: frontend: { script: … }, or write frontend: false where there is nothing to build',
  },
  program: {
    says: what => `there is no program ${what}`,
    expected: 'every program that the build runs',
    fix: 'add the package that brings it to the dependencies; a Debian package is named in quayside.yaml: native: { build: [ … ] }, frontend: { packages: [ … ] } for the frontend, or build: { packages: [ … ] } for commands of build',
  },
  release: {
    says: what => `nobody has published ${what}`,
    expected: 'versions that the package index has',
    fix: 'correct the version in package.json and write the lock file anew',
  },
  package: {
    says: what => `the package index does not have ${what}`,
    expected: 'packages that the index has',
    fix: 'correct the name; for a private index commit the .npmrc, or the index of pyproject.toml, that names it',
  },
  credentials: {
    says: what => `the package index wants to know who asks (${what})`,
    expected: 'credentials for a private index',
    fix: 'declare them in quayside.yaml by their names: secrets: { CORP_TOKEN: env }; they are kept nowhere',
  },
  manifest: {
    says: what => `a manifest cannot be read: ${what}`,
    expected: 'a manifest that its package manager reads',
    fix: 'correct the file that the message names',
  },
  lock: {
    says: () => 'the lock file does not fit its manifest',
    expected: 'a lock file that was written for this manifest',
    fix: 'write it anew with its package manager, or by ./quayside lock, and commit it',
  },
  file: {
    says: what => `${what} is not there`,
    expected: 'every file that the build reads, and every directory that it writes to',
    fix: 'add it to the source, or take its name out of what reads it; what .gitignore or .dockerignore leave out is not in the source',
  },
  module: {
    says: what => `it imports ${what}, which is not there`,
    expected: 'every module that is imported',
    fix: 'add the package to package.json, or the file to the source: names are told apart by upper and lower case here',
  },
  types: {
    says: what => `the compiler finds mistakes: ${what}`,
    expected: 'code without such mistakes',
    fix: 'correct it, or name a script that builds without the check in quayside.yaml: frontend: { script: … }',
  },
  debian: {
    says: what => `Debian has no package ${what} in the release of the image`,
    expected: 'packages of the Debian release that the image has',
    fix: 'correct the name in native.build, native.runtime, frontend.packages or build.packages in quayside.yaml',
  },
  repository: {
    says: what => `a git repository cannot be read: ${what}`,
    expected: 'repositories that can be read without asking anybody',
    fix: 'take a release of the package from an index, or declare what it is read with in quayside.yaml: secrets: { CORP_TOKEN: env } for a token in its address, { DEPLOY_KEY: ssh } for a key',
  },
  unknown: {
    says: what => what,
    expected: 'a command that ends with 0',
    fix: 'correct what its output says; native.build, frontend.packages and build.packages in quayside.yaml bring Debian packages, python.version and frontend.nodeVersion another Python or Node',
  },
};

/** What the app's own code, or a tool that runs it, says is wrong. */
export type AppFault =
  | 'settings'
  | 'static root'
  | 'static file'
  | 'heads'
  | 'conflict'
  | 'exists'
  | 'revision'
  | 'migrations'
  | 'command'
  | 'attribute'
  | 'module'
  | 'worker'
  | 'old worker'
  | 'syntax'
  | 'name'
  | 'driver'
  | 'unreachable'
  | 'refused'
  | 'no database'
  | 'no table'
  | 'secret key'
  | 'local address'
  | 'memory'
  | 'browser';

const FAULTS: Readonly<Record<AppFault, Words>> = {
  settings: {
    says: () => 'nothing tells Django which settings are meant',
    expected: 'DJANGO_SETTINGS_MODULE, set by manage.py and wsgi.py or in the environment',
    fix: 'name the module in quayside.yaml: env: { DJANGO_SETTINGS_MODULE: … }',
  },
  'static root': {
    says: () => 'static files are to be collected, and STATIC_ROOT is not set',
    expected: 'a directory that static files are collected in',
    fix: 'set STATIC_ROOT in the settings, such as BASE_DIR / "staticfiles"; other settings are chosen in quayside.yaml: env: { DJANGO_SETTINGS_MODULE: … }',
  },
  'static file': {
    says: what => `${what}, which a stylesheet or a template names, is not among the static files`,
    expected: 'every static file that is named',
    fix: 'add the file or correct its name; where the frontend writes it, frontend: { output: … } in quayside.yaml says where to',
  },
  heads: {
    says: () => 'the migrations have several heads',
    expected: 'one newest migration',
    fix: 'join them with `alembic merge heads` (`flask db merge heads`), or write migrate: [alembic, upgrade, heads] in quayside.yaml',
  },
  conflict: {
    says: what => `migrations contradict each other: ${what}`,
    expected: 'one newest migration of each app',
    fix: 'join them with `python manage.py makemigrations --merge` and commit the result',
  },
  exists: {
    says: what => `${what} is there before the migration makes it`,
    expected: 'a schema that is made once',
    fix: 'let the code make no tables where migrations do; without migrations, write migrate: false in quayside.yaml',
  },
  revision: {
    says: what => `a migration builds on ${what}, which is not in the source`,
    expected: 'all migrations since the first one',
    fix: 'commit the missing migration; what .gitignore leaves out is not in the source',
  },
  migrations: {
    says: what => `there are no migrations in ${what}`,
    expected: 'the directory with the migrations',
    fix: 'commit it, or write migrate: false in quayside.yaml where there are none',
  },
  command: {
    says: what => `there is no command ${what}`,
    expected: 'a command that the app has',
    fix: 'write the right one in quayside.yaml as migrate or below build: { commands: [ … ] }, or add the package that brings it',
  },
  attribute: {
    says: what => `the server does not find the app: ${what}`,
    expected: 'the object that serves requests',
    fix: 'name it in quayside.yaml: server: { entry: "module:attribute" }',
  },
  module: {
    says: what => `the module ${what} cannot be imported`,
    expected: 'the module with the app, where imports start',
    fix: 'name it in quayside.yaml: server: { entry: "module:attribute" }, or root: the directory that imports start in',
  },
  worker: {
    says: what => `the server does not know workers of the kind ${what}`,
    expected: 'a kind of worker whose package is installed',
    fix: 'add the package that brings it, such as gevent, to the dependencies, or name another in quayside.yaml: server: { worker: … }',
  },
  'old worker': {
    says: what => `an older one is installed than the server works with: ${what}`,
    expected: 'releases that fit together',
    fix: 'pin an older release of the server in the dependencies, or raise what holds the other back',
  },
  syntax: {
    says: what => `Python does not understand ${what}`,
    expected: 'code in the language of the Python of the image',
    fix: 'correct it; code for another Python is run with python: { version: "3.11" } in quayside.yaml',
  },
  name: {
    says: what => `${what}: the release that is installed does not have it`,
    expected: 'releases that fit together',
    fix: 'pin the release that the code was written for in the dependencies, together with what it builds on',
  },
  driver: {
    says: what => `the driver ${what} of its database is not installed`,
    expected: 'the driver that the settings name',
    fix: 'add the package that brings it to the dependencies, or choose another database in the settings',
  },
  unreachable: {
    says: what => `it reaches no service at ${what}`,
    expected: 'the address of a service that is started with it',
    fix: 'name the variable that the code reads the address from in quayside.yaml: services: { NAME: { variable: … } }, or add the service that is missing',
  },
  refused: {
    says: what => `a service refuses ${what}`,
    expected: 'the user and the password that the service was started with',
    fix: 'let the code take both from the address in the variable that services: { NAME: { variable: … } } in quayside.yaml names',
  },
  'no database': {
    says: what => `its server has no database ${what}`,
    expected: 'the database that the address in the variable names',
    fix: 'let the code take the name from the address in the variable that services: { NAME: { variable: … } } in quayside.yaml names',
  },
  'no table': {
    says: what => `the table ${what} is not there`,
    expected: 'a database with its tables',
    fix: 'name the command that makes them in quayside.yaml: migrate: [ … ]; code that is only imported should ask for no table',
  },
  'secret key': {
    says: () => 'the key that sessions are signed with is empty',
    expected: 'a value of SECRET_KEY',
    fix: 'read it from a variable, and name that in quayside.yaml where it is not found: env: { SECRET_KEY: { value: …, only: trial } }',
  },
  'local address': {
    says: what => `the app listens on ${what}, which nothing outside of its container reaches`,
    expected: 'an app that listens on 0.0.0.0',
    fix: 'give its command the address in quayside.yaml, such as server: { command: [ …, --host, 0.0.0.0 ] }, or take the one out that the code gives',
  },
  memory: {
    says: () => 'a process was ended for want of memory',
    expected: 'an app that fits into the memory of its container',
    fix: 'start fewer processes with server: { workers: 1 } in quayside.yaml, or give the machine more memory',
  },
  browser: {
    says: what => `Playwright does not find its browser at ${what}`,
    expected: 'the browsers of the release of Playwright that is locked',
    fix: 'let the tests launch the browser that Playwright chooses, without a path or a channel, and keep one release of playwright in the lock',
  },
};

export const TOOL_MESSAGES = {
  QS710: message<{
    readonly step: string;
    readonly exitCode: number;
    readonly obstacle: ToolObstacle;
    /** What the output names. */
    readonly what: string;
    readonly output: string;
  }>({
    title: 'A step of the build failed',
    about:
      'A tool that the build runs ended with an error: a package manager, a bundler, a command of `build`. Its last lines are in the message, and the key of quayside.yaml that may help.',
    words: ({ step, exitCode, obstacle, what, output }) => ({
      problem: `could not ${step}: ${OBSTACLES[obstacle].says(what === '' ? `it ended with exit code ${exitCode}` : what)}${lastLines(output, 12)}`,
      expected: OBSTACLES[obstacle].expected,
      fix: OBSTACLES[obstacle].fix,
    }),
  }),
  QS711: message<{
    readonly fault: AppFault;
    /** What the output names. */
    readonly what: string;
    /** What was being done, after "while". */
    readonly doing: string;
    readonly output: string;
  }>({
    title: "The app's code, or a tool that runs it, says what is wrong",
    about:
      'Static files that cannot be collected, migrations that do not fit together, a server that does not find the app, a database that is not reached. The last lines of the output are in the message, and the key of quayside.yaml that may help.',
    words: ({ fault, what, doing, output }) => ({
      problem: `${FAULTS[fault].says(what)}, while ${doing}${lastLines(output)}`,
      expected: FAULTS[fault].expected,
      fix: FAULTS[fault].fix,
    }),
  }),
};
