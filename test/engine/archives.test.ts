/** Archives that were made to write elsewhere: what npm gives is unpacked inside its own layer, or refused. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineOp } from '../../engine/objects/op.js';
import { openActivity } from '../../engine/solve/activity.js';
import type { EngineContext } from '../../engine/solve/context.js';
import { fetchNpmPackage } from '../../engine/solve/fetched.js';
import { createLimit } from '../../engine/solve/limit.js';
import { openState } from '../../engine/store/layout.js';
import { openRecords } from '../../engine/store/records.js';
import { openSnapshots } from '../../engine/store/snapshots.js';
import { documented } from './support/documented.js';
import { makePlace, type Place } from './support/session.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

/** Members as Python's tarfile writes them: [type, name, link target or contents]. */
type Member = readonly [type: 'file' | 'link' | 'hard' | 'dir' | 'device' | 'pipe', name: string, rest?: string];

const OUT = '@OUT@';
const archives: Readonly<Record<string, readonly Member[]>> = {
  'a name that climbs': [['file', 'package/../../../../../../../../../@OUT@/kept', 'new']],
  'a name that climbs at once': [['file', '../../kept', 'new']],
  'an absolute name': [['file', `${OUT}/kept`, 'new']],
  'an absolute name with a folder to spare': [['file', `/x/..${OUT}/kept`, 'new']],
  'a link, and a file below it': [
    ['link', 'package/l', OUT],
    ['file', 'package/l/kept', 'new'],
  ],
  'a link that climbs, and a file below it': [
    ['link', 'package/l', `../../../../../../../../../..${OUT}`],
    ['file', 'package/l/kept', 'new'],
  ],
  'a link to a link, and a file below it': [
    ['link', 'package/m', OUT],
    ['link', 'package/l', 'm'],
    ['file', 'package/l/kept', 'new'],
  ],
  'a link, and a directory in its place': [
    ['link', 'package/l', OUT],
    ['dir', 'package/l'],
    ['file', 'package/l/kept', 'new'],
  ],
  'a link to a file, and a file in its place': [
    ['link', 'package/l', `${OUT}/kept`],
    ['file', 'package/l', 'new'],
  ],
  'the top as a link': [
    ['link', 'package', OUT],
    ['file', 'package/kept', 'new'],
  ],
  'another name of a file outside, and contents for it': [
    ['hard', 'package/l', `${OUT}/kept`],
    ['file', 'package/l', 'new'],
  ],
  'another name of a file outside by a climbing path': [
    ['hard', 'package/l', `../../../../../../../../../..${OUT}/kept`],
  ],
  'another name of what a link leads to': [
    ['link', 'package/m', `${OUT}/kept`],
    ['hard', 'package/l', 'package/m'],
    ['file', 'package/l', 'new'],
  ],
  'a dangling link, and a file in its place': [
    ['link', 'package/l', `${OUT}/new`],
    ['file', 'package/l', 'new'],
  ],
  'a link to nowhere over the file before': [
    ['file', 'package/l', 'first'],
    ['link', 'package/l', OUT],
    ['file', 'package/l/kept', 'new'],
  ],
  'a file that runs as its owner': [['file', 'package/setuid', 'new']],
  'a pipe': [['pipe', 'package/p']],
  'a device': [['device', 'package/d']],
  'a name twice': [
    ['file', 'package/f', 'old'],
    ['file', 'package/f', 'new'],
  ],
  'a file, and another below it': [
    ['file', 'package/f', 'old'],
    ['file', 'package/f/g', 'new'],
  ],
  'a name with a line break and an escape': [['file', 'package/a\n\u001b[2Jb', 'new']],
  'a name that begins as an option does': [['file', 'package/--checkpoint-action=exec=touch kept', 'new']],
  'a name of a thousand characters': [['file', `package/${'n'.repeat(1000)}`, 'new']],
  'a thousand directories in each other': [['file', `package/${'d/'.repeat(1000)}f`, 'new']],
  'a link of a thousand climbs': [
    ['link', 'package/l', `${'../'.repeat(1000)}${OUT.slice(1)}`],
    ['file', 'package/l/kept', 'new'],
  ],
  'names in another order than directories': [
    ['file', 'package/a/b/c', 'new'],
    ['link', 'package/a/b', OUT],
    ['file', 'package/a/b/kept', 'new'],
  ],
};

const writer = `
import io, json, sys, tarfile
types = {'file': tarfile.REGTYPE, 'link': tarfile.SYMTYPE, 'hard': tarfile.LNKTYPE, 'dir': tarfile.DIRTYPE, 'device': tarfile.CHRTYPE, 'pipe': tarfile.FIFOTYPE}
with tarfile.open(sys.argv[1], 'w:gz') as tar:
    for kind, name, *rest in json.loads(sys.argv[2]):
        member = tarfile.TarInfo('x')
        member.name, member.type, member.mode = name, types[kind], 0o6755 if 'setuid' in name else 0o755
        text = (rest[0] if rest else '').encode()
        if kind == 'file': member.size = len(text)
        else: member.linkname = text.decode()
        tar.addfile(member, io.BytesIO(text) if kind == 'file' else None)
`;

let count = 0;

/** A context in which npm gives the archive. */
async function contextWith(archive: string): Promise<EngineContext> {
  const bin = join(place.dir, `bin-${count}`);
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\nwhile [ "$1" != --pack-destination ]; do shift; done\nexec cp '${archive}' "$2/p.tgz"\n`,
  );
  chmodSync(join(bin, 'npm'), 0o755);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const dirs = openState(place.state, env);
  const records = openRecords({ work: dirs.work, session: 'archives', notice: () => undefined });
  const store = openSnapshots({
    dirs,
    records,
    notes: { use: () => undefined },
    notice: () => undefined,
  });
  const parts = { env, dirs, records, store, activity: openActivity(), limit: createLimit(1) };
  return { ...parts, sessionId: 'archives' } as unknown as EngineContext;
}

const listing = async (dir: string): Promise<string> =>
  (await execa('sh', ['-c', 'find . -printf "%p %y %m %U:%G %s %T@ %C@ %n %l\\n" | sort; cat kept'], { cwd: dir }))
    .stdout;

it('are as many as is said', () =>
  expect(documented('hostile archives of packages')).toBe(Object.keys(archives).length));

describe('an npm package', () => {
  it.each(Object.entries(archives))('stays inside its layer: %s', async (_, members) => {
    count += 1;
    const outside = join(place.dir, `outside-${count}`);
    mkdirSync(outside);
    writeFileSync(join(outside, 'kept'), 'kept\n');
    const archive = join(place.dir, `archive-${count}.tgz`);
    await execa('python3', ['-c', writer, archive, JSON.stringify(members).replaceAll(OUT, outside)]);
    const untouched = await listing(outside);
    const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    const op = defineOp({ kind: 'npm', package: `p${count}`, version: '1', integrity });
    const context = await contextWith(archive);
    const made = await fetchNpmPackage(context, op).catch((error: Error) => error);
    expect(await listing(outside)).toBe(untouched);
    if (made instanceof Error) expect(made.message).toMatch(/^the npm package p\d+@1 cannot be had: \n +tar: /);
  });
});
