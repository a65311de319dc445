/** Messages about the Python project. */
import type { Place } from '../diagnostic.js';
import { message } from '../message.js';

/** Two places that ask for different Python versions; the finding is placed at the second. */
export type PythonVersionConflict =
  /** A pinned minor version lies outside the range that the project declares. */
  | { readonly kind: 'range'; readonly pinned: string; readonly range: string; readonly declaredAt: Place }
  /** Two files pin different versions. */
  | { readonly kind: 'pins'; readonly pinned: string; readonly other: string; readonly otherAt: Place };

export const PYTHON_MESSAGES = {
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
    words: (conflict, place) => {
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
          const { pinned, other, otherAt } = conflict;
          return {
            problem: `Python ${pinned} is pinned here, and ${otherAt.file} line ${otherAt.line} pins ${other}`,
            expected: 'one version of Python in both',
            fix: `change one of them; ${place?.file ?? 'this one'} can go when ${otherAt.file} is kept`,
          };
        }
      }
    },
  }),
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
} as const;
