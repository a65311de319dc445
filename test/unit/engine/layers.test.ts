import { describe, expect, it } from 'vitest';
import { deviceNumbers, type LayerEntry } from '../../../engine/fs/layers/layer-tree.js';
import { mergeLayers } from '../../../engine/fs/layers/merge.js';
import { overlayOptions } from '../../../engine/fs/layers/mount.js';
import { formatXattrDump, parseXattrDump } from '../../../engine/fs/layers/xattrs.js';

const base = { mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: [] };
const dir = (path: string, mode = 0o755): LayerEntry => ({ ...base, mode, path, kind: 'directory', opaque: false });
const opaque = (path: string): LayerEntry => ({ ...base, path, kind: 'directory', opaque: true });
const file = (path: string): LayerEntry => ({ ...base, path, kind: 'file', size: 1 });
const link = (path: string): LayerEntry => ({ ...base, path, kind: 'symlink', target: 'x' });
const gone = (path: string): LayerEntry => ({ ...base, path, kind: 'whiteout' });

/** `path@layer`, with `!` for an opaque directory, `-` for a whiteout. The root is left out. */
function show(layers: LayerEntry[][]): string[] {
  return mergeLayers(layers.map(entries => [dir(''), ...entries]))
    .filter(({ entry }) => entry.path !== '')
    .map(({ entry, layer }) => {
      const mark = entry.kind === 'whiteout' ? '-' : entry.kind === 'directory' && entry.opaque ? '!' : '';
      return `${mark}${entry.path}@${layer}`;
    });
}

describe('mergeLayers', () => {
  const cases: { name: string; layers: LayerEntry[][]; merged: string[] }[] = [
    {
      name: 'a later file wins',
      layers: [[file('a'), file('b')], [file('a')]],
      merged: ['a@1', 'b@0'],
    },
    {
      name: 'directories merge',
      layers: [
        [dir('d'), file('d/a')],
        [dir('d', 0o700), file('d/b')],
      ],
      merged: ['d@1', 'd/a@0', 'd/b@1'],
    },
    { name: 'a whiteout removes a file', layers: [[file('a')], [gone('a')]], merged: [] },
    {
      name: 'a whiteout removes a tree',
      layers: [
        [dir('d'), dir('d/e'), file('d/e/f')],
        [dir('d'), gone('d/e')],
      ],
      merged: ['d@1'],
    },
    {
      name: 'a whiteout of what lies further below stays',
      layers: [[file('b')], [gone('a')]],
      merged: ['b@0'],
    },
    {
      name: 'a file comes back after a whiteout',
      layers: [[file('a')], [gone('a')], [file('a')]],
      merged: ['a@2'],
    },
    {
      name: 'a directory over a whiteout hides what lies below',
      layers: [[gone('d')], [dir('d'), file('d/n')]],
      merged: ['d@1', 'd/n@1'],
    },
    {
      name: 'an opaque directory hides the old content',
      layers: [
        [dir('d'), file('d/old')],
        [opaque('d'), file('d/new')],
      ],
      merged: ['d@1', 'd/new@1'],
    },
    {
      name: 'an opaque directory stays opaque under later changes',
      layers: [[opaque('d')], [dir('d'), file('d/a')]],
      merged: ['d@1', 'd/a@1'],
    },
    {
      name: 'a whiteout in an opaque directory has nothing to hide',
      layers: [
        [opaque('d'), file('d/a')],
        [dir('d'), gone('d/a')],
      ],
      merged: ['d@1'],
    },
    {
      name: 'a whiteout in a directory that is new here has nothing to hide',
      layers: [
        [dir('n'), file('n/a')],
        [dir('n'), gone('n/a')],
      ],
      merged: ['n@1'],
    },
    {
      name: 'a directory over a file needs no mark of its own',
      layers: [[file('p')], [dir('p'), file('p/c')]],
      merged: ['p@1', 'p/c@1'],
    },
    {
      name: 'a file over a directory over a directory below',
      layers: [[file('d')], [dir('d'), file('d/c')]],
      merged: ['d@1', 'd/c@1'],
    },
    { name: 'a link replaced by a directory', layers: [[link('d')], [dir('d')]], merged: ['d@1'] },
    {
      name: 'a file over a directory removes the tree',
      layers: [[dir('d'), file('d/c')], [file('d')]],
      merged: ['d@1'],
    },
  ];
  it.each(cases)('$name', ({ layers, merged }) => {
    expect(show(layers)).toEqual(merged);
  });

  it('lists directories before what is in them, whatever sorts between', () => {
    expect(show([[dir('a'), file('a/x'), file('a-b')]])).toEqual(['a@0', 'a/x@0', 'a-b@0']);
  });

  it('refuses a layer that lists a file before its directory', () => {
    expect(() => show([[file('a/b')]])).toThrow('before its directory');
  });
});

describe('overlayOptions', () => {
  const writable = { upper: '/u', work: '/w' };
  it.each([
    { lowers: ['/a', '/b', '/c'], expected: 'lowerdir=/c:/b:/a' },
    { lowers: ['/base', '/top'], expected: 'lowerdir=/top:/base' },
    { lowers: ['/x', '/a:b,c\\d'], expected: 'lowerdir=/a\\:b\\,c\\\\d:/x' },
    { lowers: ['/a', '/b'], userxattr: true, expected: 'lowerdir=/b:/a,userxattr' },
    {
      lowers: ['/a'],
      writable,
      expected: 'lowerdir=/a,upperdir=/u,workdir=/w,redirect_dir=off,metacopy=off,index=off,volatile',
    },
    {
      lowers: ['/a'],
      writable,
      userxattr: true,
      expected: 'lowerdir=/a,upperdir=/u,workdir=/w,index=off,volatile,userxattr',
    },
  ])('$expected', ({ expected, userxattr = false, ...mount }) => {
    expect(overlayOptions({ ...mount, userxattr })).toBe(expected);
  });

  it.each([
    ['nothing', [], 'at least one lower layer'],
    ['one layer to read', ['/a'], 'use the layer itself'],
    [
      'more than a page',
      Array.from({ length: 50 }, (_, i) => `/store/${'x'.repeat(80)}${i}`),
      'flatten the layers first',
    ],
  ])('refuses %s, as the kernel would', (_, lowers, message) => {
    expect(() => overlayOptions({ lowers, userxattr: false })).toThrow(message);
  });
});

describe('xattr dumps', () => {
  const dump = '# file: .\ntrusted.overlay.opaque=0x79\n\n# file: c\\134d\\012e\nuser.x=0x80ff\nuser.empty=0x\n\n';

  it('reads escaped names and binary values', () => {
    const table = parseXattrDump(dump);
    expect([...table.keys()]).toEqual(['', 'c\\d\ne']);
    expect(table.get('')).toEqual([{ name: 'trusted.overlay.opaque', value: Buffer.from('y') }]);
    expect(table.get('c\\d\ne')?.[0]?.value).toEqual(Buffer.from([0x80, 0xff]));
  });

  it('writes what it reads, without the files that have none', () => {
    const table = parseXattrDump(dump);
    expect(parseXattrDump(formatXattrDump(table))).toEqual(table);
    expect(formatXattrDump(new Map([['a', []]]))).toBe('');
  });
});

describe('deviceNumbers', () => {
  it.each([
    [0x0103, 1, 3],
    [0x0801, 8, 1],
    [0x12345, 0x123, 0x45],
    [0x10000801, 8, 0x10001],
  ])('%i', (rdev, major, minor) => {
    expect(deviceNumbers(rdev)).toEqual({ major, minor });
  });
});
