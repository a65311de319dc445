import { describe, expect, it } from 'vitest';
import { deviceNumbers, type LayerEntry } from '../../../engine/layers/layer-tree.js';
import { mergeLayers, NOTHING_BELOW, visibleDirectories } from '../../../engine/layers/merge.js';
import {
  linkName,
  MAX_LOWERS,
  needsFlatten,
  overlayMountCommand,
  overlayOptions,
} from '../../../engine/layers/mount.js';
import { formatXattrDump, parseXattrDump } from '../../../engine/layers/xattrs.js';

const base = { mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: [] };
const dir = (path: string, mode = 0o755): LayerEntry => ({ ...base, mode, path, kind: 'directory', opaque: false });
const opaque = (path: string): LayerEntry => ({ ...base, path, kind: 'directory', opaque: true });
const file = (path: string): LayerEntry => ({ ...base, path, kind: 'file', size: 1 });
const link = (path: string): LayerEntry => ({ ...base, path, kind: 'symlink', target: 'x' });
const gone = (path: string): LayerEntry => ({ ...base, path, kind: 'whiteout' });

/** `path@layer`, with `!` for an opaque directory, `-` for a whiteout. The root is left out. */
function show(layers: LayerEntry[][], below: readonly LayerEntry[] = []): string[] {
  const directories = below.length === 0 ? NOTHING_BELOW : visibleDirectories([[dir(''), ...below]]);
  return mergeLayers(
    layers.map(entries => [dir(''), ...entries]),
    directories,
  )
    .filter(({ entry }) => entry.path !== '')
    .map(({ entry, layer }) => {
      const mark = entry.kind === 'whiteout' ? '-' : entry.kind === 'directory' && entry.opaque ? '!' : '';
      return `${mark}${entry.path}@${layer}`;
    });
}

describe('mergeLayers', () => {
  /** `above`: the same over layers that hold a directory d with a directory e, and a file a. */
  const ground = [file('a'), dir('d'), dir('d/e'), file('d/e/f'), file('p')];
  const cases: { name: string; layers: LayerEntry[][]; atBottom: string[]; above: string[] }[] = [
    {
      name: 'a later file wins',
      layers: [[file('a'), file('b')], [file('a')]],
      atBottom: ['a@1', 'b@0'],
      above: ['a@1', 'b@0'],
    },
    {
      name: 'directories merge',
      layers: [
        [dir('d'), file('d/a')],
        [dir('d', 0o700), file('d/b')],
      ],
      atBottom: ['d@1', 'd/a@0', 'd/b@1'],
      above: ['d@1', 'd/a@0', 'd/b@1'],
    },
    { name: 'a whiteout removes a file', layers: [[file('a')], [gone('a')]], atBottom: [], above: ['-a@1'] },
    {
      name: 'a whiteout removes a tree',
      layers: [
        [dir('d'), dir('d/e'), file('d/e/f')],
        [dir('d'), gone('d/e')],
      ],
      atBottom: ['d@1'],
      above: ['d@1', '-d/e@1'],
    },
    {
      name: 'a whiteout of what lies further below stays',
      layers: [[file('b')], [gone('a')]],
      atBottom: ['b@0'],
      above: ['-a@1', 'b@0'],
    },
    {
      name: 'a file comes back after a whiteout',
      layers: [[file('a')], [gone('a')], [file('a')]],
      atBottom: ['a@2'],
      above: ['a@2'],
    },
    {
      name: 'a directory over a whiteout hides what lies below',
      layers: [[gone('d')], [dir('d'), file('d/n')]],
      atBottom: ['d@1', 'd/n@1'],
      above: ['!d@1', 'd/n@1'],
    },
    {
      name: 'an opaque directory hides the old content',
      layers: [
        [dir('d'), file('d/old')],
        [opaque('d'), file('d/new')],
      ],
      atBottom: ['d@1', 'd/new@1'],
      above: ['!d@1', 'd/new@1'],
    },
    {
      name: 'an opaque directory stays opaque under later changes',
      layers: [[opaque('d')], [dir('d'), file('d/a')]],
      atBottom: ['d@1', 'd/a@1'],
      above: ['!d@1', 'd/a@1'],
    },
    {
      name: 'a whiteout in an opaque directory has nothing to hide',
      layers: [
        [opaque('d'), file('d/a')],
        [dir('d'), gone('d/a')],
      ],
      atBottom: ['d@1'],
      above: ['!d@1'],
    },
    {
      name: 'a whiteout in a directory that is new here has nothing to hide',
      layers: [
        [dir('n'), file('n/a')],
        [dir('n'), gone('n/a')],
      ],
      atBottom: ['n@1'],
      above: ['n@1'],
    },
    {
      name: 'a directory over a file needs no mark of its own',
      layers: [[file('p')], [dir('p'), file('p/c')]],
      atBottom: ['p@1', 'p/c@1'],
      above: ['p@1', 'p/c@1'],
    },
    {
      name: 'a file over a directory over a directory below',
      layers: [[file('d')], [dir('d'), file('d/c')]],
      atBottom: ['d@1', 'd/c@1'],
      above: ['!d@1', 'd/c@1'],
    },
    { name: 'a link replaced by a directory', layers: [[link('d')], [dir('d')]], atBottom: ['d@1'], above: ['!d@1'] },
    {
      name: 'a file over a directory removes the tree',
      layers: [[dir('d'), file('d/c')], [file('d')]],
      atBottom: ['d@1'],
      above: ['d@1'],
    },
  ];
  it.each(cases)('$name', ({ layers, atBottom, above }) => {
    expect(show(layers)).toEqual(atBottom);
    expect(show(layers, ground)).toEqual(above);
  });

  it('lists directories before what is in them, whatever sorts between', () => {
    expect(show([[dir('a'), file('a/x'), file('a-b')]])).toEqual(['a@0', 'a/x@0', 'a-b@0']);
  });

  it('refuses a layer that lists a file before its directory', () => {
    expect(() => show([[file('a/b')]])).toThrow('before its directory');
  });
});

