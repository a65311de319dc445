/** The example apps: what their own tests come to, and how each is used so that everything it stands on is needed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from '../../engine/cli/quayside-process.js';
import type { Deployment } from './deployment.js';
import type { Answer, Visitor } from './visitor.js';

export interface App {
  readonly name: string;
  /** How many tests of each suite pass, at least. */
  readonly passed: Readonly<Record<string, number>>;
  /** What the web server says at /health. */
  readonly health: unknown;
  /** Files that its volume holds after it was used; none: it has no volume. */
  readonly files: readonly RegExp[];
  /** Uses it, and gives the paths of what it has to keep. */
  readonly use: (app: Deployment) => Promise<readonly string[]>;
}

const CLIP = 'examples/flask-stream/tests/e2e/clip.mp4';

const FEED = `<?xml version="1.0"?>
<rss version="2.0"><channel><title>Harbour Talk</title>
  <item><title>Knots</title><description>A knot is a promise of a rope. The bowline is the king of knots.</description></item>
</channel></rss>`;

/** Prints what a WebSocket says until it is closed in order. */
const LISTEN = `
import ssl, sys
from websockets.sync.client import connect
with connect(sys.argv[1], ssl=ssl.create_default_context(cadata=sys.argv[2])) as socket:
    for message in socket:
        print(message)
`;

/** The example apps. */
export const APPS: readonly App[] = [
  {
    name: 'flask-gallery',
    passed: { unit: 69, e2e: 8 },
    health: { status: 'ok', checks: { database: 'ok', uploads: 'ok' } },
    files: [/^db\/gallery\.sqlite3$/m, /^uploads\/[0-9a-f]{32}\.wav$/m],
    async use({ visitor }) {
      const someone = await visitor();
      const form = hidden(await someone.get('/'), 'form');
      const sent = await someone.post('/items', { form, title: 'Foghorn', file: new File([silence(1)], 'horn.wav') });
      const item = pathIn(sent);
      expect((await someone.get('/?q=foghorn')).text).toContain(`href="${item}"`);
      // ffmpeg has made it.
      const preview = `${item.replace('items', 'media')}/preview`;
      expect((await someone.get(preview)).headers['content-type']).toBe('audio/mpeg');
      return [item, preview];
    },
  },
  {
    name: 'flask-stream',
    passed: { unit: 153, e2e: 9 },
    health: { status: 'ok', checks: { database: 'ok', redis: 'ok' } },
    files: [/^uploads\/[0-9a-f]{32}\.mp4$/m, /^uploads\/[0-9a-f]{32}\.thumbnail\.jpg$/m],
    async use({ visitor, exec, address }) {
      const someone = await visitor();
      expect((await someone.get('/')).text).toContain('<title>flask-stream</title>');
      const { id } = json(await someone.post('/api/uploads', { title: 'Tide 🌊', file: clip() }));
      expect(json(await someone.get('/api/uploads'))).toMatchObject({ total: 1, items: [{ id, title: 'Tide 🌊' }] });
      expect(await exec('redis', 'redis-cli', '--scan')).toMatch(/^flask-stream:/m);
      // The stream stays open: a server that is told to stop has to end it.
      const headers = { 'Last-Event-ID': '0' };
      const { body } = await fetch(`http://${await address('web', 8000)}/events`, { headers });
      const { value } = await body!.getReader().read();
      expect(Buffer.from(value!).toString()).toContain('event: upload.created');
      return [`/api/uploads/${id}`, `/media/${id}`, `/media/${id}/thumbnail`];
    },
  },
  {
    name: 'flask-shop',
    passed: { unit: 78, e2e: 6 },
    health: { status: 'ok', checks: { database: 'ok', cache: 'ok' } },
    files: [],
    async use({ visitor, exec }) {
      const buyer = await visitor();
      expect((await buyer.get('/')).text).toContain('Brass compass 🧭');
      expect(await exec('redis', 'redis-cli', '--scan')).toMatch(/^flask-shop:cache:/m);
      await buyer.post('/cart', { slug: 'compass', quantity: '2' });
      const key = hidden(await buyer.get('/cart'), 'key');
      const order = pathIn(await buyer.post('/orders', { key, email: 'buyer@example.org' }));
      // A worker in a container of its own sends the mail.
      await eventually(buyer, order, 'Confirmed by mail to buyer@example.org.');
      const mailbox = await visitor('mailpit', 8025);
      expect(json(await mailbox.get('/api/v1/messages'))).toMatchObject({
        messages: [{ Subject: 'Your order of 118.00\u202f€', To: [{ Address: 'buyer@example.org' }] }],
      });
      expect((await buyer.get('/api/offers')).text).toMatch(/"slug":"compass","stock":298,/);
      return [order, '/api/offers'];
    },
  },
  {
    name: 'fastapi-media',
    passed: { unit: 70, e2e: 4 },
    health: { status: 'healthy', database: 'postgresql' },
    files: [/^uploads\/[0-9a-f]{32}\.mp4$/m, /^uploads\/[0-9a-f]{32}\.poster\.jpg$/m],
    async use({ visitor }) {
      const someone = await visitor();
      const { id, findings } = json(await someone.post('/media', { file: clip() }));
      // OpenCV has looked at it.
      expect(findings).not.toEqual({});
      expect(json(await someone.get('/media'))).toMatchObject([{ id, name: 'clip.mp4' }]);
      return ['', '/file', '/poster', '/preview'].map(part => `/media/${id}${part}`);
    },
  },
  {
    name: 'fastapi-digest',
    passed: { unit: 59, e2e: 13 },
    health: { status: 'ok', redis: 'ok', speech: 'espeak-ng' },
    files: [/^output_audio\/[0-9a-f]{32}\.wav$/m],
    async use({ visitor, exec, certificate }) {
      const listener = await visitor();
      const { id } = json(
        await listener.post('/api/v1/digests', { length: 'short', feed: new File([FEED], 'feed.xml') }),
      );
      // By nginx and by its own name, as the browser would: each step the worker takes, to the last.
      const told = await exec('web', 'python', '-c', LISTEN, `wss://gateway:8443/api/v1/ws/${id}`, certificate!);
      expect(
        told
          .trim()
          .split('\n')
          .map(line => JSON.parse(line).status)
          .at(-1),
      ).toBe('done');
      const page = await listener.get(`/digests/${id}`);
      expect(page.text).toContain('<title>Harbour Talk – Podcast digest</title>');
      expect(page.headers).toMatchObject({ server: 'nginx', 'strict-transport-security': expect.anything() });

      const audio = `/api/v1/audio/${id}.wav`;
      const { body } = await listener.get(audio);
      const part = await listener.get(audio, { Range: 'bytes=1000-1999' });
      expect(part).toMatchObject({ status: 206, body: body.subarray(1000, 2000) });
      expect(part.headers['content-range']).toBe(`bytes 1000-1999/${body.length}`);

      const unencrypted = await (await visitor('gateway', 8080)).get('/digests/x?y=1');
      expect(unencrypted).toMatchObject({
        status: 308,
        headers: { location: expect.stringMatching(/^https:.*\/x\?y=1$/) },
      });
      return [`/api/v1/digests/${id}`, audio];
    },
  },
  {
    name: 'django-board',
    passed: { unit: 38, e2e: 6 },
    health: { status: 'ok', database: 'ok' },
    files: [],
    async use({ visitor }) {
      const member = await visitor();
      const token = async (page: string) => ({
        csrfmiddlewaretoken: hidden(await member.get(page), 'csrfmiddlewaretoken'),
      });
      const password = 'a long and unusual one';
      await member.post('/sign-up/', {
        ...(await token('/sign-up/')),
        username: 'pilot',
        password1: password,
        password2: password,
      });
      const category = /value="(\d+)">For sale/.exec((await member.get('/notices/new/')).text)![1]!;
      const notice = pathIn(
        await member.post('/notices/new/', {
          ...(await token('/notices/new/')),
          category,
          title: 'Piano',
          text: 'Upright, needs tuning.',
          expires_on: '',
        }),
      );
      const visitors = await visitor();
      // PostgreSQL knows the forms of words.
      const found = await visitors.get('/?q=tuned');
      expect(found.text).toContain(`href="${notice}"`);
      const style = /href="(\/static\/board\/style\.[0-9a-f]{12}\.css)"/.exec(found.text)![1]!;
      return [notice, style];
    },
  },
];

