/** Code that imports a module which setuptools no longer brings. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const USE = 'import pkg_resources\n\nVERSION = pkg_resources.get_distribution("flask").version\n';

it.each<readonly [string, Files, string | undefined]>([
  ['no code', FLASK, undefined],
  ['the app', withFiles(FLASK, { 'shop/version.py': `\n${USE}` }), 'shop/version.py:2'],
  [
    'a part of it',
    withFiles(FLASK, { 'shop/version.py': 'from pkg_resources import resource_filename\n' }),
    'shop/version.py:1',
  ],
  ['a build script', withFiles(FLASK, { 'setup.py': USE }), undefined],
  ['tests', withFiles(FLASK, { 'tests/test_version.py': USE }), undefined],
  [
    'an app that names setuptools',
    withFiles(FLASK, {
      'shop/version.py': USE,
      'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\nsetuptools==75.0.0\n',
    }),
    undefined,
  ],
])('is imported by %s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const place = facts!.python.pkgResources?.place;
  expect(place && `${place.file}:${place.line}`).toBe(expected);
});
