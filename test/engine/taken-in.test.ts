/** A large source after edits: what changed is a layer over what was taken in before, and nothing shows the difference. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Directory } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';

let place: Place;
let session: TestSession;
let source: string;
beforeAll(async () => {
  place = await makePlace();
  session = await openTestSession(place);
  source = join(place.dir, 'source');
  for (let i = 0; i < 30; i += 1) {
    mkdirSync(join(source, `d${i}/in`), { recursive: true });
    for (let j = 0; j < 40; j += 1) writeFileSync(join(source, `d${i}/in/f${j}`), `${i}.${j}`);
  }
});
afterAll(async () => {
  await session.close();
  await place.remove();
});

const taken = (): Directory => session.client.host().directory(source, { noCache: true, gitignore: true });

/** All that counts of a tree, times of files among it. */
const listing = async (dir: string): Promise<string> =>
  (
    await execa(
      'sh',
      [
        '-c',
        'find . -mindepth 1 -printf "%p %y %m %l " \\( -type f -printf "%s %T@" \\) -o -printf "\\n" | sort; find . -type f -exec sha256sum {} + | sort',
      ],
      { cwd: dir },
    )
  ).stdout;

const layers = (): string[] => readdirSync(join(place.state, 'l'));

/** Each after the one before, and all that can be seen at once in one. */
const edits: readonly (readonly [what: string, script: string])[] = [
  ['a file with other contents', 'echo edited > d1/in/f1'],
  [
    'what is other, new and gone',
    `touch -r d1/in/f2 ../time; printf X.2 > d1/in/f2; touch -r ../time d1/in/f2
    echo new > d2/in/new; rm d2/in/f3; rm -r d3; chmod 700 d7/in; chmod 4711 d7/in/f1
    mv d8 e8; mv d9/in/f1 'd9/in/with "space'; ln -s /etc/passwd d10/out
    rm -r d4/in; echo file > d4/in; rm -r d5/in; ln -s ../d6/in d5/in`,
  ],
  [
    'what is back as something else, and rules',
    `mkdir -p d3/other; echo back > d3/other/f; ln -s other d3/l
    rm d4/in; mkdir d4/in; echo inside > d4/in/f1; rm d5/in; mkdir d5/in; echo x > d5/in/f9
    printf 'd11/in/f1*\n*.log\n' > .gitignore; echo x > d12/a.log; echo '!a.log' > d12/.gitignore`,
  ],
];

it('is what it would be if it were taken in anew, and costs what was edited', async () => {
  await taken().digest();
  const anew = await makePlace();
  const other = await openTestSession(anew);
  try {
    for (const [what, script] of edits) {
      await execa('sh', ['-euc', script], { cwd: source });
      const before = layers();
      const digest = await taken().digest();
      const added = layers().filter(layer => !before.includes(layer));
      const files = await Promise.all(added.map(layer => execa('find', [join(place.state, 'l', layer), '-type', 'f'])));
      expect(files.flatMap(({ stdout }) => stdout.split('\n')).filter(Boolean).length, what).toBeLessThan(60);
      // Of a place that was never seen before.
      const copy = join(place.dir, `copy-${edits.findIndex(edit => edit[0] === what)}`);
      await execa('cp', ['-a', source, copy]);
      const whole = other.client.host().directory(copy, { gitignore: true });
      expect(digest, what).toBe(await whole.digest());
      const [mine, its] = [join(place.dir, 'mine'), join(place.dir, 'its')];
      await taken().export(mine, { wipe: true });
      await whole.export(its, { wipe: true });
      expect(await listing(mine), what).toBe(await listing(its));
    }
  } finally {
    await other.close();
    await anew.remove();
  }
});

it('is not taken in by who only reads it, and may not change between that and what is made of it', async () => {
  const before = layers();
  const read = await taken().sync();
  expect(await read.file('d20/in/f1').contents()).toBe('20.1');
  expect(await read.glob('d20/**/f1')).toEqual(['d20/in/f1']);
  expect(await read.exists('d20/in/f99')).toBe(false);
  expect(layers()).toEqual(before);
  writeFileSync(join(source, 'd20/in/f1'), 'changed');
  await expect(read.digest()).rejects.toThrow(/d20\/in\/f1 was changed after it had been read: start again$/);
  expect(await taken().file('d20/in/f1').contents()).toBe('changed');
});
