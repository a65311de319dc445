/** What the apps with data of their own keep in a volume, when their production images run the way people run them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { containerTools, type Tools } from '../engine/support/tools.js';
import { makeScratch } from './support/example.js';
import { quayside } from './support/quayside.js';

/** A visitor with cookies who sends forms and reads pages, run by the image's own Python. */
const VISITOR = `
import http.cookiejar, re, struct, sys, urllib.request as u, zlib
open_ = u.build_opener(u.HTTPCookieProcessor(http.cookiejar.CookieJar())).open
base = 'http://127.0.0.1:8000'
get = lambda path: open_(base + path, timeout=20).read().decode()
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
png = b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 8, 8, 8, 2, 0, 0, 0))
png += chunk(b'IDAT', zlib.compress((b'\\0' + b'\\x0f\\x76\\x6e' * 8) * 8)) + chunk(b'IEND', b'')
def send(path, **fields):
    body = b''.join(f'--edge\\r\\nContent-Disposition: form-data; name="{k}"\\r\\n\\r\\n{v}\\r\\n'.encode() for k, v in fields.items())
    body += b'--edge\\r\\nContent-Disposition: form-data; name="file"; filename="kept.png"\\r\\n\\r\\n' + png + b'\\r\\n--edge--\\r\\n'
    return open_(u.Request(base + path, body, {'Content-Type': 'multipart/form-data; boundary=edge'}), timeout=20)
`;

interface App {
  readonly name: string;
  readonly flags: readonly string[];
  /** Python that sends a picture called kept.png. */
  readonly send: string;
  /** Page that names everything there is. */
  readonly list: string;
  /** Files that have to be in the volume afterwards. */
  readonly files: readonly RegExp[];
}

const APPS: readonly App[] = [
  {
    name: 'flask-gallery',
    flags: [],
    send: `send('/items', form=re.search(r'name="form" value="(\\w+)"', get('/'))[1], title='kept.png')`,
    list: '/',
    files: [/^\.\/db\/gallery\.sqlite3$/m, /^\.\/db\/secret-key$/m, /^\.\/uploads\/[0-9a-f]{32}\.png$/m],
  },
  {
    name: 'fastapi-media',
    flags: ['--env=QUAYSIDE_MIGRATE=1'],
    send: `send('/media')`,
    list: '/media',
    files: [/^\.\/media\.sqlite3$/m, /^\.\/uploads\/[0-9a-f]{32}\.poster\.jpg$/m],
  },
];

describe.each(APPS)('$name', ({ name, flags, send, list, files }) => {
  const scratch = makeScratch();
  const image = `localhost/${name}:e2e`;
  const volume = `${name}-data`;
  let tools: Tools;

  beforeAll(async () => {
    const archive = join(scratch.dir, 'app.tar');
    const build = await quayside(['build', `--source=${join(ROOT, 'examples', name)}`, `--output=${archive}`]);
    expect(build).toMatchObject({ code: 0 });
    tools = await containerTools(join(scratch.dir, 'podman'));
    await tools.podman('tag', await tools.podman('pull', '--quiet', `oci-archive:${archive}`), image);
  });
  afterAll(async () => {
    await tools.podman('rm', '--all', '--force', '--time', '0');
    await tools.close();
    scratch.remove();
  });

  /** Starts a container that may do nothing but write to its volume, and waits until it is healthy. */
  async function start(container: string): Promise<void> {
    const narrow = [
      '--read-only',
      '--cap-drop=all',
      '--security-opt=no-new-privileges',
      '--network=none',
      '--tmpfs=/tmp',
    ];
    await tools.podman('run', '--detach', '--name', container, ...narrow, ...flags, `--volume=${volume}:/data`, image);
    await untilHealthy(container);
  }

  async function untilHealthy(container: string): Promise<void> {
    const check = ['exec', container, 'python', '/usr/local/lib/quayside/healthcheck.py'];
    const deadline = Date.now() + 60_000;
    for (;;) {
      try {
        return void (await tools.podman(...check));
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise(resolve => setTimeout(resolve, 200));
      }
    }
  }

  const ask = (container: string, code: string): Promise<string> =>
    tools.podman('exec', container, 'python', '-c', `${VISITOR}\n${code}`);

  test('a volume that is new is written to by the user of the image', async () => {
    await start('first');
    expect(await tools.podman('exec', 'first', 'id', '-u')).toBe('1000');
    await ask('first', send);
    expect(await ask('first', `print(get('${list}'))`)).toContain('kept.png');
    const found = await tools.podman('exec', '--workdir=/data', 'first', 'find', '.', '-type', 'f', '-user', '1000');
    for (const file of files) expect(found).toMatch(file);
  });

  test('a stopped container that is started again has everything', async () => {
    await tools.podman('stop', '--time=10', 'first');
    await tools.podman('start', 'first');
    await untilHealthy('first');
    expect(await ask('first', `print(get('${list}'))`)).toContain('kept.png');
  });

  test('so has a new container on the same volume, and one on another volume has nothing', async () => {
    await tools.podman('rm', '--force', '--time=10', 'first');
    await start('second');
    expect(await ask('second', `print(get('${list}'))`)).toContain('kept.png');
    await tools.podman('rm', '--force', '--time=0', 'second');
    await tools.podman('volume', 'rm', volume);
    await start('third');
    expect(await ask('third', `print(get('${list}'))`)).not.toContain('kept.png');
  });
});
