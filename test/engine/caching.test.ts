/** What runs again and what does not. A command that writes a random value tells whether it ran. */
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CacheSharingMode, type Client, type Container, ReturnType } from '@dagger.io/dagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlace, openTestSession, type Place, type TestSession, withTestSession } from './support/session.js';

const random = 'head -c 16 /dev/urandom | hexdump -e \'16/1 "%02x"\'';
const throwDice = (base: Container, label: string) => base.withExec(['sh', '-c', `${random}; : ${label}`]);

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

/** Asks the same in two sessions, one after the other. */
async function inTwoSessions<T>(ask: (session: TestSession) => Promise<T>): Promise<[T, T]> {
  return [await withTestSession(place, ask), await withTestSession(place, ask)];
}

describe('an exec', () => {
  it('runs once for all sessions, with its output and its files kept', async () => {
    const [first, second] = await inTwoSessions(async ({ base, events }) => {
      const ran = base().withExec(['sh', '-c', `${random} | tee /value; ${random} >&2`]);
      const results = [await ran.stdout(), await ran.stderr(), await ran.file('/value').contents()];
      const statuses = events.flatMap(e => (e.kind === 'step' && e.name.includes('tee /value') ? [e.status] : []));
      return { results, statuses };
    });
    expect(first.results[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(first.results[2]).toBe(first.results[0]);
    expect(second.results).toEqual(first.results);
    expect([first.statuses, second.statuses]).toEqual([['started', 'done'], ['cached']]);
  });

  it('runs again when its arguments, variables, user, directory, mounts or files differ', async () => {
    await withTestSession(place, async ({ base, client }) => {
      const variants: Container[] = [
        base(),
        base().withEnvVariable('A', '1'),
        base().withEnvVariable('A', '2'),
        base().withUser('7'),
        base().withWorkdir('/tmp'),
        base().withNewFile('/a', 'a'),
        base().withNewFile('/a', 'b'),
        base().withNewFile('/a', 'a', { permissions: 0o600 }),
        base().withMountedTemp('/m'),
        base().withMountedDirectory('/m', client.directory().withNewFile('x', 'x')),
        base().withMountedDirectory('/m', client.directory().withNewFile('x', 'y')),
        base().withMountedCache('/m', client.cacheVolume('caching-a')),
        base().withMountedCache('/m', client.cacheVolume('caching-b')),
        base().withSecretVariable('S', client.setSecret('caching-a', 'v')),
        base().withSecretVariable('S', client.setSecret('caching-b', 'v')),
      ];
      const values = await Promise.all(variants.map(v => throwDice(v, 'differs').stdout()));
      expect(new Set(values).size).toBe(variants.length);
      expect(await throwDice(base().withEnvVariable('A', '1').withLabel('l', 'of no matter'), 'differs').stdout()).toBe(
        values[1],
      );
    });
  });

  it('is known by the names of secrets that are set, and by the values of those that are looked up', async () => {
    const ask = (value: string) =>
      withTestSession(place, ({ base, client }) => {
        const variants = [
          client.setSecret('known', value),
          client.secret(`cmd://echo ${value}`),
          client.secret(`cmd://printf '%s\\n' ${value}`),
          client.secret(`cmd://echo ${value}`, { cacheKey: 'known' }),
        ];
        return Promise.all(
          variants.map(secret => throwDice(base().withSecretVariable('S', secret), 'secret').stdout()),
        );
      });
    const [one, other] = [await ask('one'), await ask('other')];
    expect(one[1]).toBe(one[2]);
    expect(new Set([one[0], one[1], one[3]]).size).toBe(3);
    expect([other[0], other[3]]).toEqual([one[0], one[3]]);
    expect(other[1]).not.toBe(one[1]);
  });

  it('is asked for twice at once and runs once', async () => {
    await withTestSession(place, async ({ base }) => {
      const dice = throwDice(base(), 'at once');
      const values = await Promise.all([dice.stdout(), dice.stdout(), dice.withNewFile('/b', '').stdout()]);
      expect(new Set(values).size).toBe(1);
    });
  });

  it('that failed runs again', async () => {
    const [first, second] = await inTwoSessions(async ({ base }) => {
      const failing = base().withExec(['sh', '-c', `${random}; exit 3`]);
      const failures = [await failing.sync().catch(error => error), await failing.sync().catch(error => error)];
      return failures.map(error => ({ exitCode: error.exitCode, stdout: error.stdout }));
    });
    const all = [...first, ...second];
    expect(all.map(f => f.exitCode)).toEqual([3, 3, 3, 3]);
    expect(new Set(all.map(f => f.stdout)).size).toBe(4);
  });

  it('whose failure was asked for keeps it as it keeps a success', async () => {
    const [first, second] = await inTwoSessions(async ({ base }) => {
      const failing = base().withExec(['sh', '-c', `${random}; exit 3`], { expect: ReturnType.Any });
      return [await failing.stdout(), await failing.withNewFile('/after', '').stdout(), await failing.exitCode()];
    });
    expect(first).toEqual([first[0], first[0], 3]);
    expect(second).toEqual(first);
  });

  it('that may fail and does not is kept', async () => {
    const [first, second] = await inTwoSessions(({ base }) =>
      base()
        .withExec(['sh', '-c', `${random}; : may fail`], { expect: ReturnType.Any })
        .stdout(),
    );
    expect(second).toBe(first);
  });
});

describe('a directory of this machine', () => {
  const write = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(place.dir, 'app', name, '..'), { recursive: true });
      await writeFile(join(place.dir, 'app', name), text);
    }
  };
  const source = (client: Client) =>
    client.host().directory(join(place.dir, 'app'), { exclude: ['*.log', 'node_modules'] });
  const build = ({ base, client }: TestSession) => {
    const app = source(client);
    const installed = throwDice(base().withFile('/lock', app.file('lock')), 'install');
    const built = throwDice(installed.withDirectory('/src', app), 'build');
    return Promise.all([installed.stdout(), built.stdout()]);
  };

  it('re-runs what depends on what changed, and nothing else', async () => {
    await write({ lock: '1', 'main.py': 'a', 'sub/x.py': 'x' });
    const first = await withTestSession(place, build);
    await write({ 'main.py': 'b' });
    const edited = await withTestSession(place, build);
    expect(edited[0]).toBe(first[0]);
    expect(edited[1]).not.toBe(first[1]);
    await write({ 'main.py': 'a' });
    expect(await withTestSession(place, build)).toEqual(first);
    await write({ lock: '2' });
    const locked = await withTestSession(place, build);
    expect(locked[0]).not.toBe(first[0]);
    expect(locked[1]).not.toBe(first[1]);
  });

  it('is the same with other times, and without what is excluded', async () => {
    await write({ lock: '3', 'main.py': 'c' });
    const first = await withTestSession(place, build);
    await utimes(join(place.dir, 'app/main.py'), 1e9, 1e9);
    await write({ 'x.log': 'log', 'node_modules/m/index.js': 'm' });
    expect(await withTestSession(place, build)).toEqual(first);
    await write({ 'new.py': '' });
    const added = await withTestSession(place, build);
    expect(added[0]).toBe(first[0]);
    expect(added[1]).not.toBe(first[1]);
  });

  it('takes part with what is included alone', async () => {
    const included = ({ base, client }: TestSession) =>
      throwDice(
        base().withDirectory('/src', client.host().directory(join(place.dir, 'app'), { include: ['lock'] })),
        'included',
      ).stdout();
    await write({ lock: '4' });
    const first = await withTestSession(place, included);
    await write({ 'main.py': 'not included' });
    expect(await withTestSession(place, included)).toBe(first);
    await write({ lock: '5' });
    expect(await withTestSession(place, included)).not.toBe(first);
  });

  describe('that is filtered again on its way into a container', () => {
    const app = (client: Client) => client.host().directory(join(place.dir, 'app'));
    const changes = async (ask: (session: TestSession) => Promise<string>): Promise<boolean> => {
      await write({ 'docs/a.md': '1' });
      const first = await withTestSession(place, ask);
      await write({ 'docs/a.md': '2' });
      return (await withTestSession(place, ask)) !== first;
    };

    it.each([{ exclude: ['docs'] }, { include: ['lock'] }])(
      'by filter takes part with what is left: %j',
      async only => {
        const filtered = ({ base, client }: TestSession) =>
          throwDice(base().withDirectory('/src', app(client).filter(only)), 'filtered').stdout();
        expect(await changes(filtered)).toBe(false);
      },
    );

    it.each([{ exclude: ['docs'] }, { include: ['lock'] }])('by withDirectory takes part whole: %j', async only => {
      const narrowed = ({ base, client }: TestSession) =>
        throwDice(base().withDirectory('/src', app(client), only), 'narrowed').stdout();
      expect(await changes(narrowed)).toBe(true);
    });
  });
});

