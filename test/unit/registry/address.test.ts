import { describe, expect, it } from 'vitest';
import { apiOf, repositoryOf } from '../../../src/registry/address.js';

describe('an address', () => {
  it.each([
    ['ghcr.io/acme/shop', { registry: 'ghcr.io', name: 'acme/shop' }, 'https://ghcr.io/v2'],
    ['localhost:5000/shop', { registry: 'localhost:5000', name: 'shop' }, 'http://localhost:5000/v2'],
    ['127.0.0.1:5000/a/b-c/d_e', { registry: '127.0.0.1:5000', name: 'a/b-c/d_e' }, 'http://127.0.0.1:5000/v2'],
    ['[::1]:5000/a', { registry: '[::1]:5000', name: 'a' }, 'http://[::1]:5000/v2'],
    ['acme/shop', { registry: 'docker.io', name: 'acme/shop' }, 'https://registry-1.docker.io/v2'],
    ['shop', { registry: 'docker.io', name: 'library/shop' }, 'https://registry-1.docker.io/v2'],
    ['docker://quay.io/acme/shop', { registry: 'quay.io', name: 'acme/shop' }, 'https://quay.io/v2'],
    ['10.0.0.7:5000/shop', { registry: '10.0.0.7:5000', name: 'shop' }, 'https://10.0.0.7:5000/v2'],
    [
      '127.0.0.1.example.com/shop',
      { registry: '127.0.0.1.example.com', name: 'shop' },
      'https://127.0.0.1.example.com/v2',
    ],
  ])('%s', (text, repository, api) => {
    expect(repositoryOf(text)).toEqual(repository);
    expect(apiOf(repository)).toBe(api);
  });

  it.each([
    ['ghcr.io/Acme/shop', 'is not the name of a repository'],
    ['ghcr.io/acme/shop:1.0', 'it names the tag 1.0'],
    [`ghcr.io/acme/shop@sha256:${'0'.repeat(64)}`, 'it names a digest'],
    ['ghcr.io/', 'is not the name of a repository'],
    ['', 'is not the name of a repository'],
    ['ghcr.io//shop', 'is not the name of a repository'],
    ['-x.io/shop', 'is not a host'],
    [`ghcr.io/${'a'.repeat(300)}`, 'is not the name of a repository'],
    ['ghcr.io/../shop', 'is not the name of a repository'],
  ])('%s is refused', (text, problem) => {
    expect(repositoryOf(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
