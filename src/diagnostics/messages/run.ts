/** Messages about the run itself. */
import { message } from '../message.js';
import { lastLines } from '../output.js';

/** What someone needs that did not come up. */
interface NotUp {
  /** Name of a service or process; absent: which one is not known, or it is the app itself. */
  readonly name?: string;
  /** Id of the suite that needs it. */
  readonly suite: string;
  readonly end: { readonly kind: 'unhealthy' } | { readonly kind: 'ended'; readonly exitCode: number };
  readonly output: string;
}

function endOf({ end }: NotUp): string {
  return end.kind === 'unhealthy' ? 'did not become healthy' : `ended with exit code ${end.exitCode}`;
}

/** What was wrong with a start of the image. */
export type StartProblem =
  | { readonly kind: 'ended'; readonly process: string; readonly code: number }
  | {
      readonly kind: 'answered';
      readonly path: string;
      readonly status: number;
      /** The path of the health check, where that is another one and answered well. */
      readonly well?: string;
    }
  /** A worker that lives and does not answer. */
  | { readonly kind: 'idle'; readonly process: string; readonly seconds: number }
  | { readonly kind: 'silent'; readonly seconds: number };

function wordsOfStart(wrong: StartProblem): string {
  switch (wrong.kind) {
    case 'ended':
      return `the image was built, and its ${wrong.process} process ended with exit code ${wrong.code} when it was started`;
    case 'answered':
      return `the image was built and started, and GET ${wrong.path} answered ${wrong.status}${wrong.well === undefined ? '' : `, although its health check, GET ${wrong.well}, is well`}`;
    case 'idle':
      return `the image was built and started, and its ${wrong.process} process, asked whether it works, did not answer in ${wrong.seconds} seconds`;
    case 'silent':
      return `the image was built and started, and did not answer in ${wrong.seconds} seconds`;
  }
}

function fixOfStart(wrong: StartProblem): string {
  switch (wrong.kind) {
    case 'ended':
      return 'correct what its output says; suites.smoke.env in quayside.yaml sets variables for this start, suites: { smoke: false } builds without it';
    case 'idle':
      return 'see its output above: it does not reach its broker, or waits for something else; components in quayside.yaml has its command, suites: { smoke: false } builds without asking';
    case 'answered':
      if (wrong.well !== undefined)
        return 'correct what its output says; suites: { smoke: false } in quayside.yaml builds without asking';
      return 'correct what its output says; health in quayside.yaml names another path, suites: { smoke: false } builds without asking';
    case 'silent':
      return 'see its output above; server.entry and port in quayside.yaml say what is served and where, suites: { smoke: false } builds without asking';
  }
}

/** A variable that the app fails for. */
export interface MissingVariable {
  readonly name: string;
  /** It has no value, or one that the app does not take. */
  readonly lack: 'unset' | 'refused';
  /** What it has in trials, made up since nobody gives a value. */
  readonly value?: string;
}

/** What the image does not have. */
export type Lacking =
  | { readonly kind: 'module' | 'library'; readonly name: string }
  | {
      readonly kind: 'outdated';
      /** What of Python's own is gone: `the module imghdr`, `collections.Mapping`. */
      readonly name: string;
      /** The package that uses it; absent: the app does. */
      readonly by?: string;
      /** The image's Python, where it is known. */
      readonly python?: string;
      /** A Python that is supported and has it. */
      readonly last?: string;
    }
  | {
      readonly kind: 'mismatched';
      /** The package that does not work with what is installed; absent: the app does not. */
      readonly by?: string;
      /** What it imports, of which other package. */
      readonly name?: string;
      readonly of?: string;
      /** What it says itself of why it does not. */
      readonly says?: string;
    };

function wordsOfLacking(lacking: Lacking) {
  switch (lacking.kind) {
    case 'module':
      return {
        problem: `the app imports ${lacking.name}, which is not in the image`,
        expected: 'a dependency that brings the module',
        fix: 'add the package that brings it to the dependencies; where a group or an extra has it, name that in python.groups in quayside.yaml',
      };
    case 'library':
      return {
        problem: `the app imports ${lacking.name}, which is not in the image`,
        expected: 'a Debian package that brings the library',
        fix: 'name the Debian package that brings it in native.runtime in quayside.yaml',
      };
    case 'outdated':
      return wordsOfOutdated(lacking);
    case 'mismatched':
      return wordsOfMismatched(lacking);
  }
}

