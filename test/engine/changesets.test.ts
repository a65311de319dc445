/** Changes between two states of a directory: what they say, and what comes of putting them onto others. */
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Changeset, ChangesetMergeConflict, Client, Directory } from '@dagger.io/dagger';
import { describe, expect, it } from 'vitest';
import { ownSession } from './support/session.js';

const own = ownSession();
const client = (): Client => own.session.client;

/** A directory of files; a name that ends with a slash is a directory. */
const tree = (files: Readonly<Record<string, string>>): Directory =>
  Object.entries(files).reduce(
    (directory, [path, text]) =>
      path.endsWith('/') ? directory.withNewDirectory(path) : directory.withNewFile(path, text),
    client().directory(),
  );

async function pathsOf(changes: Changeset) {
  const [added, modified, removed] = [changes.addedPaths(), changes.modifiedPaths(), changes.removedPaths()];
  return { added: await added, modified: await modified, removed: await removed };
}

/** All of a directory: texts of files, where links lead. */
async function contentsOf(directory: Directory): Promise<Record<string, string>> {
  const paths = (await directory.glob('**')).filter(path => !path.endsWith('/'));
  return Object.fromEntries(await Promise.all(paths.map(async p => [p, await directory.file(p).contents()] as const)));
}

describe('what changed', () => {
  it('is said by paths in their order, of what is gone only the top', async () => {
    const before = tree({ 'z/a': '1', 'z/b/c': '1', keep: '1', mod: '1', é: '1', B: '1' });
    const after = tree({ keep: '1', mod: '2', 'new/y': '1', 'new.txt': '1', a: '1', 'empty/': '' });
    expect(await pathsOf(after.changes(before))).toEqual({
      added: ['a', 'empty/', 'new.txt', 'new/', 'new/y'],
      modified: ['mod'],
      removed: ['B', 'z/', 'é'],
    });
  });

  it('is of a file what git sees: not whose it is, but whether it runs', async () => {
    const before = tree({ run: 'x', mine: 'x', same: 'x' });
    const after = before.withNewFile('run', 'x').chown('mine', '1000').withTimestamps(1);
    expect(await pathsOf(after.changes(before))).toEqual({ added: [], modified: [], removed: [] });
    expect(await after.changes(before).isEmpty()).toBe(true);
    const runs = client().directory().withFile('run', client().file('run', 'x'), { permissions: 0o755 });
    expect(await pathsOf(runs.changes(before.filter({ include: ['run'] })))).toMatchObject({ modified: ['run'] });
  });

  it('is another kind of thing in the same place', async () => {
    const before = tree({ 'node/old': 'o', link: 'regular', file: 'f' });
    const after = tree({ node: 'file', 'file/x': 'x' }).withSymlink('node', 'link');
    expect(await pathsOf(after.changes(before))).toEqual({
      added: ['file/', 'file/x', 'node'],
      modified: ['link'],
      removed: ['file', 'node/'],
    });
  });

  it('is nothing where only directories came and went, though they are named', async () => {
    const changes = tree({ 'b/': '' }).changes(tree({ 'a/': '' }));
    expect(await changes.isEmpty()).toBe(true);
    expect(await pathsOf(changes)).toEqual({ added: ['b/'], modified: [], removed: ['a/'] });
    expect(await client().changeset().isEmpty()).toBe(true);
  });

  it('is counted in lines, with what was renamed', async () => {
    const long = 'a\nb\nc\nd\ne\nf\ng\nh\n';
    const before = tree({ mod: 'one\nold\n', gone: 'g\nh', 'dir/moved': long, binary: 'x' });
    const after = tree({ mod: 'one\nnew\nmore\n', fresh: 'hello\n', 'other/moved': `${long}i\n`, binary: 'x\0y' });
    const stats = await after.changes(before).diffStats();
    const rows = await Promise.all(
      stats.map(async s => [
        await s.path(),
        await s.oldPath(),
        await s.kind(),
        await s.addedLines(),
        await s.removedLines(),
      ]),
    );
    expect(rows).toEqual([
      ['binary', null, 'MODIFIED', 0, 0],
      ['dir/', null, 'REMOVED', 0, 0],
      ['fresh', null, 'ADDED', 1, 0],
      ['gone', null, 'REMOVED', 0, 2],
      ['mod', null, 'MODIFIED', 2, 1],
      ['other/', null, 'ADDED', 0, 0],
      ['other/moved', 'dir/moved', 'RENAMED', 1, 0],
    ]);
  });

  it('is a patch, that makes the same of the same', async () => {
    const before = tree({ mod: 'one\n', gone: 'g\n', 'd/bin': 'a\0b', keep: 'k' });
    const after = tree({ mod: 'two\n', 'd/bin': 'a\0c', 'new/n': 'n\n', keep: 'k' });
    const patch = after.changes(before).asPatch();
    expect(await patch.name()).toBe('diff.patch');
    expect(await patch.contents()).toContain(
      'diff --git a/mod b/mod\nindex 5626abf..f719efd 100644\n--- a/mod\n+++ b/mod\n@@ -1 +1 @@\n-one\n+two\n',
    );
    expect(await contentsOf(before.withPatchFile(patch))).toEqual(await contentsOf(after));
    expect(await before.changes(before).asPatch().contents()).toBe('');
    // A repository in the tree, or what looks like one, is a file as any other.
    const odd = tree({ '.git': 'gitdir: /nowhere\n', f: '1' });
    expect(await odd.withNewFile('f', '2').changes(odd).asPatch().contents()).toContain('diff --git a/f b/f');
  });

  it('is an error where a directory is not there', async () => {
    const changes = tree({ a: '1' }).changes(client().directory().directory('nope'));
    await expect(changes.sync()).rejects.toThrow('nope');
    await expect(changes.isEmpty()).rejects.toThrow('nope');
  });
});

