/** Static files of Django that nobody hands out: how that is told, and who does it then. */
import { describe, expect, it } from 'vitest';
import { formatPlace } from '../../../src/diagnostics/place.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

const settings = (...lines: readonly string[]) =>
  ['SECRET_KEY = "x"', 'ALLOWED_HOSTS = ["*"]', 'STATIC_ROOT = BASE_DIR / "collected"', ...lines, ''].join('\n');
const site = (lines: readonly string[], more: Files = {}): Files =>
  withFiles(DJANGO, { 'site_/settings.py': settings(...lines), ...more });

async function unserved(files: Files): Promise<string> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const found = facts!.django?.unserved;
  return found ? `${found.value} ${formatPlace(found.place)}` : 'served';
}

describe('static files', () => {
  it.each<readonly [string, Files, string]>([
    ['an address', site(['STATIC_URL = "/static/"']), '/static/ site_/settings.py:4'],
    ['a relative address', site(['STATIC_URL = "assets/"']), '/assets/ site_/settings.py:4'],
    ['no address', site([]), '/static/ site_/settings.py:3'],
    [
      'the default of a variable',
      site(['STATIC_URL = env("STATIC_URL", default="/files/")']),
      '/files/ site_/settings.py:4',
    ],
    [
      'WhiteNoise for developers alone',
      site(['INSTALLED_APPS = ["whitenoise.runserver_nostatic"]']),
      '/static/ site_/settings.py:3',
    ],
    [
      'WhiteNoise among the dependencies alone',
      site([], { 'requirements.txt': 'Django==5.2\ngunicorn\nwhitenoise\n' }),
      '/static/ site_/settings.py:3',
    ],
    ['a directory that is called static', site(['STATICFILES_DIRS = ["static"]']), '/static/ site_/settings.py:3'],
    [
      'an nginx of their own, which is not run',
      site([], { 'nginx.conf': 'location /static { alias /static; }\n' }),
      '/static/ site_/settings.py:3',
    ],
    [
      'a storage on disk',
      site([
        'STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}',
      ]),
      '/static/ site_/settings.py:3',
    ],
  ])('are served by nobody: %s', async (_, files, expected) => {
    expect(await unserved(files)).toBe(expected);
  });

  it.each<readonly [string, Files]>([
    ['WhiteNoise', site(['MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]'])],
    [
      'WhiteNoise around the app',
      site([], {
        'site_/wsgi.py': `${DJANGO['site_/wsgi.py']}from whitenoise import WhiteNoise\napplication = WhiteNoise(application)\n`,
      }),
    ],
    ['servestatic', site(['MIDDLEWARE = ["servestatic.middleware.ServeStaticMiddleware"]'])],
    [
      'dj-static',
      site([], {
        'site_/wsgi.py': `${DJANGO['site_/wsgi.py']}from dj_static import Cling\napplication = Cling(application)\n`,
      }),
    ],
    ['S3', site(['STATICFILES_STORAGE = "storages.backends.s3boto3.S3Boto3Storage"'])],
    ['a storage of the app on S3', site(['if USE_S3:', '    STATICFILES_STORAGE = "shop.storage.StaticS3Storage"'])],
    [
      'storages of Django 5',
      site(['STORAGES = {"staticfiles": {"BACKEND": "storages.backends.gcloud.GoogleCloudStorage"}}']),
    ],
    ['another host', site(['STATIC_URL = "https://cdn.example.org/"'])],
    [
      'a view',
      site([], {
        'site_/urls.py':
          'from django.views.static import serve\nurlpatterns = [re_path(r"^static/(?P<path>.*)$", serve, {"document_root": settings.STATIC_ROOT})]\n',
      }),
    ],
    [
      "Django's handler",
      site([], { 'site_/asgi.py': 'from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler\n' }),
    ],
    ['uWSGI', site([], { 'uwsgi.ini': '[uwsgi]\nstatic-map = /static=/app/collected\n' })],
    [
      "the app's own nginx in front",
      site([], { 'nginx/default.conf.template': 'server { location / { proxy_pass http://${APP}; } }\n' }),
    ],
    ['nobody, and none are collected', withFiles(DJANGO, {})],
    ['Flask itself', FLASK],
  ])('are served by %s', async (_, files) => {
    expect(await unserved(files)).toBe('served');
  });
});

describe('nginx in front', () => {
  const planOf = async (files: Files) => {
    const { app, diagnostics } = await understand(memoryTree(files));
    expect(diagnostics).toEqual([]);
    return app!.plan;
  };

  it('hands out what the app has collected', async () => {
    const plan = await planOf(site(['STATIC_URL = "/assets/"']));
    expect(plan.front).toBe('gateway');
    const gateway = plan.processes.find(({ id }) => id === 'gateway');
    expect(gateway?.needs).toMatchObject([{ to: 'web', env: { APP: expect.any(Array) } }]);
    expect(plan.files['static-files.conf.template']?.content).toContain('location /assets/ {');
    const stage = plan.stages.find(({ id }) => id === 'gateway');
    expect(stage?.steps).toContainEqual({
      kind: 'copy',
      from: { kind: 'stage', stage: 'static-files', path: '/opt/static' },
      to: '/usr/share/nginx/static',
    });
  });

  it('is not there where it is not wanted', async () => {
    const plan = await planOf(site([], { 'quayside.yaml': 'gateway: false\n' }));
    expect(plan.front).toBe('web');
    expect(plan.stages.map(({ id }) => id)).not.toContain('static-files');
  });

  it('is called by a name that the site answers to in browser tests', async () => {
    const files = site([], {
      'requirements-dev.txt': 'pytest\npytest-playwright\nplaywright==1.58.0\n',
      'tests/test_page.py': 'def test_page(page):\n    page.goto("/")\n',
    });
    expect((await detectFiles(files)).diagnostics).toEqual([]);
    const strict = withFiles(files, { 'site_/settings.py': files['site_/settings.py']!.replace('"*"', '"app"') });
    expect((await detectFiles(strict)).diagnostics.map(({ code }) => code)).toEqual(['QS605']);
  });
});
