/** Messages about the Python project. */

import { anyOf } from '../listing.js';
import { message } from '../message.js';
import type { Place } from '../place.js';

/** Two places that ask for different Python versions; the finding is placed at the second. */
export type PythonVersionConflict =
  /** A pinned minor version lies outside the range that the project declares. */
  | { readonly kind: 'range'; readonly pinned: string; readonly range: string; readonly declaredAt: Place }
  /** Two files pin different versions. */
  | {
      readonly kind: 'pins';
      readonly pinned: string;
      readonly pinnedAt: Place;
      readonly other: string;
      readonly otherAt: Place;
    };

/** Why there is no project to take: what was looked at shows it. */
export interface NoProject {
  /** A lock without the file that it was made of. */
  readonly orphan?: { readonly lock: string; readonly manifest: string } | undefined;
  /** How many directories hold a web app, when that is not one. */
  readonly apps: number;
  /** Directories that may be meant. */
  readonly directories: readonly string[];
  /** The program of a Django project, where there are none. */
  readonly program?: string | undefined;
  /** Lock files that a pyproject.toml may have. */
  readonly locks: readonly string[];
}

/** Why a lock file is of no use. */
export type UnreadableLock =
  | { readonly kind: 'toml'; readonly file: string; readonly said: string }
  | { readonly kind: 'no-json'; readonly lock: string; readonly manager: string; readonly command: string }
  | { readonly kind: 'without-hash'; readonly lock: string; readonly command: string }
  | {
      readonly kind: 'without-groups';
      readonly lock: string;
      readonly package: string;
      readonly expected: string;
      readonly command: string;
    };

/** Who found that a lock does not belong to what is declared. */
export type StaleLock =
  /** Its manager, in its own last lines. */
  | { readonly kind: 'refused'; readonly said: string; readonly file: string; readonly command: string }
  /** A requirements file lacks what the file asks for that it is compiled from. */
  | {
      readonly kind: 'compiled';
      readonly path: string;
      readonly input: string;
      readonly missing: string;
      readonly command: string;
    };

/** Code that nothing pins. */
export type UnpinnedCode =
  | { readonly kind: 'unreadable'; readonly directory: string; readonly file: string }
  /** `directory` absent: a git repository. */
  | { readonly kind: 'locked'; readonly package: string; readonly directory?: string | undefined };

/** Which member of a workspace is the app. */
export interface UndecidedMember {
  readonly manager: string;
  /** The name asked for, which no member has. */
  readonly asked?: string | undefined;
  readonly names: readonly string[];
}

/** Which group was asked for, and which there are. */
export interface UnknownGroup {
  readonly name: string;
  readonly known: readonly string[];
  readonly near?: string | undefined;
  /** Whether the project is kept with requirements files. */
  readonly isListed: boolean;
}

/** A requirement that only the machine could install that it was written on. */
export type OddRequirement =
  | { readonly kind: 'file'; readonly written: string; readonly name: string }
  | { readonly kind: 'none'; readonly written: string }
  | {
      readonly kind: 'elsewhere';
      readonly written: string;
      readonly name: string;
      readonly system: string;
      readonly platform: string;
    };

