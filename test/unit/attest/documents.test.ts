/** The lists of what an image consists of: complete, valid, the same for the same image, and without anybody's credentials. */
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, test } from 'vitest';
import { cycloneDx } from '../../../src/attest/cyclonedx.js';
import { softwareParts } from '../../../src/attest/parts.js';
import { spdx } from '../../../src/attest/spdx.js';
import { BUILT_FROM, IMAGE, INVENTORY } from './sample.js';

const parts = await softwareParts(INVENTORY, BUILT_FROM);
const documents = {
  cyclonedx: await cycloneDx(parts, INVENTORY.release, IMAGE),
  spdx: spdx(parts, INVENTORY.release, IMAGE),
};

test('the parts are what was found, each once, by their package URLs', () => {
  expect(parts.map(({ purl, scope, parts: inside }) => [purl, scope, inside.map(one => one.purl)])).toEqual([
    ['pkg:deb/debian/libssl3@3.0.1-1%2Bb2?arch=amd64&distro=debian-12&upstream=openssl%403.0.1-1', 'required', []],
    ['pkg:generic/python@3.12.4', 'required', []],
    ['pkg:npm/%40esbuild/darwin-arm64@0.28.0', 'excluded', []],
    ['pkg:npm/%40vitejs/plugin-react@5.2.0', 'optional', []],
    ['pkg:npm/react@19.0.0', 'required', []],
    ['pkg:pypi/flask@3.1.3', 'required', []],
    ['pkg:pypi/private-lib@1.0?vcs_url=git%2Bhttps%3A%2F%2Fgit.example%2Flib.git%40c0ffee', 'required', []],
    ['pkg:pypi/setuptools@79.0.1', 'required', ['pkg:pypi/wheel@0.45.1']],
    ['pkg:pypi/wheel@0.45.1', 'required', []],
  ]);
});

test('licences are told in the words of SPDX where it has some', () => {
  expect(Object.fromEntries(parts.map(({ name, licences }) => [name, licences]))).toMatchObject({
    libssl3: [
      { kind: 'id', id: 'Apache-2.0' },
      { kind: 'id', id: 'Artistic-1.0-Perl' },
      { kind: 'id', id: 'GPL-2.0-or-later' },
      { kind: 'name', name: 'GPL-3+ with Bison exception' },
      { kind: 'name', name: 'public-domain' },
    ],
    Flask: [{ kind: 'id', id: 'BSD-3-Clause' }],
    setuptools: [{ kind: 'id', id: 'MIT' }],
    'private.lib': [{ kind: 'expression', expression: 'MIT OR Apache-2.0' }],
    '@vitejs/plugin-react': [{ kind: 'name', name: 'constructor' }],
    '@esbuild/darwin-arm64': [{ kind: 'id', id: 'MIT' }],
  });
});

test('what one lock file names and an image holds is one part, with both as proofs', async () => {
  const node = [{ name: 'react', version: '19.0.0', proof: '/app/node_modules/react/package.json' }];
  const merged = await softwareParts({ ...INVENTORY, node }, BUILT_FROM);
  expect(merged.find(({ name }) => name === 'react')).toMatchObject({
    scope: 'required',
    hashes: [{ algorithm: 'SHA-512', hex: 'ab'.repeat(64) }],
    proofs: ['/app/node_modules/react/package.json', 'frontend/package-lock.json'],
  });
});

describe.each(Object.entries(documents))('as %s', (format, text) => {
  test('it has no credentials', () => {
    expect(text).not.toContain('k3elhaul');
  });

  test('the same image makes the same bytes, another one another document', async () => {
    const reversed = await softwareParts(
      { ...INVENTORY, python: INVENTORY.python.toReversed() },
      BUILT_FROM.map(one => ({ ...one, packages: one.packages.toReversed() })),
    );
    const make = async (image: typeof IMAGE) =>
      format === 'spdx' ? spdx(reversed, INVENTORY.release, image) : cycloneDx(reversed, INVENTORY.release, image);
    expect(await make(IMAGE)).toBe(text);
    const identity = (document: string) => {
      const { serialNumber, documentNamespace } = JSON.parse(document);
      return serialNumber ?? documentNamespace;
    };
    expect(identity(text)).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(identity(await make({ ...IMAGE, name: 'other' }))).not.toBe(identity(text));
  });

  test('it looks as it did', async () => {
    await expect(text).toMatchFileSnapshot(`../../golden/attest/sample.${format}.json`);
  });
});

test('the document of CycloneDX is valid by its schema, with and without a time and a digest', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  const bare = await cycloneDx(parts, {}, { name: 'shop', platform: 'linux/arm64' });
  for (const document of [documents.cyclonedx, bare]) expect(await validator.validate(document)).toBeNull();
});

test('each component of CycloneDX says which files prove it', () => {
  const { components } = JSON.parse(documents.cyclonedx) as {
    components: { name: string; evidence?: { occurrences: { location: string }[] } }[];
  };
  expect(components.filter(({ evidence }) => evidence === undefined).map(({ name }) => name)).toEqual(['debian']);
});

test('each identifier of SPDX is one thing, and each that is named is there', () => {
  const { packages, relationships, hasExtractedLicensingInfos } = JSON.parse(documents.spdx);
  const ids = ['SPDXRef-DOCUMENT', ...packages.map((one: { SPDXID: string }) => one.SPDXID)];
  expect(new Set(ids).size).toBe(ids.length);
  for (const { spdxElementId, relatedSpdxElement } of relationships) {
    expect(ids).toContain(spdxElementId);
    expect(ids).toContain(relatedSpdxElement);
  }
  const known = hasExtractedLicensingInfos.map((one: { licenseId: string }) => one.licenseId);
  const used = [...documents.spdx.matchAll(/"licenseDeclared": "(.*)"/g)].flatMap(
    ([, said]) => said!.match(/LicenseRef-[\w.-]+/g) ?? [],
  );
  expect(new Set(used)).toEqual(new Set(known));
});

/** A lock file is anybody's, and an image is of whoever made its packages. */
test.each(['', ' ', '\ud800', '@/', '@x/', '@', 'a\nb', 'constructor', '__proto__', 'fs', '..', '\0', '\u202ex'])(
  'what is called %j, by that or in other words, is told',
  async odd => {
    const one = { name: 'n', version: '1', proof: '/p' };
    const odds = [
      { ...one, name: odd },
      { ...one, version: odd },
      { ...one, licences: [odd], licence: odd, classifiers: [`License :: ${odd}`] },
      { ...one, url: odd, homepage: odd, integrity: `sha512-${odd}`, architecture: odd, source: odd, maintainer: odd },
    ];
    const image = {
      ...INVENTORY,
      release: { id: odd, version: odd },
      debian: odds,
      alpine: odds,
      python: odds,
      node: odds,
    };
    const found = await softwareParts(image, [{ path: 'package-lock.json', packages: odds, installed: [] }]);
    const { bomFormat } = JSON.parse(await cycloneDx(found, image.release, IMAGE));
    const { spdxVersion } = JSON.parse(spdx(found, image.release, IMAGE));
    expect([bomFormat, spdxVersion]).toEqual(['CycloneDX', 'SPDX-2.3']);
  },
);
