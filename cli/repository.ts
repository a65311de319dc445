/** What only git, or the repository around a directory, can say of a source: files and links that belong to it, and its version. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Asks git about a directory; undefined when git is not there, or the directory in no repository. */
function git(directory: string, ...words: readonly string[]): string | undefined {
  try {
    // A repository of another user is only read here.
    return execFileSync('git', ['-c', 'safe.directory=*', '-C', directory, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 30,
    });
  } catch {
    return undefined;
  }
}

/** The top directory of the repository that a directory lies in; undefined when it lies in none, or git is not there to be asked. */
export function repositoryAround(directory: string): string | undefined {
  return git(directory, 'rev-parse', '--show-toplevel')?.trim();
}

const lines = (output: string | undefined): readonly string[] => (output ?? '').split('\0').filter(line => line !== '');

/**
 * Lists the files of a directory that git tracks although a .gitignore names them, relative to it: for git, and for whoever clones, they
 * belong to the source.
 */
export function trackedIgnoredFiles(directory: string): readonly string[] {
  const words = ['ls-files', '-z', '--cached', '--ignored', '--exclude-per-directory=.gitignore'];
  return lines(git(directory, ...words)).filter(path => existsSync(join(directory, path)));
}

/** A link that leads out of the source, and what it leads to. */
export interface OutwardLink {
  /** Relative to the source. */
  readonly path: string;
  /** Absolute. */
  readonly target: string;
  readonly isDirectory: boolean;
}

/**
 * Lists the links that git tracks in a directory and that lead out of it, but not out of the repository, whose top is given: what they lead
 * to is as much the app's as if it lay there. Links to what is not there, and to what holds the directory itself, are left as they are.
 */
export function outwardLinks(directory: string, top: string): readonly OutwardLink[] {
  const from = real(directory);
  if (from === undefined || top === from) return [];
  const listed = lines(git(directory, 'ls-files', '-z', '--stage')).flatMap(
    line => /^120000 \S+ \S+\t(.+)$/s.exec(line)?.[1] ?? [],
  );
  return listed.flatMap(path => {
    const target = targetOf(join(from, path));
    if (target === undefined || isInside(target, from) || !isInside(target, top) || isInside(from, target)) return [];
    return [{ path, target, isDirectory: statSync(target).isDirectory() }];
  });
}

function targetOf(link: string): string | undefined {
  try {
    return real(resolve(dirname(link), readlinkSync(link)));
  } catch {
    return undefined;
  }
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
}

/** Where git itself writes what it knows of a version when a source is taken out of it, and tools look for it: setuptools-scm and its kin. */
export const ARCHIVAL = '.git_archival.txt';

/** Files that name such a tool. */
const MANIFESTS = ['pyproject.toml', 'setup.cfg', 'setup.py'];
const TOOLS = /setuptools[_-]scm|hatch-vcs|versioningit|poetry-dynamic-versioning|dunamai|source = ["']scm["']/;

/**
 * The text of that file for a directory whose packages take their version from git; undefined when they do not, no tag says it, or the
 * file is there already.
 */
export function archivalText(directory: string): string | undefined {
  const isWanted = MANIFESTS.some(name => TOOLS.test(textOf(join(directory, name))));
  const own = textOf(join(directory, ARCHIVAL));
  if (!isWanted || (own !== '' && !own.includes('$Format:'))) return undefined;
  const described = git(directory, 'describe', '--tags', '--long', '--match', '*[0-9]*')?.trim();
  return described === undefined ? undefined : `describe-name: ${described.replace(/-0-g[0-9a-f]+$/, '')}\n`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What a repository says of what is checked out in it. */
export interface RepositoryState {
  /** The commit in full. */
  readonly revision: string;
  /** Whether files of the directory are not as the commit has them. */
  readonly isChanged: boolean;
  /** When the commit was made. */
  readonly created: string;
  /** The tag of the commit, of several a version first, else the branch. */
  readonly ref: string | undefined;
  /** The address that it is fetched from. */
  readonly remote: string | undefined;
}

/** Asks git what is checked out in a directory; undefined without git, a repository or a commit. */
export function repositoryState(directory: string): RepositoryState | undefined {
  const [revision, seconds] = git(directory, 'show', '-s', '--format=%H %ct', 'HEAD')?.trim().split(' ') ?? [];
  if (revision === undefined || seconds === undefined) return undefined;
  const tags = (git(directory, 'tag', '--points-at', 'HEAD', '--sort=-version:refname') ?? '').trim().split('\n');
  const tag = tags.find(name => /^v?\d/.test(name)) ?? (tags[0] || undefined);
  const remote = git(directory, 'config', '--get', 'remote.origin.url')?.trim();
  return {
    revision,
    isChanged: git(directory, 'status', '--porcelain', '--', '.')?.trim() !== '',
    created: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z'),
    ref: tag === undefined ? git(directory, 'symbolic-ref', '--quiet', 'HEAD')?.trim() : `refs/tags/${tag}`,
    remote,
  };
}

/**
 * Whether what is written to a path becomes part of a source: it lies in it, and nothing says that git ignores it. Without git, a path in the
 * source counts.
 */
export function joinsSource(path: string, source: string): boolean {
  const [place, top] = [real(nearest(path)), real(source)];
  if (place === undefined || top === undefined || !isInside(place, top)) return false;
  if (repositoryAround(source) === undefined) return true;
  return git(source, 'check-ignore', '--no-index', '--quiet', path) === undefined;
}

/** A path, or the directory above it that is there. */
const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));