describe('put onto a directory', () => {
  it('comes in place of what is there, and nothing else changes', async () => {
    const before = tree({ common: 'before', gone: 'b', 'dir/in': '1', 'node/old': 'o' });
    const after = tree({ common: 'after', fresh: 'f', 'dir/in': '1', node: 'now a file', 'empty/': '' });
    const other = tree({ common: 'of its own', gone: 'too', kept: 'k', 'node/else': 'e', 'fresh/x': 'x' });
    const result = other.withChanges(after.changes(before));
    expect(await contentsOf(result)).toEqual({ common: 'after', fresh: 'f', kept: 'k', node: 'now a file' });
    expect(await result.entries()).toContain('empty/');
  });

  it('below another one', async () => {
    const changes = tree({ 'e/': '', f: '2' }).changes(tree({ f: '1' }));
    const below = client().directory().withNewFile('sub/f', '1').directory('sub').withChanges(changes);
    expect(await below.entries()).toEqual(['e/', 'f']);
    expect(await below.directory('..').entries()).toEqual(['sub/']);
  });

  it('keeps links as links, and follows none out of the tree', async () => {
    const before = tree({ old: 'o', fresh: 'n', regular: 'r' }).withSymlink('old', 'turned').withSymlink('old', 'gone');
    const after = tree({ old: 'o', fresh: 'n', turned2: 't' })
      .withSymlink('fresh', 'turned')
      .withSymlink('fresh', 'regular');
    const result = before.withChanges(after.changes(before));
    expect(await result.file('turned').contents()).toBe('n');
    expect(await result.file('regular').contents()).toBe('n');
    expect(await result.exists('gone', { doNotFollowSymlinks: true })).toBe(false);
    expect(await result.file('old').contents()).toBe('o');

    const target = join(own.place.dir, 'outside');
    await mkdir(target);
    await writeFile(join(target, 'victim'), 'safe');
    const trap = client().directory().withSymlink(target, 'out').withSymlink('../../../../../..', 'up');
    const attack = tree({ 'out/new': 'x', 'up/new': 'y' }).changes(tree({ 'out/victim': 'v', 'up/victim': 'v' }));
    const caught = trap.withChanges(attack);
    await caught.sync();
    expect(await readdir(target)).toEqual(['victim']);
  });

  it('is made once', async () => {
    const make = () => tree({ f: '1' }).withChanges(tree({ f: '2' }).changes(tree({ f: '1' })));
    expect(await make().digest()).toBe(await make().digest());
  });
});

