/** Uploads of Django sites: whether nobody hands them out in production, and where they are. */
import { expect, test } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { readSkeleton } from '../support/corpus.js';

const { files: JOURNAL } = readSkeleton('django-media-sqlite');

/** What is found where some of the app's files are others. */
async function mediaOf(changed: Readonly<Record<string, (text: string) => string>> = {}) {
  const added = Object.fromEntries(Object.keys(changed).map(path => [path, '']));
  const files = Object.entries({ ...added, ...JOURNAL }).map(([path, text]) => [path, changed[path]?.(text) ?? text]);
  const { app } = await understand(memoryTree(Object.fromEntries(files)));
  return app!;
}

const SETTINGS = 'journal/settings.py';
const URLS = 'journal/urls.py';

test('the address, the directory, and what below it is the app’s own to hand out', async () => {
  const { facts, plan } = await mediaOf();
  expect(facts.django?.media).toMatchObject({
    value: 'media',
    url: '/uploads/',
    kept: ['documents'],
    place: { file: SETTINGS, line: 14 },
  });
  const media = plan.processes.find(({ id }) => id === 'media')!;
  expect(media).toMatchObject({ below: '/uploads/', reads: ['/app/media'], volumes: [], only: ['prod'] });
  expect(plan.files['media.conf.template']!.content).toContain('alias /app/media/;');
  expect(plan.files['media.conf.template']!.content).toContain('location /uploads/documents/ {');
  expect(plan.files['proxy.conf.template']!.content).toContain('location ^~ /uploads/ {');
});

/** A site whose addresses have no uploads, before which stands an nginx with a place for them. */
const behindNginx = (place: string) => ({
  [URLS]: (text: string) => text.slice(0, text.indexOf('if settings')),
  'nginx/site.conf': () => `server {\n  location / {\n    proxy_pass http://web;\n  }\n  ${place}\n}\n`,
});

test.each<readonly [string, Readonly<Record<string, (text: string) => string>>, string | undefined]>([
  ['its own nginx has them', behindNginx('location /uploads/ {\n    alias /app/media/;\n  }'), '/uploads/'],
  ...['env.str("MEDIA_ROOT", "/data/media")', 'config("MEDIA_ROOT", default="/data/media")'].map(
    read =>
      [
        `the directory as ${read} has it`,
        { [SETTINGS]: (text: string) => text.replace('BASE_DIR / "media"', read) },
        '/uploads/',
      ] as const,
  ),
  [
    'an address elsewhere on a condition',
    { [SETTINGS]: text => `${text}\nif os.environ.get("S3"):\n    MEDIA_URL = "https://cdn.example.org/"\n` },
    '/uploads/',
  ],
  [
    'a directory of which somebody else is asked',
    { [SETTINGS]: text => text.replace('BASE_DIR / "media"', 'site.get("MEDIA_ROOT", "/data/media")') },
    undefined,
  ],
  [
    'settings that are based on others, which say it another way',
    {
      [SETTINGS]: (text: string) => `from journal.base import *\n${text.replace('/uploads/', '/files/')}`,
      'journal/base.py': () => 'MEDIA_ROOT = "/elsewhere"\nMEDIA_URL = "/nothing/"\n',
    },
    '/files/',
  ],
  ['without the last slash', behindNginx('location ^~ /uploads { root /app; }'), '/uploads/'],
  ['its own nginx has others', behindNginx('location /static/ { alias /app/static/; }'), undefined],
  ['its own nginx asks the app', behindNginx('location /uploads/ { proxy_pass http://web; }'), undefined],
  ['the app sends people there', behindNginx('location /uploads/ { internal; alias /app/media/; }'), undefined],
  ['some are let in', behindNginx('location /uploads/ { auth_request /who; alias /app/media/; }'), undefined],
  ['it is left out', behindNginx('# location /uploads/ { alias /app/media/; }'), undefined],
  [
    'no address for developers: nobody said that they are for everybody',
    { [URLS]: text => text.slice(0, text.indexOf('if settings')) },
    undefined,
  ],
  [
    'an address that is always there',
    {
      [URLS]: text =>
        `from django.views.static import serve\n${text}\nurlpatterns += [re_path("^uploads/(.*)$", serve, {"document_root": settings.MEDIA_ROOT})]\n`,
    },
    undefined,
  ],
  ['an address elsewhere', { [SETTINGS]: text => text.replace('/uploads/', 'https://cdn.example.org/') }, undefined],
  ['no directory', { [SETTINGS]: text => text.replace(/^MEDIA_ROOT.*$/m, '') }, undefined],
  ['an address without slashes', { [SETTINGS]: text => text.replace('/uploads/', 'media/') }, '/media/'],
  [
    'the directory as a variable has it',
    { [SETTINGS]: text => text.replace('BASE_DIR / "media"', 'os.environ.get("MEDIA_ROOT", "/data/media")') },
    '/uploads/',
  ],
])('%s', async (_, changed, url) => {
  const { plan } = await mediaOf(changed);
  expect(plan.processes.find(({ id }) => id === 'media')?.below).toBe(url);
});

test('what the configuration goes without is not brought', async () => {
  const { app } = await understand(memoryTree({ ...JOURNAL, 'quayside.yaml': 'gateway: false\n' }));
  expect(app!.plan.processes.map(({ id }) => id)).not.toContain('media');
});
