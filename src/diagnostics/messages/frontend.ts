/** Messages about the Node frontend. */
import { message } from '../message.js';

interface NoNodeLock {
  readonly manifest: string;
  /** The lock file that is expected, and what to type to get it. */
  readonly lock: string;
  readonly locking: string;
}

/** Two packages: the path of their manifests and their directories. */
interface TwoFrontends {
  readonly paths: readonly [string, string];
  readonly roots: readonly [string, string];
}

type BadNodeLock =
  | { readonly kind: 'conflict'; readonly path: string }
  | {
      readonly kind: 'format';
      readonly path: string;
      readonly format: number | undefined;
      readonly command: string;
      /** Whose lock files are read: `pnpm 7 or newer`. */
      readonly reads: string;
    };

type NoBuildScript =
  | { readonly kind: 'no-script'; readonly path: string; readonly script: string }
  | { readonly kind: 'no-package'; readonly path: string; readonly script: string };

type NodeManagersDisagree =
  | { readonly kind: 'two-locks'; readonly names: readonly string[] }
  | {
      readonly kind: 'other-manager';
      readonly manifest: string;
      readonly asked: string;
      readonly lock: string;
      /** What to type for a lock file of the one that is asked for. */
      readonly locking: string;
    };

interface UnknownOutput {
  readonly script: string;
  readonly command: string;
  /** Tools whose output is known, in words. */
  readonly tools: string;
}

/** A frontend that would need a server which Quayside does not run: its tool says what it can do instead. */
type NeedsServer =
  | { readonly kind: 'server'; readonly tool: string; readonly expected: string; readonly fix: string }
  | {
      readonly kind: 'no output';
      readonly tool: string;
      /** Directory of the package in the source. */
      readonly root: string;
      /** The configuration file without its ending, its path when it is there, and where the setting goes. */
      readonly name: string;
      readonly config: string | undefined;
      readonly file: string;
      readonly setting: string;
      readonly expected: string;
    };

export const FRONTEND_MESSAGES = {
  QS401: message<NoNodeLock>({
    title: 'The browser tests have no lock file',
    about:
      'package.json asks for Playwright but no lock file pins its version, and the browsers in the test image have to fit that to the letter.',
    words: ({ manifest, lock, locking }) => ({
      problem: `${manifest} asks for Playwright, and no lock file pins its packages`,
      expected: `${lock} in the source`,
      fix: `run "${locking}" there and commit it, or write suites: { e2e: false } in quayside.yaml`,
    }),
  }),
  QS402: message<TwoFrontends>({
    title: 'More than one frontend',
    about: 'Several directories hold a package.json with a build script.',
    words: ({ paths, roots }) => ({
      problem: `both ${paths[0]} and ${paths[1]} have a build script`,
      expected: 'one frontend, or a line of configuration that names it',
      fix: `write in quayside.yaml: frontend: { root: "${roots[0] || '.'}" } (or "${roots[1] || '.'}")`,
    }),
  }),
  QS403: message<BadNodeLock>({
    title: 'A lock file of Node packages cannot be used',
    about: 'It has marks of a merge conflict, or a format that no supported version of its package manager reads.',
    words: data =>
      data.kind === 'conflict'
        ? {
            problem: `${data.path} has the marks of a merge conflict`,
            expected: 'a lock file as the package manager writes it',
            fix: 'solve the conflict, and let the package manager write the file again',
          }
        : {
            problem: `${data.path} has format ${data.format ?? 'unknown'}, which no supported version of ${data.command} reads`,
            expected: `a lock file of ${data.reads}`,
            fix: 'lock again with a newer version, or name the exact one as "packageManager" in package.json',
          },
  }),
  QS404: message<{ readonly path: string; readonly said: string }>({
    title: 'package.json is not valid JSON',
    about: 'The file could not be parsed.',
    words: ({ path, said }) => ({
      problem: `${path} is not valid JSON: ${said}`,
      expected: 'a JSON object as npm writes it',
      fix: 'correct the file; "npm pkg get" shows whether npm can read it',
    }),
  }),
  QS405: message<{ readonly written: string; readonly known: readonly string[] }>({
    title: 'Node version not supported',
    about: 'The version that .nvmrc, engines.node or quayside.yaml asks for is none that Quayside knows.',
    words: ({ written, known }) => ({
      problem: `Node "${written}" is not supported`,
      expected: `one of ${known.join(', ')}`,
      fix: 'change it, or write another version under frontend.nodeVersion in quayside.yaml',
    }),
  }),
  QS406: message<NoBuildScript>({
    title: 'The frontend build script is missing',
    about:
      'The configured script is not among the scripts of package.json, or there is no package.json where the configuration says.',
    words: ({ kind, path, script }) => ({
      problem: kind === 'no-script' ? `${path} has no script "${script}"` : `there is no ${path}`,
      expected: `a package.json with the script "${script}"`,
      fix:
        kind === 'no-script'
          ? 'correct frontend.script in quayside.yaml, add the script, or write what builds it: frontend: { commands: [...] }'
          : 'correct frontend.root in quayside.yaml, or remove it',
    }),
  }),
  QS407: message<NodeManagersDisagree>({
    title: 'Two Node package managers disagree',
    about:
      'Lock files of several package managers lie side by side, or package.json names another one than the lock file.',
    words: data =>
      data.kind === 'two-locks'
        ? {
            problem: `${data.names.join(' and ')} lock the same packages`,
            expected: 'the lock file of one package manager',
            fix: 'delete the one that is not used, or name the package manager as "packageManager" in package.json',
          }
        : {
            problem: `${data.manifest} asks for ${data.asked}, and the packages are locked in ${data.lock}`,
            expected: `a lock file of ${data.asked}`,
            fix: `run "${data.locking}" and commit its lock file, or correct "packageManager"`,
          },
  }),
  QS408: message<UnknownOutput>({
    title: 'Where the frontend builds to is not known',
    about: 'The build script runs a tool whose output directory cannot be read from its configuration.',
    words: ({ script, command, tools }) => ({
      problem: `the script "${script}" (${command}) does not show where it writes`,
      expected: `a known tool such as ${tools}, or a line of configuration`,
      fix: 'write in quayside.yaml: frontend: { output: DIRECTORY }, or "frontend: false" if the app needs none of it',
    }),
  }),
  QS409: message<NeedsServer>({
    title: 'The frontend builds a server that cannot be run',
    about:
      'The tool is set to render pages on a server in a form that Quayside does not run. What it runs of each tool is in [supported.md](supported.md).',
    words: data =>
      data.kind === 'server'
        ? {
            problem: `${data.tool} builds a server here, and only static files of it can be served`,
            expected: data.expected,
            fix: data.fix,
          }
        : {
            problem: `${data.config ?? `no ${data.name} in ${data.root || 'the source'}`} sets no output, so the build needs all of node_modules to run`,
            expected: data.expected,
            fix: `write ${data.setting} in ${data.file}, or ask for a newer ${data.tool}`,
          },
  }),
  QS410: message<{ readonly output: string; readonly example: string }>({
    title: 'Nobody serves the frontend',
    about:
      'A frontend without a server of its own is built into files, and no code of the app hands files of that directory to browsers. It would be built for nothing, or the app would answer without it.',
    words: ({ output, example }) => ({
      problem: `the frontend is built to ${output}, and no code of the app hands that out to browsers`,
      expected: `code that does, such as ${example}`,
      fix: `write in quayside.yaml: "frontend: false" when it is published elsewhere, or frontend: { output: ${output} } when the app serves it in a way that is not seen`,
    }),
  }),
};