/** The words for something that was made for an older Python. */
export function wordsOfOutdated({ name, by, python, last }: Extract<Lacking, { kind: 'outdated' }>) {
  const here = python === undefined ? 'the Python of the image' : `Python ${python}`;
  const raise =
    by === undefined
      ? 'change the code'
      : `raise ${by}, and what asks for its version, to a release that works on ${here}`;
  return {
    problem: `${by ?? 'the app'} uses ${name}, which ${here} no longer has`,
    expected: 'packages that were made for the Python of the image',
    fix: last === undefined ? raise : `write python: { version: "${last}" } in quayside.yaml, or ${raise}`,
  };
}

/** The words for packages whose versions do not work together. */
export function wordsOfMismatched({ by, name, of, says }: Extract<Lacking, { kind: 'mismatched' }>) {
  const who = by ?? 'the app';
  const together = [by, of].filter(text => text !== undefined).join(' and ');
  return {
    problem:
      says === undefined
        ? `${who} imports ${name}, which the ${of} that is installed does not have`
        : `${who} does not work with what is installed: ${says}`,
    expected: 'releases of packages that work together',
    fix: `pin ${together} among the dependencies to ${of === undefined || by === undefined ? 'a release that works' : 'releases that work'} with the rest: what nobody pins is installed as its newest`,
  };
}

/** What could not be written. */
type Unwritable =
  | {
      readonly kind: 'path';
      /** Relative to the app's directory where it lies in that. */
      readonly path: string;
      /** The directory to be writable; empty: the app's own. */
      readonly directory: string;
    }
  | { readonly kind: 'database' };

function wordsOfVariable({ name, lack, value }: MissingVariable): string {
  if (lack === 'unset') return `${name} has no value`;
  return value === undefined
    ? `the value of ${name} is not taken`
    : `${name}, which nobody gives, was ${value} and that is not taken`;
}

function fixOfVariables(missing: readonly MissingVariable[]): string {
  const names = missing.map(({ name }) => name);
  const each = (value: string) => names.map(name => `${name}: ${value}`).join(', ');
  return `give a value in quayside.yaml, env: { ${each('…')} }; with env: { ${each('{ value: …, only: trial }')} } build steps, tests and serve have it and the published image does not`;
}

/** What to do about an import that ended a command, which no migration can mend: the last that Python said it of. */
function importFix(output: string): string | undefined {
  const said = [
    ...output.matchAll(
      /^\s*(?:ModuleNotFoundError: No module named '([\w.]+)'|ImportError: cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)')/gm,
    ),
  ].at(-1);
  if (said === undefined) return undefined;
  const [, module, name, from = ''] = said;
  return module === undefined
    ? `no migration was reached: ${from} has no ${name}, which the code imports. Correct that import, or pin the release of the package that still has it`
    : `no migration was reached: there is no module ${module}, which the code imports. Add the package that has it to the dependencies, or correct that import`;
}

