import { describe, expect, it } from 'vitest';
import { defaultTags, isTag, namedTags, releaseOf } from '../../../src/publish/tags.js';

const COMMIT = '860c1904a1ce19322e91ac35af1ab07466440c37';

/** Tags as words: those that move with a star. */
const words = (tags: readonly { name: string; moving: boolean }[]) =>
  tags.map(({ name, moving }) => `${name}${moving ? '*' : ''}`).join(' ');

describe('default tags', () => {
  it.each([
    ['refs/heads/main', 'sha-860c190 main*'],
    ['refs/heads/feature/größe_2', 'sha-860c190 feature-gr-e_2*'],
    ['refs/heads/-x', 'sha-860c190 x*'],
    ['refs/pull/2/merge', 'sha-860c190 pr-2*'],
    ['refs/tags/v1.2.3', 'sha-860c190 1.2.3 1.2* 1* latest*'],
    ['refs/tags/1.2.3', 'sha-860c190 1.2.3 1.2* 1* latest*'],
    ['refs/tags/v0.4.1', 'sha-860c190 0.4.1 0.4* latest*'],
    ['refs/tags/v2.0.8-beta.67', 'sha-860c190 2.0.8-beta.67'],
    ['refs/tags/v1.2', 'sha-860c190 v1.2 latest*'],
    ['refs/tags/release-2026-11', 'sha-860c190 release-2026-11 latest*'],
    [undefined, 'sha-860c190'],
    ['HEAD', 'sha-860c190'],
  ])('%s', (ref, expected) => {
    expect(words(defaultTags({ revision: COMMIT, ref }))).toBe(expected);
  });

  it('are none without git, and none of a commit that is not all', () => {
    expect(defaultTags({ revision: undefined, ref: undefined })).toEqual([]);
    expect(defaultTags({ revision: `${COMMIT}-dirty`, ref: 'refs/tags/v1.2.3' })).toEqual([]);
  });

  it('are tags that a registry takes, whatever a branch is called', () => {
    for (const name of ['.hidden', 'a'.repeat(300), 'x y', '日本', '...'])
      expect(defaultTags({ revision: COMMIT, ref: `refs/heads/${name}` }).every(tag => isTag(tag.name))).toBe(true);
  });
});

it('tags that are named stay when they name a version or a commit, and move otherwise', () => {
  expect(
    words(namedTags(['1.2.3', 'v1.2.3', '1.2', 'latest', 'stable', '1.0.0-rc.1', 'sha-860c190', '860c190', 'latest'])),
  ).toBe('1.2.3 v1.2.3 1.2* latest* stable* 1.0.0-rc.1 sha-860c190 860c190');
  expect(words(namedTags(['20261126', 'prod']))).toBe('20261126* prod*');
});

it.each([
  ['refs/tags/v1.2.3', '1.2.3'],
  ['refs/heads/main', undefined],
  ['refs/tags/nightly', undefined],
])('the release of %s is %s', (ref, version) => {
  expect(releaseOf({ ref })).toBe(version);
});
