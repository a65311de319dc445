/** Suites as their authors left them: without pytest among the dependencies, for the standard library's runner, for Django's. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFiles } from './support/files.js';
import { usePodman } from './support/podman.js';
import { quayside } from './support/quayside.js';

const FLASK = {
  // pytest needs a newer one than this: another pytest has to be found.
  'requirements.txt': 'flask==3.1.2\npluggy==1.4.0\n',
  '.python-version': '3.11\n',
  'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/")\ndef index():\n    return "ahoy"\n',
};

const APPS: Readonly<Record<string, { readonly files: Readonly<Record<string, string>>; readonly said: string }>> = {
  'tests for pytest, which no dependency brings': {
    files: {
      ...FLASK,
      'tests/test_app.py': `from freezegun import freeze_time
from app import app


@freeze_time("2020-02-02")
def test_index(mocker):
    assert app.test_client().get("/").text == "ahoy"
`,
    },
    said: 'unit: 1 passed',
  },
  "Django's own runner, test by test": {
    files: {
      'requirements.txt': 'django==5.2.4\n',
      '.python-version': '3.11\n',
      'manage.py': `import os, sys
from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
execute_from_command_line(sys.argv)
`,
      'site_/__init__.py': '',
      'site_/settings.py': `import os

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "site_.urls"
INSTALLED_APPS = ["site_"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
`,
      'site_/urls.py':
        'from django.http import HttpResponse\nfrom django.urls import path\n\nurlpatterns = [path("", lambda request: HttpResponse("ahoy"))]\n',
      'site_/wsgi.py':
        'import os\nfrom django.core.wsgi import get_wsgi_application\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\napplication = get_wsgi_application()\n',
      'site_/tests.py': `from unittest import skip
from django.test import TestCase


class Pages(TestCase):
    def test_index(self):
        self.assertContains(self.client.get("/"), "ahoy")

    def test_none(self):
        self.assertEqual(self.client.get("/none").status_code, 404)

    @skip("later")
    def test_later(self):
        self.fail()
`,
    },
    said: 'unit: 2 passed, 1 skipped',
  },
};

const { scratch } = usePodman();

test.each(Object.entries(APPS))('%s', async (name, { files, said }) => {
  const source = join(scratch.dir, name.replaceAll(/\W+/g, '-'));
  writeFiles(source, files);
  const { code, stdout, stderr } = await quayside(['test', `--source=${source}`]);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining(said) });
});
