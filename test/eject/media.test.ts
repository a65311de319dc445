/** Uploads of a Django site in production, which Django hands out to developers alone: they are there, to be shown and not to be run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePlan } from '../../src/plan/json.js';
import { quayside } from '../e2e/support/quayside.js';
import { imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
const app = join(dir, 'app');
const SITE = 'https://127.0.0.1';
const PROD = ['compose', '-f', 'compose.yaml', '-f', 'compose.prod.yaml'];

const SOURCE = {
  'manage.py': `import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "journal.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
  'journal/__init__.py': '',
  'journal/settings.py': `import os
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG") == "1"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
ROOT_URLCONF = "journal.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
MEDIA_URL = "/uploads/"
MEDIA_ROOT = BASE_DIR / "media"
`,
  'journal/urls.py': `from django.conf import settings
from django.conf.urls.static import static
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def show(request):
    files = request.FILES.getlist("file")
    return HttpResponse("".join(default_storage.url(default_storage.save(file.name, file)) for file in files))

urlpatterns = [path("", show)]
if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
`,
  'journal/wsgi.py': `import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "journal.settings")
application = get_wsgi_application()
`,
  'requirements.txt': 'Django==5.2.8\ngunicorn==23.0.0\n',
};

const curl = async (...words: readonly string[]) =>
  (await docker().inside('curl', ['-sS', '--insecure', ...words], { reject: false, cwd: dir })).stdout;
const statusOf = (path: string) => curl('--output', '/dev/null', '--write-out', '%{http_code}', `${SITE}${path}`);
const compose = (...words: readonly string[]) =>
  docker().inside('docker', [...PROD, ...words], { cwd: app, reject: false });

beforeAll(async () => {
  for (const [path, text] of Object.entries(SOURCE)) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), text);
  }
  const planned = await quayside(['plan', `--source=${app}`]);
  const { code, stderr } = await quayside(['eject', `--source=${app}`, '--yes']);
  expect(code, stderr).toBe(0);
  await docker().provide(...imagesOf(parsePlan(planned.stdout)));
  writeFileSync(join(dir, 'note.txt'), 'written by somebody');
  writeFileSync(join(dir, 'page.html'), '<script>alert(document.cookie)</script>');
});
afterAll(async () => {
  await docker().empty();
  rmSync(dir, { recursive: true, force: true });
});

test('production starts', async ({ skip }) => {
  if (!docker().composeBuilds)
    skip('compose needs buildx to build: ./quayside setup --for-tests compiles it where Go is');
  await docker().inside('make', ['setup', 'certificates'], { cwd: app });
  await docker().inside('make', ['prod'], { cwd: app });
  expect(await statusOf('/')).toBe('200');
});

test('what was uploaded is handed out where the site says', async () => {
  const address = await curl('--form', 'file=@note.txt', `${SITE}/`);
  expect(address).toMatch(/^\/uploads\/note.*\.txt$/);
  expect(await curl(`${SITE}${address}`)).toBe('written by somebody');
  expect(await curl('--form', 'file=@note.txt', `${SITE}${address}`, '--write-out', '%{http_code}')).toContain('405');
});

test('browsers are told to run nothing of it', async () => {
  const address = await curl('--form', 'file=@page.html', `${SITE}/`);
  const headers = await curl('--head', `${SITE}${address}`);
  expect(headers).toMatch(/^content-type: text\/html/im);
  expect(headers).toMatch(/^x-content-type-options: nosniff\r?$/im);
  expect(headers).toMatch(/^content-security-policy: default-src 'none';.*; sandbox\r?$/im);
});

test('nothing beside it is there: no list, no hidden file, nothing that a link leads to', async () => {
  const inWeb = ['exec', 'web', 'sh', '-ec'];
  await compose(...inWeb, 'cd /app/media; echo x > .hidden; ln -s /etc/passwd linked; ln -s /etc directory');
  expect(await statusOf('/uploads/note.txt')).toBe('200');
  for (const path of ['', '.hidden', 'linked', 'directory/passwd', '../db.sqlite3', '%2e%2e/db.sqlite3', 'missing'])
    expect([
      path,
      await curl('--path-as-is', '--output', '/dev/null', '--write-out', '%{http_code}', `${SITE}/uploads/${path}`),
    ]).toEqual([path, expect.stringMatching(/^(400|403|404)$/)]);
});

test('who hands it out can write none of it', async () => {
  const { all, failed } = await compose('exec', 'media', 'touch', '/app/media/more');
  expect(failed).toBe(true);
  expect(all).toContain('Read-only file system');
});
