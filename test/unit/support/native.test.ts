import { expect, it } from 'vitest';
import { debianPackages } from '../../../scripts/debian-packages.js';
import { DEBIAN_RELEASES, namesOf, packageWords } from '../../../src/support/native/definition.js';
import { EXTRA_NATIVE, PYTHON_NATIVE } from '../../../src/support/native/python-packages.js';
import { SOURCE_NATIVE } from '../../../src/support/native/source-builds.js';

it.each(debianPackages().map(wanted => [packageWords(wanted), wanted] as const))(
  '%s is a name of Debian',
  (_, wanted) => {
    for (const name of namesOf(wanted)) expect(name).toMatch(/^[a-z0-9][a-z0-9+.-]+$/);
    if (typeof wanted !== 'string') {
      expect(Object.keys(wanted)).toEqual(DEBIAN_RELEASES);
      // One name for all releases is written as such.
      expect(new Set(namesOf(wanted)).size).toBeGreaterThan(1);
    }
  },
);

it.each(Object.entries({ ...PYTHON_NATIVE, ...SOURCE_NATIVE, ...EXTRA_NATIVE }))(
  '%s is a name of PyPI',
  (name, need) => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\[[a-z0-9]+\])?$/);
    expect(need.build.length + need.runtime.length).toBeGreaterThan(0);
  },
);

it('names the newest release first: an image is more likely of that', () => {
  expect(packageWords({ bookworm: 'old', trixie: 'new' })).toBe('new|old');
});