describe('a cache volume', () => {
  it('that is private is kept, and taken by one at a time', async () => {
    const add = ({ base, client }: TestSession, text: string) =>
      base()
        .withMountedCache('/cache', client.cacheVolume('private'), { sharing: CacheSharingMode.Private })
        .withExec([
          'sh',
          '-c',
          `mkdir /cache/taken && sleep 0.2 && rmdir /cache/taken; touch /cache/${text}; ls /cache`,
        ])
        .stdout();
    const both = await withTestSession(place, session => Promise.all([add(session, 'a'), add(session, 'b')]));
    expect(both.toSorted((x, y) => y.length - x.length)[0]).toBe('a\nb\n');
    expect(await withTestSession(place, session => add(session, 'c'))).toBe('a\nb\nc\n');
  });

  it('keeps what was written to it, and its contents are in no digest', async () => {
    const write = (text: string) =>
      withTestSession(place, ({ base, client }) =>
        base()
          .withMountedCache('/cache', client.cacheVolume('kept'))
          .withExec(['sh', '-c', `cat /cache/*; echo ${text} > /cache/${text}; ls /cache`])
          .stdout(),
      );
    expect(await write('one')).toBe('one\n');
    expect(await write('two')).toBe('one\none\ntwo\n');
    expect(await write('one')).toBe('one\n');
  });

  it('is no part of the container', async () => {
    await withTestSession(place, async ({ base, client }) => {
      const after = base()
        .withMountedCache('/cache', client.cacheVolume('apart'))
        .withExec(['sh', '-c', 'echo x > /cache/x'])
        .withoutMount('/cache');
      expect(await after.withExec(['sh', '-c', 'ls -A /cache; : apart']).stdout()).toBe('');
    });
  });

  it('that is locked has one user at a time', async () => {
    const { client, base, close } = await openTestSession(place);
    try {
      const increment = (label: number) =>
        base()
          .withMountedCache('/cache', client.cacheVolume('locked'), { sharing: CacheSharingMode.Locked })
          .withExec(['sh', '-c', `mkdir /cache/taken; e=$?; sleep 0.3; rmdir /cache/taken; exit $e; : ${label}`])
          .sync();
      await Promise.all([1, 2, 3].map(increment));
    } finally {
      await close();
    }
  });
});

describe('independent work', () => {
  it('runs at the same time', async () => {
    const { client, base, close } = await openTestSession(place);
    try {
      // Each creates its own file and ends only when the other's is there: one after the other, neither would end.
      const meet = (mine: string, other: string) =>
        base()
          .withMountedCache('/meet', client.cacheVolume('meeting'))
          .withExec(['sh', '-c', `touch /meet/${mine}; until [ -e /meet/${other} ]; do sleep 0.05; done; echo met`])
          .stdout();
      expect(await Promise.all([meet('a', 'b'), meet('b', 'a')])).toEqual(['met\n', 'met\n']);
    } finally {
      await close();
    }
  });
});
