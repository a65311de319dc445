/** What an app's code may import of installed packages. */
import { expect, it } from 'vitest';
import { DJANGO, detectFiles, withFiles } from './apps.js';

it('is what its modules import and its settings name, but for its own, what Python brings, and what tests alone import', async () => {
  const files = withFiles(DJANGO, {
    'site_/settings.py': `${DJANGO['site_/settings.py']}INSTALLED_APPS = ["django.contrib.admin", "crispy_forms", "corsheaders.apps.Cors", "site_"]\n`,
    'site_/urls.py': 'import json\nfrom site_ import settings\n\ndef lately():\n    from yaml.loader import Loader\n',
    'site_/tests/test_urls.py': 'import factory\n',
  });
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect(facts!.python.imports).toEqual(['corsheaders', 'crispy_forms', 'django', 'yaml']);
});
