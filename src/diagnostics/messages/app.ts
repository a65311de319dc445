/** Messages about the app: framework, entry point, server, processes. */
import { anyOf } from '../listing.js';
import { message } from '../message.js';

/** One way to get at an app, with the line that says so. */
export interface NamedObject {
  /** `module:attribute`, or `module:factory()`. */
  readonly reference: string;
  readonly path: string;
  readonly line: number;
}

/** A version that is configured for a server which the app's own dependencies have in another one. */
export interface DecidedVersion {
  readonly server: string;
  readonly version: string;
  /** The version that they pin; undefined: none. */
  readonly locked: string | undefined;
}

/**
 * Why a server cannot make the app: its factory has parameters without defaults, or is called with what the server cannot give, or what
 * is made has no pages until a function of the app's own runs.
 */
export type UncallableFactory =
  | { readonly reason: 'parameters'; readonly factory: string; readonly missing: readonly string[] }
  | { readonly reason: 'arguments'; readonly reference: string; readonly server: string }
  | {
      readonly reason: 'pages';
      readonly reference: string;
      readonly function: string;
      readonly file: string;
      readonly line: number;
    };

/** What names an app that is not there: the configuration by a module or an attribute, or the Procfile. */
export type UnknownEntry =
  | { readonly named: 'module'; readonly module: string; readonly near: string | undefined }
  | {
      readonly named: 'attribute';
      readonly attribute: string;
      readonly file: string;
      readonly near: string | undefined;
    }
  | { readonly named: 'by the Procfile'; readonly reference: string };

/** A class of workers that a server has no more from a version on. */
export interface DroppedWorkers {
  readonly server: string;
  readonly workerClass: string;
  /** The version that is installed; undefined: any. */
  readonly version: string | undefined;
  /** The first major version without. */
  readonly dropped: number;
  /** The last version with it. */
  readonly last: string;
  /** Classes that may take its place: that of a similar package, and one that needs none. */
  readonly similar: string;
  readonly plain: string;
}

/** Why it is not known what a worker of Celery runs. */
export type UnclearWorker =
  | { readonly reason: 'no object' }
  | { readonly reason: 'several objects'; readonly first: string; readonly second: string };

/** What is not known of the app's nginx. */
export type UnclearGateway =
  | { readonly reason: 'unknown variable'; readonly variable: string; readonly template: string }
  | { readonly reason: 'no templates'; readonly directories: readonly string[] };

export const APP_MESSAGES = {
  QS301: message<{ readonly frameworks: readonly string[] }>({
    title: 'No supported web framework among the dependencies',
    about: 'None of the web frameworks that Quayside supports is a main dependency; docs/supported.md lists them.',
    words: ({ frameworks }) => ({
      problem: 'no web framework among the main dependencies',
      expected: anyOf(frameworks),
      fix: 'add the framework to the main dependencies, point --source at the app that has it, or write in quayside.yaml how it is started: server: { command: [python, main.py], port: 8000 }',
    }),
  }),
  QS302: message<{ readonly framework: string; readonly example: string; readonly files: number }>({
    title: 'No entry point found',
    about:
      'No module of the app creates an app object at its top level or has a function that creates and returns one.',
    words: ({ framework, example, files }) => ({
      problem: `no entry point found: no Python file (of ${files}) makes the ${framework} app at its top or in a factory`,
      expected: `"app = ${example}" at the top of a module, or a function such as create_app that returns it`,
      fix: 'write in quayside.yaml: server: { entry: "module:app" }, or "module:create_app()" for a factory',
    }),
  }),
  QS303: message<{ readonly candidates: readonly NamedObject[] }>({
    title: 'More than one entry point',
    about: 'Several objects could be the app. Quayside asks instead of guessing.',
    words: ({ candidates }) => ambiguous(candidates),
  }),
  QS304: message<UncallableFactory>({
    title: 'The app factory needs arguments',
    about:
      'The only function that creates the app has parameters without defaults, which a server cannot supply; or it is called with arguments, which the server that is used has no way to be told; or the app that it makes gets its pages in another function, which only a program of its own calls.',
    words: uncallable,
  }),
  QS306: message<UnknownEntry>({
    title: 'The configured entry point does not exist',
    about: 'server.entry, or the Procfile, names a module or an attribute that is not in the source.',
    words: unknownEntry,
  }),
  QS307: message<{ readonly file: string; readonly line: number; readonly what: string }>({
    title: 'A Python file cannot be read as Python',
    about:
      'A bracket or a string is never closed, so what stands in the file is unknown. The file would fail at import as well.',
    words: ({ file, line, what }) => ({
      problem: `${file} cannot be read as Python: ${what} is never closed`,
      expected: 'every string and bracket closed',
      fix: `correct the file from line ${line} on`,
    }),
  }),
  QS308: message<DroppedWorkers>({
    title: 'The server has no such workers any more',
    about:
      'The app declares workers of a class that newer versions of its server dropped; older versions warn about them.',
    words: droppedWorkers,
  }),
  QS309: message<UnclearWorker>({
    title: 'What a worker runs is not clear',
    about: 'The app uses Celery, and the code shows no Celery object to start a worker with, or several.',
    words: data => {
      const [module, problem] =
        data.reason === 'no object'
          ? ['MODULE', 'Celery is a dependency, and no Celery object is found at the top of a module']
          : [data.second, `both ${data.first} and ${data.second} could be what a Celery worker runs`];
      return {
        problem,
        expected: 'one Celery object that a worker can be started with, or a line of configuration',
        fix: `write in quayside.yaml: components: { worker: { command: [celery, --app, ${module}, worker] } } (or worker: false)`,
      };
    },
  }),
  QS310: message<{ readonly component: string; readonly known: readonly string[] }>({
    title: 'No such component',
    about: 'An image was asked for of a process that the app does not have.',
    words: ({ component, known }) => ({
      problem: `the app has no component "${component}"`,
      expected: `one of ${known.join(', ')}`,
      fix: 'name one of them, or add it under components in quayside.yaml',
    }),
  }),
  QS311: message<UnclearGateway>({
    title: 'The gateway is not clear',
    about:
      "The templates of the app's nginx have a variable whose name does not say what it stands for, or there are none.",
    words: unclearGateway,
  }),
  QS312: message<DecidedVersion>({
    title: "The server's version is the app's own",
    about:
      'server.version in quayside.yaml is for a server that Quayside brings. One that is among the dependencies has the version that they pin.',
    words: ({ server, version, locked }) => ({
      problem: `server.version is ${version}, and ${server} is a dependency${locked === undefined ? '' : `, pinned to ${locked}`}`,
      expected: `the version of ${server} where the app's dependencies are declared`,
      fix: `remove server.version, and ask for ${server}==${version} among the dependencies`,
    }),
  }),
  QS313: message<{ readonly settings?: string; readonly known: readonly string[] }>({
    title: "Django's settings are not in the source",
    about:
      'The module that the code takes its settings from is neither in the source nor set by anything that deploys the app: somebody writes it by hand, often from an example. Or nothing names any: neither the code nor what starts it.',
    words: ({ settings, known }) => ({
      problem:
        settings === undefined
          ? 'nothing says which module has the settings'
          : `the settings are ${settings}, and no such module is in the source`,
      expected:
        known.length === 0 ? 'a module of settings' : `a module of settings such as ${anyOf(known.slice(0, 4))}`,
      fix: `write in quayside.yaml: env: { DJANGO_SETTINGS_MODULE: ${known.length === 1 ? known[0] : 'MODULE'} }, or add the module`,
    }),
  }),
};

