/** How long the files may be that people write settings in. What is longer was made by a program, and would be read for minutes. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { Tree } from './tree.js';

interface Bound {
  readonly lines: number;
  readonly bytes: number;
}

/** Many times what the longest have that are known: 1,500 lines and 60 kB. */
const SETTINGS: Bound = { lines: 5000, bytes: 256 * 1024 };
/** With hashes, a package is dozens of lines; locks of Debian packages have one a line, for each platform. */
const REQUIREMENTS: Bound = { lines: 20_000, bytes: 4 * 1024 * 1024 };

const IS_REQUIREMENTS = /\.(txt|in)$/;
const IS_OWN_LOCK = /^quayside\.lock$/;
const IS_LOCK = /(^|[.-])lock(\.\w+)?$|-lock\.\w+$/;
const IS_SETTINGS =
  /\.(ya?ml|toml|cfg|ini|sh|dockerfile)$|(^|\/)(Procfile|Pipfile|\.env|Dockerfile|Containerfile|Makefile)[^/]*$/i;
/** Without these, an app is another one. */
const IS_NEEDED =
  /(^|\/)(quayside\.(ya?ml|lock)|pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|Procfile|Pipfile|\.env[^/]*|(docker-)?compose[^/]*\.ya?ml)$|(requirement|constraint)[^.]*\.(txt|in)$/;

function boundOf(path: string): Bound | undefined {
  if (IS_OWN_LOCK.test(path)) return REQUIREMENTS;
  if (IS_LOCK.test(path)) return undefined;
  if (IS_REQUIREMENTS.test(path)) return REQUIREMENTS;
  return IS_SETTINGS.test(path) ? SETTINGS : undefined;
}

function isWithin(text: string, { lines, bytes }: Bound): boolean {
  if (text.length > bytes) return false;
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && count <= lines; at = text.indexOf('\n', at + 1)) count += 1;
  return count <= lines;
}

/** Python itself gives up at 200. */
const DEEPEST = 500;
/** Lists of YAML that begin in each other, on one line. */
const LISTS_IN_LISTS = new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`);

const BRACKET = /[([{)\]}]/g;

/** Whether brackets stand open in such a number that readers, which go down with each, would not come back. */
function isDeep(text: string): boolean {
  if (text.length < DEEPEST) return false;
  let depth = 0;
  for (const [bracket] of text.matchAll(BRACKET)) {
    depth = '([{'.includes(bracket) ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEEPEST) return true;
  }
  return LISTS_IN_LISTS.test(text);
}

/** A file that was asked for and not read: it is longer than this, or things in it lie in each other more often. */
export type UnreadFile = { readonly file: string } & (Bound | { readonly depth: number });

function exceeded(text: string, bound: Bound | undefined): Bound | { readonly depth: number } | undefined {
  if (bound !== undefined && !isWithin(text, bound)) return bound;
  // Their lines are read each for itself.
  return bound !== REQUIREMENTS && isDeep(text) ? { depth: DEEPEST } : undefined;
}

/** What people say of an app and of nothing else: to go on without would be to build another one. */
const IS_SAID = /(^|\/)(quayside\.(yaml|lock)|\.dockerignore)$/;

/** @throws DiagnosticError (QS120) where something stands in the place of a file that says how an app is meant, and is none */
function refuseOther(paths: readonly string[], file: string): void {
  if (!IS_SAID.test(file)) return;
  const is = paths.includes(file)
    ? 'nothing'
    : paths.some(path => path.startsWith(`${file}/`))
      ? 'directory'
      : undefined;
  if (is !== undefined) throw new DiagnosticError([diagnose('QS120', { file, is }, { file })]);
}

/** A tree that leaves some files unread. */
export interface ReadableTree extends Tree {
  /** Those that were asked for so far. */
  unread(): readonly UnreadFile[];
}

/**
 * A tree whose settings are no longer than people write them. Others count as absent, where they are only evidence of this or that.
 * @throws DiagnosticError, when it is read, for one that an app cannot be understood without: QS108 when it is too long, QS120 when it is no file
 */
export function readableTree({ paths, read }: Tree): ReadableTree {
  const unread = new Map<string, UnreadFile>();
  return {
    paths,
    unread: () => [...unread.values()],
    async read(path) {
      const [text, bound] = [await read(path), boundOf(path)];
      if (text === undefined) refuseOther(paths, path);
      const limit = text === undefined ? undefined : exceeded(text, bound);
      if (limit === undefined) return text;
      if (!IS_NEEDED.test(path)) {
        unread.set(path, { file: path, ...limit });
        return undefined;
      }
      throw new DiagnosticError([diagnose('QS108', { file: path, ...limit }, { file: path })]);
    },
  };
}
