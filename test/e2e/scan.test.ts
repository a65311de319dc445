/** `scan`, by a scanner that looks nothing up: it hands out what the real one said of this example, in a registry as the real one is. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeOciLayout } from '../../engine/oci/image.js';
import { layerBlob } from '../../engine/oci/layer-tar.js';
import { push } from '../../engine/oci/transfer.js';
import { busyboxStack } from '../engine/support/overlay.js';
import { recordsIn } from '../engine/support/records.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { PLATFORM } from '../engine/support/sample-image.js';
import { type Checkout, makeScratch } from './support/example.js';
import { quayside } from './support/quayside.js';

const scratch = makeScratch();
const inScratch = (...path: string[]): string => join(scratch.dir, ...path);
let registry: TestRegistry;
let app: Checkout;

/** Does what the real one does with its arguments and variables, and insists on what it is used for: no network, no other database. */
const SCANNER = `#!/bin/sh
set -eu
[ "$GRYPE_DB_AUTO_UPDATE" = false ] && [ "$GRYPE_CHECK_FOR_APP_UPDATE" = false ]
case "$1" in
  sbom:*)
    grep -q 'bomFormat.*CycloneDX' "\${1#sbom:}" && grep -q pkg:pypi/gunicorn "\${1#sbom:}"
    # What only built the frontend is not in the image.
    if grep -q 'pkg:npm/vite@' "\${1#sbom:}"; then exit 3; fi
    [ "$(cat "$GRYPE_DB_CACHE_DIR/6/vulnerability.db")" = "the database that was given" ]
    for word; do case $word in --file=*) cp /recorded.json "\${word#--file=}" ;; esac; done ;;
  *) echo "it is not asked for $1" >&2; exit 1 ;;
esac
`;

beforeAll(async () => {
  registry = await startRegistry(inScratch('registry'));
  const { layers } = await busyboxStack(inScratch('store'));
  writeFileSync(join(layers[0]!, 'grype'), SCANNER, { mode: 0o755 });
  const recorded = new URL('../unit/scan/grype-recorded.json', import.meta.url);
  writeFileSync(join(layers[0]!, 'recorded.json'), readFileSync(recorded));
  const options = {
    records: recordsIn(inScratch()),
    blobsDir: inScratch('blobs'),
    key: 'scanner',
    times: 'kept' as const,
  };
  const blob = await layerBlob({ layer: layers[0]!, ...options });
  const config = { env: ['PATH=/bin'], entrypoint: ['/grype'] };
  await writeOciLayout({ dir: inScratch('image'), images: [{ platform: PLATFORM, config, layers: [blob] }] });
  await push(inScratch('image'), `${registry.host}/anchore/grype:test`);
  writeFileSync(
    inScratch('registries.conf'),
    `[[registry]]\nprefix = "${registry.host}"\nlocation = "${registry.host}"\ninsecure = true\n`,
  );
  mkdirSync(inScratch('database/6'), { recursive: true });
  writeFileSync(inScratch('database/6/vulnerability.db'), 'the database that was given');
  app = scratch.example('app');
});
afterAll(async () => {
  await registry.stop();
  scratch.remove();
});

const scan = (policy: string, ...args: string[]) => {
  app.write('quayside.yaml', `scan:\n  image: ${registry.host}/anchore/grype:test\n${policy}`);
  return quayside(['scan', `--source=${app.path}`, `--database=${inScratch('database')}`, ...args], {
    env: { QUAYSIDE_REGISTRIES_CONF: inScratch('registries.conf') },
  });
};

test('fails from a severity on, and shows what was found', async () => {
  const said = await scan('');
  expect(said).toMatchObject({ code: 1 });
  expect(said.stdout).toMatch(/^critical +CVE-2026-0002 +zlib1g \(deb\) .*fails$/m);
  expect(said.stdout).toMatch(/^medium +GHSA-dddd-eeee-ffff +Flask \(python\)/m);
  expect(said.stderr).toContain('QS720: the image flask-stream has ');
});

test('writes SARIF to a file, also when it fails, and says what an entry no longer does', async () => {
  const output = inScratch('out/scan.sarif');
  const ignore = (id: string) => `    - { id: ${id}, reason: not reached, expires: 2999-12-31 }\n`;
  const policy = `  onlyFixed: true\n  ignore:\n${ignore('GHSA-kkkk-mmmm-pppp')}${ignore('CVE-1999-0001')}`;
  const said = await scan(policy, '--format=sarif', `--output=${output}`);
  expect(said).toMatchObject({ code: 1, stdout: '' });
  expect(said.stderr).toContain('GHSA-aaaa-bbbb-cccc in gunicorn');
  expect(said.stderr).toContain('scan.ignore.1 in quayside.yaml (CVE-1999-0001) matches nothing that was found');
  const { runs } = JSON.parse(readFileSync(output, 'utf8'));
  const uris = runs[0].results.map(
    ({ locations }: { locations: readonly { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
      locations[0]!.physicalLocation.artifactLocation.uri,
  );
  expect(uris).toContainEqual(expect.stringMatching(/gunicorn-.*dist-info\/METADATA$/));
  expect(uris).toContain('frontend/package-lock.json');
});

test('passes where nothing is to fail', async () => {
  const said = await scan('', '--fail-on=never', '--format=json');
  expect(said).toMatchObject({ code: 0 });
  expect(JSON.parse(said.stdout)).toMatchObject({ failed: false, image: { name: 'flask-stream' } });
});

test('asks for a new decision where an old one has run out, before anything is built', async () => {
  const said = await scan('  ignore:\n    - { id: CVE-2026-0002, reason: not reached, expires: 2026-01-31 }\n');
  expect(said).toMatchObject({ code: 2, stdout: '', steps: [] });
  expect(said.stderr).toContain('QS940: CVE-2026-0002 was to be ignored until 2026-01-31 ("not reached")');
});