function ambiguous(candidates: readonly NamedObject[]) {
  const shown = candidates.slice(0, 4).map(({ reference, path, line }) => `${reference} (${path}:${line})`);
  const rest = candidates.length > 4 ? ` and ${candidates.length - 4} more` : '';
  return {
    problem: `${candidates.length} objects could be the app: ${shown.join(', ')}${rest}`,
    expected: 'one app, or a line of configuration that names it',
    fix: `write in quayside.yaml: server: { entry: "${candidates[0]?.reference}" }, or the one you mean`,
  };
}

function uncallable(data: UncallableFactory) {
  switch (data.reason) {
    case 'parameters':
      return {
        problem: `${data.factory} makes the app, but a server cannot give it ${data.missing.join(', ')}`,
        expected: 'a factory whose parameters all have defaults, or an object made with it',
        fix: `give the parameters defaults, or add wsgi.py with "app = ${data.factory}(...)"`,
      };
    case 'arguments':
      return {
        problem: `${data.reference} makes the app, and ${data.server} calls no factory, or none with arguments`,
        expected: 'a factory whose parameters all have defaults, or an object made with it',
        fix: `add wsgi.py with "app = ${data.reference.split(':')[1]}" and name it, or use another server`,
      };
    case 'pages':
      return {
        problem: `${data.reference} makes an app that gets its pages in ${data.function} (${data.file}:${data.line}), which no server calls`,
        expected: 'a function that returns the app with its pages, or the command that starts it',
        fix: 'write in quayside.yaml: server: { command: [python, FILE], port: PORT }, as the app is started by hand',
      };
  }
}

function unknownEntry(data: UnknownEntry) {
  if (data.named === 'by the Procfile') {
    return {
      problem: `the Procfile starts "${data.reference}", which is not in the source`,
      expected: 'module:attribute of an app object in the source',
      fix: 'correct the Procfile, or write server: { entry: "module:app" } in quayside.yaml',
    };
  }
  const name = data.named === 'module' ? data.module : data.attribute;
  return {
    problem:
      data.named === 'module'
        ? `there is no module "${name}" in the source`
        : `${data.file} has no "${name}" at its top`,
    expected: 'module:attribute of an app object, or module:factory()',
    fix: data.near === undefined ? 'correct server.entry, or remove it' : `write "${data.near}" in place of "${name}"`,
  };
}

function droppedWorkers({ server, workerClass, version, dropped, last, similar, plain }: DroppedWorkers) {
  const why = version === undefined ? `no version of ${server} is pinned` : `${server} ${version} has none`;
  const remedy = version === undefined ? `pin "${server}==${last}"` : `ask for "${server}<${dropped}" and lock again`;
  return {
    problem: `${workerClass} workers are asked for, and ${why}: version ${dropped} dropped them`,
    expected: `${server} below ${dropped}, or workers of another class`,
    fix: `${remedy}, or replace ${workerClass} by ${similar}, or write server: { worker: ${plain} } in quayside.yaml`,
  };
}

function unclearGateway(data: UnclearGateway) {
  switch (data.reason) {
    case 'unknown variable':
      return {
        problem: `what ${data.variable} stands for in ${data.template} is not clear`,
        expected: 'names such as BACKEND, FRONTEND, SERVER_NAME, HTTP_PORT, HTTPS_PORT, CERTIFICATES',
        fix: `write in quayside.yaml: gateway: { env: { ${data.variable}: VALUE } }, or "gateway: false" to go without nginx`,
      };
    case 'no templates':
      return {
        problem: 'a gateway is configured, and there are no templates of nginx with a proxy_pass',
        expected: `a file such as nginx/default.conf.template, in one of ${data.directories.join(', ')}`,
        fix: 'add the template, or remove gateway from quayside.yaml',
      };
  }
}
