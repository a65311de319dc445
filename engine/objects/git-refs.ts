/** Branches and tags of a repository, by the names that git gives them. */

export interface NamedCommit {
  /** Empty for a commit that was named by its number. */
  readonly name: string;
  readonly sha: string;
}

/** What a repository has to offer. */
export interface GitRefs {
  readonly refs: readonly NamedCommit[];
  /** Names that stand for others: HEAD for a branch. */
  readonly links: Readonly<Record<string, string>>;
}

/** Whether a text is the number of a commit. */
export const isCommit = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/** Reads what `git ls-remote --symref` prints. */
export function readRefs(text: string): GitRefs {
  const refs: NamedCommit[] = [];
  const links: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [what = '', name] = line.split('\t');
    if (name === undefined) continue;
    if (what.startsWith('ref: ')) links[name] = what.slice('ref: '.length);
    else refs.push({ name, sha: what });
  }
  return { refs, links };
}

const peeled = '^{}';

/**
 * The commit of a branch, a tag, a full name, HEAD or a number, as `git checkout` would find it: of a branch and a tag with one name the branch.
 * @throws Error where there is none
 */
export function findRef({ refs, links }: GitRefs, target: string): NamedCommit {
  if (isCommit(target)) return { name: '', sha: target };
  const last = (...names: readonly string[]) => refs.findLast(({ name }) => names.includes(name));
  const tag = target.startsWith('refs/tags/') ? target : `refs/tags/${target}`;
  const branch = target.startsWith('refs/heads/') ? target : `refs/heads/${target}`;
  const whole = target.startsWith('refs/') ? target : `refs/${target}`;
  const exact = last(...[whole, target].filter(name => name !== tag && name !== branch));
  const found = exact ?? last(branch) ?? last(tag, `${tag}${peeled}`);
  if (found === undefined || !isCommit(found.sha))
    throw new Error(`repository does not contain ref ${JSON.stringify(target)}`);
  const name = found.name.endsWith(peeled) ? found.name.slice(0, -peeled.length) : found.name;
  return { name: links[name] ?? name, sha: found.sha };
}

/** A pattern of `git ls-remote`: it matches from the end, and its stars cross slashes. */
function tailMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/\[[!^]?\]?[^\]]*\]|\\.|./gs, token => {
    if (/^\*$/.test(token)) return '.*';
    if (token === '?') return '.';
    if (token.startsWith('[') && token.length > 2) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return token.replace(/^\\(?=.)/s, '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  const expression = new RegExp(`^(?:.*/)?${source}$`, 's');
  return name => expression.test(name);
}

/** Names below `refs/heads/` or `refs/tags/` without that, in the repository's order; all of them where no pattern is given. */
export function namesBelow(
  { refs }: GitRefs,
  folder: 'refs/heads/' | 'refs/tags/',
  patterns: readonly string[],
): readonly string[] {
  const matchers = patterns.map(tailMatcher);
  return refs
    .map(({ name }) => name)
    .filter(name => name.startsWith(folder) && !name.endsWith(peeled))
    .filter(name => matchers.length === 0 || matchers.some(matches => matches(name)))
    .map(name => name.slice(folder.length));
}

const version =
  /^v(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?)?)?$/;

function compareIdentifiers(a: string, b: string): number {
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (x && y) return Number(a) - Number(b);
  if (x !== y) return x ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of semantic versions: one before a release is below it. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [version.exec(a)!, version.exec(b)!];
  for (const part of [1, 2, 3]) {
    const difference = Number(x[part] ?? 0) - Number(y[part] ?? 0);
    if (difference !== 0) return difference;
  }
  const [before, other] = [x[4]?.split('.') ?? [], y[4]?.split('.') ?? []];
  if (before.length === 0 || other.length === 0) return other.length - before.length || (a < b ? -1 : 1);
  for (const [at, one] of before.entries()) {
    if (other[at] === undefined) return 1;
    const difference = compareIdentifiers(one, other[at]!);
    if (difference !== 0) return difference;
  }
  return before.length - other.length || (a < b ? -1 : 1);
}

/** The tag with the highest version. @throws Error where no tag is one */
export function latestVersion(refs: GitRefs): string {
  const tags = namesBelow(refs, 'refs/tags/', ['refs/tags/v*']).filter(tag => version.test(tag));
  const latest = tags.toSorted(compareVersions).at(-1);
  if (latest === undefined) throw new Error('no valid semver tags found');
  return latest;
}

/**
 * The address of a repository as git is asked for it; one without a scheme is on the web. What stands behind a `#` is for others.
 * @throws Error for an address that is served by nobody here
 */
export function repositoryAddress(text: string): string {
  const [, scheme] = /^([A-Za-z0-9]+):\/\//.exec(text) ?? [];
  if (scheme === undefined && /^(?:[^@/\s]+@)?[^:/\s]+:(?!\d+\/)/.test(text)) throw new Error(ssh(text));
  if (scheme?.toLowerCase() === 'ssh') throw new Error(ssh(text));
  if (scheme !== undefined && !['http', 'https', 'git'].includes(scheme.toLowerCase()))
    throw new Error(`failed to parse Git URL: invalid protocol ${JSON.stringify(scheme)}`);
  const whole = scheme === undefined ? `https://${text}` : text;
  if (text.startsWith('/') || text.startsWith('.') || !URL.canParse(whole))
    throw new Error(`failed to parse Git URL: unknown protocol: ${JSON.stringify(text)}`);
  const url = new URL(whole);
  url.hash = '';
  return url.href;
}

const ssh = (text: string): string =>
  `Query.git of ${JSON.stringify(text)}: the local engine does not serve ssh; it needs a Dagger engine, or an address that begins with https://`;
