/** The list of what an image consists of, before the eyes of SPDX's own validator. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { softwareParts } from '../../src/attest/parts.js';
import { spdx } from '../../src/attest/spdx.js';
import { pythonTools, withoutPythonTools } from '../support/python-tools.js';
import { BUILT_FROM, IMAGE, INVENTORY } from '../unit/attest/sample.js';

const missing = await withoutPythonTools();

// Skipped where pip cannot bring SPDX's validator: no python3 of 3.11 or newer with venv.
test.skipIf(missing !== undefined)('the document of SPDX is valid, with and without a time and a digest', async () => {
  const validator = join(await pythonTools(), 'pyspdxtools');
  const parts = await softwareParts(INVENTORY, BUILT_FROM);
  const dir = await mkdtemp(join(tmpdir(), 'quayside-spdx-'));
  try {
    const file = join(dir, 'sbom.spdx.json');
    const documents = [
      spdx(parts, INVENTORY.release, IMAGE),
      spdx(parts, {}, { name: 'shop', platform: 'linux/arm64' }),
      spdx([], {}, { name: 'shop', platform: 'linux/arm64' }),
    ];
    for (const document of documents) {
      writeFileSync(file, document);
      expect(await execa(validator, ['--infile', file], { reject: false, all: true })).toMatchObject({
        all: '',
        failed: false,
      });
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});