const json = ({ text }: Answer) => JSON.parse(text);

/** The path that an answer leads to. */
function pathIn({ headers, text }: Answer): string {
  if (headers.location === undefined) throw new Error(`leads nowhere:\n${text}`);
  return new URL(headers.location, 'http://here').pathname;
}

/** What a form of a page sends along under that name. */
function hidden({ text }: Answer, name: string): string {
  const value = new RegExp(`name="${name}" value="(\\w+)"`).exec(text)?.[1];
  if (value === undefined) throw new Error(`no ${name} in:\n${text}`);
  return value;
}

async function eventually(visitor: Visitor, path: string, text: string): Promise<void> {
  await expect.poll(async () => (await visitor.get(path)).text, { timeout: 30_000 }).toContain(text);
}

const clip = (): File => new File([readFileSync(join(ROOT, CLIP))], 'clip.mp4');

/** A WAV file in which nothing is heard. */
function silence(seconds: number): Buffer {
  const rate = 8000;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + seconds * rate, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  // Samples without compression, one channel, a byte each.
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ] as const)
    header.writeUInt16LE(value, at);
  for (const at of [24, 28]) header.writeUInt32LE(rate, at);
  header.write('data', 36);
  header.writeUInt32LE(seconds * rate, 40);
  return Buffer.concat([header, Buffer.alloc(seconds * rate, 128)]);
}