describe('exported', () => {
  it('changes what changed and removes what is gone', async () => {
    const target = join(own.place.dir, 'export');
    await mkdir(join(target, 'gone'), { recursive: true });
    await mkdir(join(target, 'closed'), { mode: 0o700 });
    for (const [path, text] of Object.entries({ mod: '1', 'gone/x': '1', lone: '1', mine: 'm', node: 'n' }))
      await writeFile(join(target, path), text);
    const before = tree({ mod: '1', 'gone/x': '1', lone: '1', node: 'n', 'was/x': '1' });
    const after = tree({ mod: '2', 'new/y': '3', 'node/in': '4', was: 'file' });
    expect(await after.changes(before).export(target)).toBe(target);
    expect((await readdir(target)).sort()).toEqual(['closed', 'mine', 'mod', 'new', 'node', 'was']);
    expect(await readFile(join(target, 'mod'), 'utf8')).toBe('2');
    expect(await readFile(join(target, 'node/in'), 'utf8')).toBe('4');
    expect((await stat(join(target, 'closed'))).mode & 0o777).toBe(0o700);
  });

  it('removes nothing behind a link, and no directory for a file', async () => {
    const target = join(own.place.dir, 'export-links');
    const elsewhere = join(own.place.dir, 'elsewhere');
    await mkdir(elsewhere);
    await mkdir(join(target, 'full'), { recursive: true });
    await writeFile(join(elsewhere, 'x'), 'theirs');
    await writeFile(join(target, 'full/y'), 'mine');
    await symlink(elsewhere, join(target, 'd'));
    await tree({ k: '1' })
      .changes(tree({ 'd/x': '1', 'd/keep': '1', k: '1' }).withNewFile('d/z', ''))
      .export(target);
    expect(await readFile(join(elsewhere, 'x'), 'utf8')).toBe('theirs');
    const partly = tree({ 'd/keep': '1' }).changes(tree({ 'd/keep': '1', 'd/x': '1' }));
    await symlink(elsewhere, join(target, 'd')).catch(() => undefined);
    await partly.export(target);
    expect(await readFile(join(elsewhere, 'x'), 'utf8')).toBe('theirs');
    await expect(
      tree({})
        .changes(tree({ full: 'a file' }))
        .export(target),
    ).rejects.toThrow('full is a directory there');
    expect(await readFile(join(target, 'full/y'), 'utf8')).toBe('mine');
  });

  it('keeps the modes of directories around what changed', async () => {
    const source = join(own.place.dir, 'modes');
    await mkdir(join(source, 'private'), { recursive: true });
    await chmod(join(source, 'private'), 0o700);
    await writeFile(join(source, 'private/f'), '1');
    const before = client().host().directory(source);
    await before.withNewFile('private/f', '2').changes(before).export(source);
    expect(await readFile(join(source, 'private/f'), 'utf8')).toBe('2');
    expect((await stat(join(source, 'private'))).mode & 0o777).toBe(0o700);
  });
});

