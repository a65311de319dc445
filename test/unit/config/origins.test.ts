/** Where the configuration is said to be written: each message and each line of the explanation names the file that the key stands in. */
import { describe, expect, it } from 'vitest';
import type { GivenConfig } from '../../../src/config/load.js';
import { explained } from '../../../src/detect/explain/sections.js';
import { explainText } from '../../../src/detect/explain/text.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { type Files, FLASK } from '../detect/apps.js';

const below = (directory: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]));

/** All that is said about an app, as text. */
async function said(files: Files, given?: GivenConfig): Promise<string> {
  const { app, diagnostics } = await understand(memoryTree(files), given);
  return app ? explainText(explained(app.facts, app.configured)) : diagnostics.map(formatDiagnostic).join('\n');
}

const WRONG = 'server:\n  # of the app\n  entry: shpo:app\n';
const INNER = below('backend', FLASK);

describe('a wrong key', () => {
  it.each<readonly [string, Files, GivenConfig | undefined, string]>([
    ['in the file beside the app', { ...FLASK, 'quayside.yaml': WRONG }, undefined, 'quayside.yaml:3'],
    [
      'in the file of the only app in a directory',
      { ...INNER, 'backend/quayside.yaml': WRONG },
      undefined,
      'backend/quayside.yaml:3',
    ],
    [
      'in the outer file',
      { ...INNER, 'backend/quayside.yaml': 'server: { kind: gunicorn }\n', 'quayside.yaml': WRONG },
      undefined,
      'quayside.yaml:3',
    ],
    [
      'in the inner file that a root leads to',
      { ...INNER, 'backend/quayside.yaml': WRONG, 'quayside.yaml': 'root: backend\n' },
      undefined,
      'backend/quayside.yaml:3',
    ],
    ['in a given file', { ...FLASK, 'quayside.yaml': 'a: 1\n' }, { name: 'ci.yaml', text: WRONG }, 'ci.yaml:3'],
    [
      'in the inner file that the root of a given file leads to',
      { ...INNER, 'backend/quayside.yaml': WRONG },
      { name: 'ci.yaml', text: 'root: backend\n' },
      'backend/quayside.yaml:3',
    ],
  ])('%s', async (_, files, given, place) => {
    expect(await said(files, given)).toContain(
      `QS306: there is no module "shpo" in the source\n  at: ${place} (key server.entry)`,
    );
  });
});

describe('the explanation', () => {
  it('names the file of each configured key', async () => {
    const files = {
      ...INNER,
      'backend/quayside.yaml': 'name: inner\nport: 7000\nhealth: /up\nenv: { A: "1" }\n',
      'quayside.yaml': 'root: backend\nname: outer\n',
    };
    const text = await said(files);
    expect(text).toMatch(/directory +backend +quayside\.yaml:1 \(key root\)/);
    expect(text).toMatch(/name +outer +quayside\.yaml:2 \(key name\)/);
    expect(text).toMatch(/health +\/up +backend\/quayside\.yaml:3 \(key health\)/);
    expect(text).toMatch(/port +7000 +backend\/quayside\.yaml:2 \(key port\)/);
    expect(text).toMatch(/A +1 +backend\/quayside\.yaml:4 \(key env\.A\)/);
  });

  it('does not look into a mapping of the inner file that the outer one replaces', async () => {
    const files = {
      ...INNER,
      'backend/quayside.yaml': 'services:\n  redis: false\n',
      'quayside.yaml': 'services:\n\n  mailpit: false\n',
    };
    const text = await said(files);
    expect(text).toMatch(/mailpit +not used +quayside\.yaml:3 \(key services\.mailpit\)/);
    expect(text).not.toContain('redis');
  });

  it('names a given file', async () => {
    expect(await said(FLASK, { name: 'ci.yaml', text: 'volumes: [files]\n' })).toMatch(
      /volume +files +ci\.yaml:1 \(key volumes\)/,
    );
  });
});

describe('mistakes in the configuration itself', () => {
  it.each<readonly [string, Files, GivenConfig | undefined, string]>([
    ['a given file that is no YAML', FLASK, { name: 'ci.yaml', text: 'a: [\n' }, 'QS101: ci.yaml is not valid YAML'],
    ['a root without files', FLASK, { name: 'ci.yaml', text: 'root: b\n' }, 'at: ci.yaml:1 (key root)'],
    [
      'a root that leads on',
      { ...INNER, 'backend/quayside.yaml': 'name: a\nroot: b\n' },
      { name: 'ci.yaml', text: 'root: backend\n' },
      'at: backend/quayside.yaml:2 (key root)\n  expected: root in one of the two files only\n  fix: write the whole path in ci.yaml and remove root from backend/quayside.yaml',
    ],
  ])('%s', async (_, files, given, expected) => {
    expect(await said(files, given)).toContain(expected);
  });
});
