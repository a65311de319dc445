import { describe, expect, it } from 'vitest';
import { findRef, latestVersion, namesBelow, readRefs, repositoryAddress } from '../../../engine/objects/git-refs.js';

const sha = (digit: string) => digit.repeat(40);
const listing = (refs: Record<string, string>, head = 'refs/heads/main') =>
  readRefs(
    `ref: ${head}\tHEAD\n${Object.entries(refs)
      .map(([name, digit]) => `${sha(digit)}\t${name}\n`)
      .join('')}`,
  );
const refs = listing({
  HEAD: '1',
  'refs/heads/both': '2',
  'refs/heads/main': '1',
  'refs/notes/x': '7',
  'refs/tags/both': '3',
  'refs/tags/noted': '4',
  'refs/tags/noted^{}': '5',
});

describe('a name', () => {
  it.each([
    ['HEAD', 'refs/heads/main', '1'],
    ['main', 'refs/heads/main', '1'],
    ['both', 'refs/heads/both', '2'],
    ['tags/both', 'refs/tags/both', '3'],
    ['refs/tags/both', 'refs/tags/both', '3'],
    ['noted', 'refs/tags/noted', '5'],
    ['notes/x', 'refs/notes/x', '7'],
    [sha('9'), '', '9'],
  ])('%s', (target, name, digit) => expect(findRef(refs, target)).toEqual({ name, sha: sha(digit) }));

  it.each([['nope'], ['refs/heads/noted'], ['99'], ['']])('%s is none', target => {
    expect(() => findRef(refs, target)).toThrow('does not contain ref');
  });
});

describe('patterns', () => {
  const all = listing({ 'refs/heads/a/b': '1', 'refs/heads/ab': '1', 'refs/heads/b': '1', 'refs/heads/b.c': '1' });
  it.each([
    [[], ['a/b', 'ab', 'b', 'b.c']],
    [['b'], ['a/b', 'b']],
    [['*b'], ['a/b', 'ab', 'b']],
    [['refs/heads/?'], ['b']],
    [
      ['[!b]b', 'b.?'],
      ['ab', 'b.c'],
    ],
    [['a*b'], ['a/b', 'ab']],
    [['b\\.c'], ['b.c']],
    [['['], []],
  ])('%j', (patterns, names) => expect(namesBelow(all, 'refs/heads/', patterns)).toEqual(names));
});

it('the latest version is the highest, and a release above what comes before it', () => {
  const tags = (...names: string[]) => listing(Object.fromEntries(names.map(name => [`refs/tags/${name}`, '1'])));
  expect(latestVersion(tags('v1.2.3', 'v1.10.0', 'v1.9.9', '2.0.0', 'v3.x', 'v01.0.0'))).toBe('v1.10.0');
  expect(latestVersion(tags('v2.0.0-rc.2', 'v2.0.0-rc.10', 'v2.0.0-alpha'))).toBe('v2.0.0-rc.10');
  expect(latestVersion(tags('v2.0.0-rc.1', 'v2.0.0', 'v2.0.0-rc.2'))).toBe('v2.0.0');
  expect(latestVersion(tags('v1', 'v2'))).toBe('v2');
  expect(() => latestVersion(tags('1.0.0', 'v1.0.0.0'))).toThrow('no valid semver tags found');
});

it.each([
  ['https://example.com/a.git#main:sub', 'https://example.com/a.git'],
  ['github.com/owner/app', 'https://github.com/owner/app'],
  ['localhost:8080/app', 'https://localhost:8080/app'],
  ['git://127.0.0.1/app', 'git://127.0.0.1/app'],
])('%s is asked for as %s', (text, address) => expect(repositoryAddress(text)).toBe(address));

it.each([
  ['file:///srv/app', 'invalid protocol "file"'],
  ['FILE:///srv/app', 'invalid protocol'],
  ['/srv/app', 'unknown protocol'],
  ['./app', 'unknown protocol'],
  ['git@example.com:a/b', 'does not serve ssh'],
  ['example.com:a/b', 'does not serve ssh'],
  ['ssh://example.com/a', 'does not serve ssh'],
  ['ext::sh -c x', 'ssh'],
  ['', 'unknown protocol'],
])('%s is refused', (text, message) => expect(() => repositoryAddress(text)).toThrow(message));