describe('overlayOptions', () => {
  it.each([
    { lowers: ['/a', '/b', '/c'], expected: 'lowerdir=/c:/b:/a' },
    { lowers: ['/base', '/top'], expected: 'lowerdir=/top:/base' },
    { lowers: ['/x', '/a:b,c\\d'], expected: 'lowerdir=/a\\:b\\,c\\\\d:/x' },
    {
      lowers: ['/a'],
      upper: '/u',
      work: '/w',
      expected: 'lowerdir=/a,upperdir=/u,workdir=/w,redirect_dir=off,metacopy=off,index=off',
    },
    {
      lowers: ['/a'],
      upper: '/u',
      work: '/w',
      flags: { volatile: true },
      expected: 'lowerdir=/a,upperdir=/u,workdir=/w,redirect_dir=off,metacopy=off,index=off,volatile',
    },
    {
      lowers: ['/a'],
      upper: '/u',
      work: '/w',
      flags: { userxattr: true },
      expected: 'lowerdir=/a,upperdir=/u,workdir=/w,index=off,userxattr',
    },
    { lowers: ['/a', '/b'], flags: { userxattr: true }, expected: 'lowerdir=/b:/a,userxattr' },
  ])('$expected', ({ lowers, upper, work, flags, expected }) => {
    expect(overlayOptions(lowers, upper, work, flags)).toBe(expected);
  });

  it('refuses what the kernel would refuse or cut off', () => {
    expect(() => overlayOptions([])).toThrow('at least one lower layer');
    expect(() => overlayOptions(['/a'])).toThrow('use the layer itself');
    expect(() => overlayOptions(['/a'], '/u')).toThrow('come together');
    expect(() => overlayOptions(Array.from({ length: 50 }, (_, i) => `/store/${'x'.repeat(80)}${i}`))).toThrow(
      'flatten the layers first',
    );
  });
});

describe('deep chains', () => {
  const chain = (n: number) =>
    Array.from({ length: n }, (_, i) => `/var/lib/store/snapshots/${'f'.repeat(64)}/${i}/upper`);

  it('mounts as many layers as it promises, with long upper and work paths', () => {
    const path = `/${'p'.repeat(254)}`;
    const command = overlayMountCommand({
      store: '/s',
      lowers: chain(MAX_LOWERS),
      upper: path,
      work: path,
      target: '/m',
      volatile: true,
    });
    expect(Buffer.byteLength(command.argv[5]!)).toBeLessThanOrEqual(4095);
    expect(MAX_LOWERS).toBeGreaterThan(200);
  });

  it('asks for a merge beyond that', () => {
    expect(needsFlatten(chain(MAX_LOWERS))).toBe(false);
    expect(needsFlatten(chain(MAX_LOWERS + 1))).toBe(true);
    expect(needsFlatten(chain(5), 4)).toBe(true);
  });

  it('names a layer the same way each time and two layers differently', () => {
    expect(linkName('/a')).toBe(linkName('/a'));
    expect(linkName('/a')).toMatch(/^l\/[0-9a-f]{12}$/);
    expect(linkName('/a')).not.toBe(linkName('/b'));
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
