/** The start of the built image: what is called built starts and answers, and what does not ends in a diagnostic. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeScratch } from './support/example.js';
import { quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());

function app(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(scratch.dir, name);
  mkdirSync(path);
  const all = { 'requirements.txt': 'flask==3.1.3\ngunicorn==27.0.1\n', ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(path, file), text);
  return path;
}

test('an app without tests is started once, and not again while it stays the same', async () => {
  const source = app('plain', { 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n' });
  const first = await quayside(['test', `--source=${source}`]);
  expect(first).toMatchObject({ code: 0, stdout: 'smoke: 1 passed\n' });
  const built = await quayside(['build', `--source=${source}`, `--output=${join(scratch.dir, 'plain.tar')}`]);
  expect(built.code).toBe(0);
  expect(built.steps.filter(({ name }) => name === 'start the image')).toMatchObject([{ state: 'cached' }]);
});

test('an image whose server cannot import the app is not built', async () => {
  const code = 'import os\nfrom flask import Flask\n\nNAME = os.environ["SHOP_NAME"]\napp = Flask(__name__)\n';
  const source = app('crashing', { 'app.py': code });
  const archive = join(scratch.dir, 'crashing.tar');
  const run = await quayside(['build', `--source=${source}`, `--output=${archive}`]);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/^error: QS705: the image was built, and its web process ended with exit code \d+ /m);
  expect(run.stderr).toMatch(/^ +KeyError: 'SHOP_NAME'$/m);
  writeFileSync(join(source, 'quayside.yaml'), 'suites: { smoke: false }\n');
  const unasked = await quayside(['build', `--source=${source}`, `--output=${archive}`]);
  expect(unasked.code).toBe(0);
});