export const RUN_MESSAGES = {
  QS701: message<NotUp>({
    title: 'A service did not come up',
    about:
      'A database, cache or other service that a suite needs ended or never passed its health check. Its last lines are in the message.',
    words: ({ name = 'a service', ...not }) => ({
      problem: `${name}, which the ${not.suite} suite needs, ${endOf(not)}${lastLines(not.output)}`,
      expected: `${name} starts and passes its health check`,
      fix: 'see its output above; services.NAME.version in quayside.yaml takes another version of a service',
    }),
  }),
  QS702: message<{
    readonly suite: string;
    /** The command, as a shell would be given it. */
    readonly command: string;
    /** The migration that was under way. */
    readonly reached?: string;
    readonly output: string;
  }>({
    title: 'The migration failed',
    about:
      'The command that brings the database to the newest schema ended with an error on an empty database, so nothing was started or tested.',
    words: ({ suite, command, reached, output }) => ({
      problem: `the database migration failed before the ${suite} suite${reached === undefined ? '' : `, at ${reached}`}: ${command}${lastLines(output)}`,
      expected: `\`${command}\` brings an empty database to the newest schema and exits with 0`,
      fix:
        importFix(output) ??
        'correct the migration named in the output, or set migrate in quayside.yaml to the right command; to false, where the app makes its tables itself when it starts',
    }),
  }),
  QS703: message<NotUp>({
    title: 'The app did not come up',
    about: 'The production image ended or never passed its health check. Its last lines are in the message.',
    words: not => ({
      problem: `${not.name === undefined ? 'the app' : `the app's ${not.name}`}, which the ${not.suite} suite needs, ${endOf(not)}${lastLines(not.output)}`,
      expected:
        'the production image starts and answers its health check within a minute, or ten where it migrates a database first',
      fix: 'see its output above; health in quayside.yaml names another path, or false to probe the port only',
    }),
  }),
  QS704: message<{ readonly problem: string; readonly fix: string }>({
    title: 'A Python package cannot work in the image',
    about:
      'A shared library that a package needs is not in the production image, or a declared package cannot be imported there. `native.unchecked` in quayside.yaml leaves a package out of this check.',
    words: ({ problem, fix }) => ({
      problem,
      expected: 'every library that a Python package needs in the image',
      fix,
    }),
  }),
  QS705: message<StartProblem & { readonly output: string }>({
    title: 'The built image does not start',
    about:
      'The image was built, and started once with its services as production starts it, and one of its processes ended or the app did not answer. Its last lines are in the message. `suites: { smoke: false }` in quayside.yaml builds without that.',
    words: ({ output, ...wrong }) => ({
      problem: `${wordsOfStart(wrong)}${lastLines(output, 20)}`,
      expected:
        wrong.kind === 'answered' ? 'an answer that is no error' : 'the image starts with its services, and answers',
      fix: fixOfStart(wrong),
    }),
  }),
  QS706: message<{ readonly missing: readonly MissingVariable[]; readonly doing: string; readonly output: string }>({
    title: 'A variable that the app needs has no value that will do',
    about:
      'The app reads a variable without a default, and fails without it or with the value that was made up for it. `env` in quayside.yaml gives it one: `env: { NAME: text }` to the published image, `env: { NAME: { value: text, only: trial } }` to build steps, tests and `serve` alone. `explain` lists all such variables as needed.',
    words: ({ missing, doing, output }) => ({
      problem: `${missing.map(wordsOfVariable).join('; ')}, and the app fails for that while ${doing}${lastLines(output)}`,
      expected: 'a value for every variable that the app reads without a default',
      fix: fixOfVariables(missing),
    }),
  }),
  QS707: message<{ readonly what: Unwritable; readonly doing: string; readonly output: string }>({
    title: 'The app writes where it may not',
    about:
      'The production image runs as a user of its own on a read-only file system: it writes to /data, to /tmp and to the directories that `volumes` in quayside.yaml names.',
    words: ({ what, doing, output }) => ({
      problem: `${what.kind === 'path' ? `the app may not write ${what.path}` : "the database's file cannot be opened or written"} while ${doing}${lastLines(output)}`,
      expected: 'the app writes to /data, /tmp or a directory of volumes',
      fix:
        what.kind === 'path' && what.directory !== ''
          ? `write volumes: [${what.directory}] in quayside.yaml`
          : `let the code write it below /data, or into a directory that volumes in quayside.yaml names`,
    }),
  }),
  QS708: message<Lacking & { readonly doing: string; readonly output: string }>({
    title: 'The app imports what its image does not have',
    about:
      'A module is in no package that is installed for production and not in the source, a shared library is in none of the image, a package was made for an older Python, which still had something, or for another release of a package, of which nobody pins one. `python.groups` adds groups of dependencies to production, `native.runtime` adds Debian packages, `python.version` chooses another Python.',
    words: ({ doing, output, ...lacking }) => {
      const { problem, expected, fix } = wordsOfLacking(lacking);
      return { problem: `${problem}, while ${doing}${lastLines(output)}`, expected, fix };
    },
  }),
  QS709: message<{ readonly step: string; readonly output: string }>({
    title: "A step of the build that runs the app's code failed",
    about:
      'A command of the app, such as the one that collects static files, ended with an error while the image was built. Its last lines are in the message.',
    words: ({ step, output }) => ({
      problem: `the build could not ${step}${lastLines(output, 20)}`,
      expected: 'the command ends with 0',
      fix: 'correct what its output says; env: { NAME: { value: …, only: trial } } in quayside.yaml gives it a variable that the published image does not have',
    }),
  }),
};
