/** Which tags an image gets: from git, by the rules of docker/metadata-action, or those that somebody names. */
import { parse } from 'semver';

/** What git says of the source. */
export interface SourceState {
  /** The commit in full, with `-dirty` behind it where that is not all. */
  readonly revision: string | undefined;
  /** What was checked out: `refs/tags/v1.2.3`, `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string | undefined;
  /** When the commit was made, as RFC 3339 has it. */
  readonly created: string | undefined;
  /** Where the source can be had. */
  readonly url: string | undefined;
}

/** Whether a text is a time that files in an image can have: since 1970, and within what the tar format writes in eleven octal digits. */
export function isImageTime(text: string): boolean {
  const seconds = Date.parse(text) / 1000;
  return seconds >= 0 && seconds < 8 ** 11;
}

/** Whether there are changes that are not committed, so that no name of git says what the source is. */
export function isChanged({ revision }: Pick<SourceState, 'revision'>): boolean {
  return revision?.endsWith('-dirty') ?? false;
}

/** A tag, and whether it goes from one image to the next. One that does not, stays what it was published as. */
export interface ImageTag {
  readonly name: string;
  readonly moving: boolean;
}

/** What a registry takes for a tag (OCI distribution specification, "pulling manifests"). */
const TAG = /^\w[\w.-]{0,127}$/;
const SHORT_COMMIT = 7;

export function isTag(name: string): boolean {
  return TAG.test(name);
}

/**
 * The tags of a state of the source, none without git or with changes that are not committed: the commit's own, and
 * - of a version (`v1.2.3`): `1.2.3`, and unless it is a pre-release `1.2`, `1` (from 1.0.0 on) and `latest`;
 * - of another tag: its name, and `latest`;
 * - of a branch its name, of a pull request `pr-7`.
 */
export function defaultTags({ revision, ref }: Pick<SourceState, 'revision' | 'ref'>): readonly ImageTag[] {
  if (isChanged({ revision })) return [];
  const commit = revision === undefined ? [] : [fixed(`sha-${revision.slice(0, SHORT_COMMIT)}`)];
  return [...commit, ...tagsOf(ref)].filter(({ name }) => isTag(name));
}

function tagsOf(ref: string | undefined): readonly ImageTag[] {
  const [, kind, name = ''] = /^refs\/(tags|heads|pull)\/(.+)$/s.exec(ref ?? '') ?? [];
  switch (kind) {
    case 'tags': {
      const version = versionOf(name);
      if (version === undefined) return [fixed(asTag(name)), moving('latest')];
      const { major, minor, prerelease } = version;
      if (prerelease.length > 0) return [fixed(asTag(version.version))];
      const majors = major === 0 ? [] : [moving(`${major}`)];
      return [fixed(asTag(version.version)), moving(`${major}.${minor}`), ...majors, moving('latest')];
    }
    case 'heads':
      return [moving(asTag(name))];
    case 'pull':
      return [moving(`pr-${name.split('/')[0]}`)];
    default:
      return [];
  }
}

/** The version that a tag of git names; undefined: it names none. */
export function versionOf(tag: string) {
  return parse(tag.replace(/^v(?=\d)/, '')) ?? undefined;
}

/** The version that is checked out; undefined: none, or not exactly. */
export function releaseOf({ ref }: Pick<SourceState, 'ref'>): string | undefined {
  return versionOf(/^refs\/tags\/(.+)$/.exec(ref ?? '')?.[1] ?? '')?.version;
}

/** Tags that somebody names: a whole version and a commit's stay what they are, others move. */
export function namedTags(names: readonly string[]): readonly ImageTag[] {
  return [...new Set(names)].map(name => {
    const isCommit = /^(?:sha-)?[0-9a-f]{7,64}$/.test(name) && /[a-f]/.test(name);
    return isCommit || versionOf(name) !== undefined ? fixed(name) : moving(name);
  });
}

const fixed = (name: string): ImageTag => ({ name, moving: false });
const moving = (name: string): ImageTag => ({ name, moving: true });

/** What a tag cannot hold is a hyphen in it, as docker/metadata-action writes it. */
function asTag(name: string): string {
  return name
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128);
}
