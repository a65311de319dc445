/** Merging layers shows the same tree as stacking them. */
import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flattenLayers } from '../../engine/fs/layers/flatten.js';
import { readLayer } from '../../engine/fs/layers/layer-tree.js';
import { addLayer, busyboxStack, describeTree, type LayerStack, withMount } from './support/overlay.js';

let dir: string;
let stack: LayerStack;

/** Each step changes what an earlier one left, in all the ways a layer can. */
const STEPS: readonly string[] = [
  `mkdir -p /d/sub /keep /wipe/deep /t
   echo one > /d/a; echo two > /d/b; echo s > /d/sub/s; echo w > /wipe/deep/w
   echo f > /file-to-dir; ln -s d /link-to-dir; mkdir /dir-to-file; echo x > /dir-to-file/x
   echo h > /hard1; ln /hard1 /d/hard2; chmod 4755 /d/a; chown 12:34 /d/b; chmod 1777 /t; mkfifo /pipe; echo k > /keep/same1; ln /keep/same1 /d/same2
   echo back > /gone-and-back; echo 'odd' > "/name with
newline and \\\\ and é"`,
  `rm /d/a; rm -rf /wipe; mkdir /wipe; echo new > /wipe/new
   rm /file-to-dir; mkdir /file-to-dir; echo in > /file-to-dir/in
   rm /link-to-dir; mkdir /link-to-dir; echo in > /link-to-dir/in
   rm -rf /dir-to-file; echo now > /dir-to-file; rm /gone-and-back; chmod 700 /keep; chown 7:8 /keep`,
  `echo again > /gone-and-back; echo more > /wipe/more; rm -rf /d/sub; mkdir -p /d/sub/new
   ln -s ../nowhere /d/dangling; mv /file-to-dir /moved; echo 3 >> /hard1`,
  `rm -rf /d/sub; rm /pipe; touch /d/b; ln /d/b /d/b2; : > /empty; chmod 000 /empty`,
];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-layers-'));
  stack = await busyboxStack(dir);
  for (const step of STEPS) await addLayer(stack, step);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const mounted = (layers: string[]) => withMount({ store: dir, layers }, root => describeTree(root));

describe('flattenLayers', () => {
  it('reads what the kernel leaves in an upper directory', async () => {
    const entries = await readLayer(stack.layers[2]!);
    const byPath = new Map(entries.map(entry => [entry.path, entry]));
    expect(byPath.get('d/a')?.kind).toBe('whiteout');
    expect(byPath.get('wipe')).toMatchObject({ kind: 'directory', opaque: true });
    expect(byPath.get('file-to-dir')).toMatchObject({ kind: 'directory', opaque: true });
    expect(byPath.get('keep')).toMatchObject({ kind: 'directory', opaque: false, mode: 0o700, uid: 7, gid: 8 });
  });

  it('gives the whole tree, with no marks in it', async () => {
    const target = join(dir, 'flat-all');
    await flattenLayers(stack.layers, target);
    expect(await describeTree(target)).toEqual(await mounted(stack.layers));
    const marks = (await readLayer(target)).filter(e => e.kind === 'whiteout' || (e.kind === 'directory' && e.opaque));
    expect(marks).toEqual([]);
  });

  it('takes no space for files, keeps directory times and attributes', async () => {
    const layer = join(dir, 'attributes');
    await mkdir(join(layer, 'sub'), { recursive: true });
    await writeFile(join(layer, 'sub/file'), 'x');
    await execa('setfattr', ['-n', 'user.note', '-v', '0x80ff', join(layer, 'sub')]);
    await execa('touch', ['-d', '2001-02-03 04:05:06 UTC', join(layer, 'sub')]);
    const target = join(dir, 'attributes-flat');
    await flattenLayers([layer], target);
    expect((await lstat(join(target, 'sub/file'))).ino).toBe((await lstat(join(layer, 'sub/file'))).ino);
    expect((await lstat(join(target, 'sub'))).mtime.toISOString()).toBe('2001-02-03T04:05:06.000Z');
    const sub = (await readLayer(target)).find(entry => entry.path === 'sub');
    expect(sub?.xattrs).toEqual([{ name: 'user.note', value: Buffer.from([0x80, 0xff]) }]);
  });

  it('copies where links are impossible, with the same result', async () => {
    const other = join(dir, 'other-file-system');
    await mkdir(other);
    await execa('mount', ['-t', 'tmpfs', 'tmpfs', other]);
    try {
      await flattenLayers(stack.layers, join(other, 'flat'));
      expect(await describeTree(join(other, 'flat'))).toEqual(await mounted(stack.layers));
    } finally {
      await execa('umount', [other]);
    }
  });

  it('leaves nothing behind when it fails', async () => {
    const target = join(dir, 'never');
    await expect(flattenLayers([join(dir, 'missing')], target)).rejects.toThrow();
    await writeFile(target, 'in the way');
    await expect(flattenLayers([stack.layers[1]!], target)).rejects.toThrow();
    expect(await readFile(target, 'utf8')).toBe('in the way');
    const { stdout } = await execa('find', [dir, '-maxdepth', '1', '-name', '*.partial-*']);
    expect(stdout).toBe('');
  });
});
