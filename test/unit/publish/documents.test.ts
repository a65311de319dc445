import { expect, it } from 'vitest';
import { imageIndex, platformName, provenanceLabels } from '../../../src/publish/documents.js';

const entry = (architecture: string, variant?: string) => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${architecture.padEnd(64, '0')}`,
  size: 7,
  platform: { os: 'linux', architecture, ...(variant !== undefined && { variant }) },
});

it('an index has the same bytes in whatever order its images come', () => {
  const images = [entry('arm64', 'v8'), entry('amd64')];
  const index = imageIndex(images, { b: '2', a: '1' });
  expect(imageIndex(images.toReversed(), { a: '1', b: '2' }).digest).toBe(index.digest);
  expect(new TextDecoder().decode(index.bytes)).toMatchInlineSnapshot(
    `"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:amd6400000000000000000000000000000000000000000000000000000000000","size":7,"platform":{"architecture":"amd64","os":"linux"}},{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:arm6400000000000000000000000000000000000000000000000000000000000","size":7,"platform":{"architecture":"arm64","os":"linux","variant":"v8"}}],"annotations":{"a":"1","b":"2"}}"`,
  );
});

it('a platform is named without the variant that is always meant', () => {
  expect(platformName({ os: 'linux', architecture: 'arm64', variant: 'v8' })).toBe('linux/arm64');
  expect(platformName({ os: 'linux', architecture: 'arm', variant: 'v7' })).toBe('linux/arm/v7');
});

it('labels say what is known, and nothing of what is not', () => {
  const state = { revision: 'abc', ref: 'refs/tags/v1.2.3', created: '2026-11-26T10:00:00Z', url: undefined };
  expect(provenanceLabels(state)).toEqual({
    'org.opencontainers.image.created': '2026-11-26T10:00:00Z',
    'org.opencontainers.image.revision': 'abc',
    'org.opencontainers.image.version': '1.2.3',
  });
});