export const PYTHON_MESSAGES = {
  QS201: message<NoProject>({
    title: 'No Python project found',
    about: 'There is neither a pyproject.toml nor a requirements.txt in the source directory.',
    words: ({ orphan, apps, directories: [first, ...others], program, locks }) => ({
      problem: orphan
        ? `there is a ${orphan.lock} but no ${orphan.manifest}`
        : apps > 1
          ? `${apps} web apps lie in directories of the source`
          : program !== undefined
            ? `${program} is there, and nothing beside it names the packages that it needs`
            : 'no Python project found in the source directory',
      expected: `a pyproject.toml with a lock file (${anyOf(locks)}), a Pipfile.lock, or a requirements.txt`,
      fix:
        program !== undefined
          ? `write them into ${program.replace(/[^/]*$/, '')}requirements.txt`
          : first === undefined
            ? 'point --source at the app, or write "root: DIRECTORY" in quayside.yaml when the app lies in a directory of it'
            : `write "root: ${first}" in quayside.yaml${others.length > 0 ? `; there are projects in ${[first, ...others].slice(0, 4).join(', ')}` : ''}`,
    }),
  }),
  QS202: message<readonly { readonly lock: string; readonly manager: string }[]>({
    title: 'Two package managers disagree',
    about:
      'More than one lock file lies in the project. Which one counts would be a guess, and the other one grows stale.',
    words: locks => ({
      problem: `both ${locks.map(({ lock }) => lock).join(' and ')} pin the dependencies`,
      expected: 'one lock file, of the package manager the project uses',
      fix: `write in quayside.yaml: python: { manager: ${locks[0]?.manager} }, or remove the one that is no longer kept: ${locks.map(({ lock, manager }) => `${lock} (${manager})`).join(' or ')}`,
    }),
  }),
  QS203: message<{
    readonly tool: string;
    readonly supported: readonly string[];
    readonly suggested: readonly string[];
  }>({
    title: 'Package manager not supported',
    about: 'The project is kept with a tool that Quayside has no lock-strict install for.',
    words: ({ tool, supported, suggested }) => ({
      problem: `the dependencies are kept with ${tool}`,
      expected: `${supported.slice(0, -1).join(', ')}, or ${supported.at(-1)}`,
      fix: `export the pinned dependencies of ${tool} to requirements.txt, or move the project to ${anyOf(suggested)}`,
    }),
  }),
  QS205: message<StaleLock>({
    title: 'The lock file is stale',
    about:
      'The declared dependencies were changed after the lock file was written: its package manager says so when it reads the lock, before anything is installed. A compiled requirements file is stale when it lacks what its input asks for.',
    words: stale => {
      switch (stale.kind) {
        case 'refused':
          return {
            problem: `the package manager refuses the lock file:\n${stale.said}`,
            expected: 'a lock file made after the last change of the dependencies',
            fix: `run "${stale.command}" and commit ${stale.file}`,
          };
        case 'compiled': {
          const { path, input, missing, command } = stale;
          return {
            problem: `${path} was compiled from another ${input}: ${missing} is not in it`,
            expected: `${path} compiled after the last change of ${input}`,
            fix: `run "${command}" and commit ${path}`,
          };
        }
      }
    },
  }),
  QS206: message<{ readonly file: string; readonly line: number; readonly said: string }>({
    title: 'pyproject.toml is not valid TOML',
    about: 'The file could not be parsed. The message carries what the parser said about the first error.',
    words: ({ file, line, said }) => ({
      problem: `${file} is not valid TOML: ${said}`,
      expected: 'valid TOML, without merge conflict markers',
      fix: `correct line ${line}`,
    }),
  }),
  QS207: message<{ readonly asked: string; readonly known: readonly string[] }>({
    title: 'Python version not supported',
    about: 'The version asked for is none that Quayside knows.',
    words: ({ asked, known }) => ({
      problem: `Python "${asked}" is not supported`,
      expected: `a version or range that allows one of ${known.join(', ')}`,
      fix: 'change it, or write another version under python.version in quayside.yaml',
    }),
  }),
  QS208: message<PythonVersionConflict>({
    title: 'Two places ask for different Python versions',
    about: 'A pinned version does not satisfy the range that the project declares.',
    words: conflict => {
      switch (conflict.kind) {
        case 'range': {
          const { pinned, range, declaredAt } = conflict;
          return {
            problem: `Python ${pinned} is pinned here, and ${declaredAt.file} asks for ${range}`,
            expected: 'a pinned version inside the declared range',
            fix: `change the version here, or the range in ${declaredAt.file}${declaredAt.line ? ` line ${declaredAt.line}` : ''}`,
          };
        }
        case 'pins': {
          const { pinned, pinnedAt, other, otherAt } = conflict;
          return {
            problem: `Python ${pinned} is pinned here, and ${otherAt.file} line ${otherAt.line} pins ${other}`,
            expected: 'one version of Python in both',
            fix: `change one of them; ${pinnedAt.file} can go when ${otherAt.file} is kept`,
          };
        }
      }
    },
  }),
  QS209: message<UnreadableLock>({
    title: 'A lock file cannot be read',
    about:
      'The lock file is not valid TOML, or not in the form its package manager writes. Merge conflicts are the usual cause.',
    words: unreadable => {
      switch (unreadable.kind) {
        case 'toml':
          return {
            problem: `${unreadable.file} is not valid TOML: ${unreadable.said}`,
            expected: 'valid TOML, without merge conflict markers',
            fix: 'write the lock file anew with its package manager, and commit it',
          };
        case 'no-json': {
          const { lock, manager, command } = unreadable;
          return {
            problem: `${lock} is not what ${manager} writes: no JSON object with "_meta"`,
            expected: `a lock file as "${command}" writes it, without merge conflict markers`,
            fix: `run "${command}" and commit ${lock}`,
          };
        }
        case 'without-hash': {
          const { lock, command } = unreadable;
          return {
            problem: `${lock} has no content-hash in its [metadata]`,
            expected: `a lock file as "${command}" writes it`,
            fix: `run "${command}" and commit ${lock}`,
          };
        }
        case 'without-groups': {
          const { lock, package: name, expected, command } = unreadable;
          return {
            problem: `${lock} does not say which group needs ${name}, or has no hashes of its files`,
            expected,
            fix: `run "${command}" and commit ${lock}`,
          };
        }
      }
    },
  }),
  QS210: message<{ readonly file: string; readonly missing: string }>({
    title: 'A requirements file is missing',
    about: 'A requirements file includes another one with -r, and that file does not exist.',
    words: ({ file, missing }) => ({
      problem: `${file} includes ${missing}, which does not exist`,
      expected: 'every file named after -r or -c beside the file that names it',
      fix: `add ${missing}, or remove the line`,
    }),
  }),
  QS211: message<UnpinnedCode>({
    title: 'A dependency is code without a hash',
    about:
      'A dependency comes from a repository or a directory. Nothing pins what is in it, or nothing says what it needs itself.',
    words: code => {
      switch (code.kind) {
        case 'unreadable':
          return {
            problem: `the line installs code from ${code.directory || 'the source itself'}, and what that depends on cannot be read`,
            expected: 'a pyproject.toml, setup.cfg or setup.py there that lists its dependencies as literals',
            fix: `list its dependencies in ${code.file} and remove the line; code in the source can be imported without it`,
          };
        case 'locked': {
          const { package: name, directory } = code;
          const from =
            directory === undefined ? 'a git repository, at no certain commit' : `the directory ${directory}`;
          return {
            problem: `${name} comes from ${from}, and the lock has no hash of its files`,
            expected: 'packages from an index, each with its hashes',
            fix: `take a published version of ${name}, or put its code into the source and remove it from the dependencies`,
          };
        }
      }
    },
  }),
  QS212: message<UndecidedMember>({
    title: 'The app in a workspace is not clear',
    about: 'A uv workspace has no member with a web framework or several of them. Quayside asks instead of guessing.',
    words: ({ manager, asked, names }) => ({
      problem:
        asked === undefined
          ? `the ${manager} workspace does not show which project is the app${names.length > 0 ? `: ${names.join(', ')}` : '; no member was found'}`
          : `the ${manager} workspace has no member "${asked}"`,
      expected: `one member with a web framework, or its name${asked === undefined || names.length === 0 ? '' : `: ${names.join(', ')}`}`,
      fix: `write in quayside.yaml: python: { package: ${names[0] ?? 'NAME'} }${names[1] === undefined ? '' : ` (or ${names[1]})`}`,
    }),
  }),
  QS213: message<UnknownGroup>({
    title: 'A configured dependency group does not exist',
    about:
      '`python.groups` names a dependency group or an extra that the project does not declare, or the project is kept with requirements files, which have none.',
    words: ({ name, known, near, isListed }) => ({
      problem: `no dependency group or extra is called ${name}`,
      expected: known.length > 0 ? `one of ${known.join(', ')}` : 'none: the project has no groups',
      fix:
        near !== undefined
          ? `did you mean ${near}?`
          : isListed
            ? 'remove python.groups, and list what production needs in the main requirements file'
            : `remove ${name} from python.groups, or declare it and lock again`,
    }),
  }),
  QS214: message<OddRequirement & { readonly file: string; readonly line: number }>({
    title: 'A requirement cannot be installed on Linux',
    about:
      'A line of a requirements file names something that was only on the machine where `pip freeze` wrote it: a package for Windows or macOS, a directory in which Conda built a package, or the name `pkg_resources`.',
    words: odd => {
      const line = `line ${odd.line} of ${odd.file}`;
      const expected = 'packages that a package index has for Linux';
      switch (odd.kind) {
        case 'file':
          return {
            problem: `${odd.name} is taken from a directory of the machine that the file was written on`,
            expected,
            fix: `write ${odd.name} with its version in ${line}, as "pip list --format=freeze" prints it`,
          };
        case 'none':
          return {
            problem: `${odd.written} is no package: it came from a fault of pip`,
            expected,
            fix: `remove ${line}`,
          };
        case 'elsewhere':
          return {
            problem: `${odd.name} exists for ${odd.system} only`,
            expected,
            fix: `write in ${line}: ${odd.written.split(';')[0]!.trim()} ; sys_platform == "${odd.platform}"`,
          };
      }
    },
  }),
  QS215: message<object>({
    title: 'There is no lock file to write',
    about:
      'The function `lock` writes quayside.lock, and the lock file of a project that has none. Of no image a registry says what its tag means, and a lock file of a package manager that is there is written anew by that itself; for requirements files there is none.',
    words: () => ({
      problem:
        'no registry says what the tags of images mean, and the dependencies of the app are listed or locked already',
      expected:
        'a registry that answers; or a project with a pyproject.toml or a Pipfile, and without the lock file of its package manager',
      fix: 'write it anew with the package manager itself, such as "uv lock" or "poetry lock"; "uv pip compile" pins requirements files',
    }),
  }),
  QS216: message<{ readonly said: string; readonly lock: string; readonly command: string }>({
    title: 'The package manager cannot lock the dependencies',
    about:
      'The project has no lock file, so its package manager chooses the versions when the app is built. It could not: the message carries its own last lines.',
    words: ({ said, lock, command }) => ({
      problem: `there is no ${lock}, and the package manager cannot make it:\n${said}`,
      expected: 'dependencies that the package manager finds versions for which fit together',
      fix: `correct what it says until "${command}" works, and commit ${lock}`,
    }),
  }),
  QS217: message<{ readonly name: string }>({
    title: 'A secret of the build is not set',
    about:
      'Packages are installed with the secrets that quayside.yaml declares. One of them was not given, and no variable of its name is set where Quayside runs, or it is empty. Their values are given to the steps that install, and kept nowhere.',
    words: ({ name }) => ({
      problem: `packages are installed with the secret ${name}, and it is not there`,
      expected: `a value of ${name}`,
      fix: `give it: --secret ${name}=env:OTHER_NAME or ${name}=file:PATH, or set the variable ${name}; with dagger call: --secret=env://${name}. "secrets: { ${name}: false }" in quayside.yaml goes without it`,
    }),
  }),
} as const;
