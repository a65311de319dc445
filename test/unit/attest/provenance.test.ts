/** Where an image is said to come from. */
import { expect, test } from 'vitest';
import { type Provenance, provenanceStatement } from '../../../src/attest/provenance.js';
import { statementText } from '../../../src/attest/statement.js';

const sha = (two: string) => `sha256:${two.repeat(32)}`;
const COMPLETE: Provenance = {
  subjects: [
    { name: 'ghcr.io/acme/shop', digest: sha('ab') },
    { name: 'ghcr.io/acme/shop-frontend', digest: sha('cd') },
  ],
  source: { url: 'https://user:k3elhaul@github.com/acme/shop.git', revision: 'c'.repeat(40), ref: 'refs/tags/v1.2.3' },
  plan: sha('ef'),
  call: {
    name: 'publish',
    arguments: {
      tags: ['1.2.3'],
      address: 'ghcr.io/acme/shop',
      platforms: ['linux/amd64', 'linux/arm64'],
      component: undefined,
      dryRun: false,
      username: 'k3elhaul',
      password: { id: 'k3elhaul' },
      signingKey: 'k3elhaul',
      index: 'https://me:k3elhaul@pypi.example/simple',
      source: { id: 'k3elhaul' },
    },
  },
  materials: [
    { kind: 'file', path: 'frontend/package-lock.json', digest: sha('02') },
    { kind: 'image', reference: 'docker.io/library/python:3.12-slim', platform: 'linux/amd64', digest: sha('01') },
    { kind: 'image', reference: 'ghcr.io/acme/base:1' },
  ],
  builder: {
    id: 'https://github.com/acme/shop/.github/workflows/publish.yml@refs/tags/v1.2.3',
    version: { quayside: '0.1.0' },
  },
  run: 'https://github.com/acme/shop/actions/runs/7/attempts/1',
};

test('a statement with all that may be known looks as it did, and has no secrets', async () => {
  const text = statementText(provenanceStatement(COMPLETE));
  expect(text).not.toContain('k3elhaul');
  expect(statementText(provenanceStatement({ ...COMPLETE, materials: COMPLETE.materials.toReversed() }))).toBe(text);
  const shown = JSON.stringify(JSON.parse(text), undefined, 1);
  await expect(`${shown}\n`).toMatchFileSnapshot('../../golden/attest/provenance.json');
});

test('what is not known is not said, and the level is no higher than it is', () => {
  const { predicate } = JSON.parse(
    statementText(
      provenanceStatement({
        subjects: [{ name: 'shop', digest: sha('ab') }],
        source: {},
        plan: sha('ef'),
        call: { name: 'publish', arguments: {} },
        materials: [],
        builder: {},
      }),
    ),
  );
  expect(predicate).toEqual({
    buildDefinition: {
      buildType: 'urn:quayside:build:v1',
      externalParameters: { source: {}, function: 'publish', arguments: {} },
      internalParameters: { plan: { sha256: 'ef'.repeat(32) }, slsaBuildLevel: 1 },
      resolvedDependencies: [],
    },
    runDetails: { builder: { id: 'urn:quayside:builder:own-machine' } },
  });
});

test('a source with changes is not its commit alone', () => {
  const { predicate } = JSON.parse(
    statementText(
      provenanceStatement({ ...COMPLETE, source: { ...COMPLETE.source, revision: `${'c'.repeat(40)}-dirty` } }),
    ),
  );
  expect(predicate.buildDefinition.resolvedDependencies[0]).toEqual({
    uri: 'git+https://github.com/acme/shop.git@refs/tags/v1.2.3',
    name: 'source',
    digest: { gitCommit: 'c'.repeat(40) },
    annotations: { changed: true },
  });
});
