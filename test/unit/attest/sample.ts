/** An inventory with one of each kind, and what was built from a lock file. */
import type { BuiltFrom, ImageInventory } from '../../../src/attest/inventory.js';
import type { AttestedImage } from '../../../src/attest/subject.js';

const site = '/opt/venv/lib/python3.12/site-packages';

export const INVENTORY: ImageInventory = {
  release: { id: 'debian', version: '12', title: 'Debian GNU/Linux 12 (bookworm)' },
  debian: [
    {
      name: 'libssl3',
      version: '3.0.1-1+b2',
      architecture: 'amd64',
      source: 'openssl',
      sourceVersion: '3.0.1-1',
      maintainer: 'Debian OpenSSL Team <pkg@debian.org>',
      homepage: 'https://www.openssl.org/',
      licences: ['Apache-2.0', 'Artistic', 'GPL-2+', 'public-domain', 'GPL-3+ with Bison exception'],
      sha256: '11'.repeat(32),
      proof: '/var/lib/dpkg/status',
    },
  ],
  alpine: [],
  python: [
    {
      name: 'Flask',
      version: '3.1.3',
      expression: 'BSD-3-Clause',
      sha256: '22'.repeat(32),
      proof: `${site}/flask-3.1.3.dist-info/METADATA`,
    },
    {
      name: 'setuptools',
      version: '79.0.1',
      classifiers: ['License :: OSI Approved :: MIT License'],
      proof: `${site}/setuptools-79.0.1.dist-info/METADATA`,
    },
    {
      name: 'wheel',
      version: '0.45.1',
      licence: 'MIT',
      within: 'setuptools',
      proof: `${site}/setuptools/_vendor/wheel-0.45.1.dist-info/METADATA`,
    },
    { name: 'wheel', version: '0.45.1', licence: 'MIT', proof: `${site}/wheel-0.45.1.dist-info/METADATA` },
    {
      name: 'private.lib',
      version: '1.0',
      expression: 'MIT OR Apache-2.0',
      url: 'https://user:k3elhaul@git.example/lib.git',
      commit: 'c0ffee',
      proof: `${site}/private_lib-1.0.dist-info/METADATA`,
    },
  ],
  node: [],
  runtimes: [{ name: 'python', version: '3.12.4', proof: '/usr/local/lib/libpython3.12.so.1.0' }],
  built: [],
};

export const BUILT_FROM: readonly BuiltFrom[] = [
  {
    path: 'frontend/package-lock.json',
    packages: [
      {
        name: 'react',
        version: '19.0.0',
        integrity: `sha512-${Buffer.alloc(64, 0xab).toString('base64')}`,
        url: 'https://user:k3elhaul@npm.example/react/-/react-19.0.0.tgz?token=k3elhaul#x',
      },
      { name: '@vitejs/plugin-react', version: '5.2.0', dev: true },
      { name: '@esbuild/darwin-arm64', version: '0.28.0', dev: true, optional: true, licence: 'MIT' },
    ],
    installed: [
      { name: 'react', version: '19.0.0', licences: ['MIT'], proof: '/node_modules/react/package.json' },
      {
        name: '@vitejs/plugin-react',
        version: '5.2.0',
        licences: ['SEE LICENSE IN LICENSE', 'constructor'],
        proof: '/node_modules/@vitejs/plugin-react/package.json',
      },
    ],
  },
];

export const IMAGE: AttestedImage = {
  name: 'shop',
  platform: 'linux/amd64',
  digest: `sha256:${'ab'.repeat(32)}`,
  address: 'ghcr.io/acme/shop',
  version: '1.2.3',
  created: '2026-11-26T10:00:00Z',
};
