import type { Directory } from '@dagger.io/dagger';
import { expect, test } from 'vitest';
import { Quayside } from '../../../src/index.js';

test('a format that is none is said before anything is read of the source', async () => {
  const source = new Proxy({} as Directory, {
    get: (_, name) => {
      throw new Error(`the source was asked for ${String(name)}`);
    },
  });
  await expect(new Quayside(source).sbom('xml')).rejects.toThrow(/QS920.*"xml"[\s\S]*cyclonedx, spdx/);
});