describe('brought together', () => {
  const base = () => tree({ a: 'a\n', b: 'b\n', c: 'c\n', d: 'd\n', e: 'e\n' });
  const ours = () =>
    base()
      .withNewFile('a', 'ours\n')
      .withNewFile('b', 'ours\n')
      .withoutFile('c')
      .withNewFile('f', 'ours\n')
      .changes(base());
  const theirs = () =>
    base()
      .withNewFile('a', 'theirs\n')
      .withoutFile('b')
      .withNewFile('c', 'theirs\n')
      .withNewFile('f', 'theirs\n')
      .withNewFile('e', 'theirs\n')
      .changes(base());
  const merged = async (onConflict?: ChangesetMergeConflict) =>
    contentsOf(
      ours()
        .withChangeset(theirs(), onConflict === undefined ? {} : { onConflict })
        .after(),
    );

  it('is what both changed, where they have nothing to do with each other', async () => {
    const other = base().withNewFile('e', 'other\n').withNewFile('h', 'other\n').withoutFile('d').changes(base());
    const both = ours().withChangeset(other);
    expect(await pathsOf(both)).toEqual({ added: ['f', 'h'], modified: ['a', 'b', 'e'], removed: ['c', 'd'] });
    expect(await both.after().entries()).toEqual(['a', 'b', 'e', 'f', 'h']);
    const lines = tree({ f: '1\n2\n3\n4\n5\n6\n7\n' });
    const first = lines.withNewFile('f', 'one\n2\n3\n4\n5\n6\n7\n').changes(lines);
    const last = lines.withNewFile('f', '1\n2\n3\n4\n5\n6\nseven\n').changes(lines);
    expect(await first.withChangeset(last).after().file('f').contents()).toBe('one\n2\n3\n4\n5\n6\nseven\n');
    await expect(
      first.withChangeset(last, { onConflict: 'FAIL_EARLY' as ChangesetMergeConflict }).sync(),
    ).rejects.toThrow('conflict between changesets at path "f": path modified in both changesets');
  });

  it('fails where they do', async () => {
    await expect(ours().withChangeset(theirs()).sync()).rejects.toThrow(/git merge: .*CONFLICT|CONFLICT/s);
    const early = ours()
      .withChangeset(theirs(), { onConflict: 'FAIL_EARLY' as ChangesetMergeConflict })
      .sync();
    for (const path of ['a', 'b', 'c', 'f']) await expect(early).rejects.toThrow(`at path "${path}"`);
  });

  it('prefers whom it is told to', async () => {
    expect(await merged('PREFER_OURS' as ChangesetMergeConflict)).toEqual({
      a: 'ours\n',
      b: 'ours\n',
      d: 'd\n',
      e: 'theirs\n',
      f: 'ours\n',
    });
    expect(await merged('PREFER_THEIRS' as ChangesetMergeConflict)).toEqual({
      a: 'theirs\n',
      c: 'theirs\n',
      d: 'd\n',
      e: 'theirs\n',
      f: 'theirs\n',
    });
  });

  it('leaves both with marks, and what was removed in one', async () => {
    const left = await merged('LEAVE_CONFLICT_MARKERS' as ChangesetMergeConflict);
    expect(left.a).toMatch(/^<<<<<<< .*\nours\n=======\ntheirs\n>>>>>>> .*\n$/);
    expect(left.f).toContain('<<<<<<<');
    expect(left).toMatchObject({ b: 'ours\n', c: 'theirs\n', e: 'theirs\n' });
  });

  it('takes many at once, or none of them', async () => {
    const one = (name: string) => base().withNewFile(name, 'n\n').changes(base());
    const all = client()
      .changeset()
      .withChangesets([one('x'), one('y'), one('z').withChangeset(one('zz'))]);
    expect((await pathsOf(all)).added).toEqual(['x', 'y', 'z', 'zz']);
    expect(await pathsOf(ours().withChangesets([]))).toEqual(await pathsOf(ours()));
    const against = ours()
      .withChangesets([one('x'), theirs()], { onConflict: 'FAIL_EARLY' as never })
      .sync();
    await expect(against).rejects.toThrow('at path "a"');
    await expect(
      ours()
        .withChangesets([one('x'), theirs()])
        .sync(),
    ).rejects.toThrow('git merge');
  });

  it('minds no repository, hook or owner in the trees', async () => {
    const odd = tree({ '.git/config': '[core]\n\tfsmonitor = touch /tmp/api-owned\n', f: '1\n' }).chown('/', '1234');
    const both = odd.withNewFile('g', '2\n').changes(odd).withChangeset(odd.withNewFile('h', '3\n').changes(odd));
    expect(await both.after().entries()).toEqual(['f', 'g', 'h']);
  });
});
