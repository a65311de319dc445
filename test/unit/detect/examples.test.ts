/** What is detected in the examples, as facts and as the text people read, and the plan that is made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explained } from '../../../src/detect/explain/sections.js';
import { explainText } from '../../../src/detect/explain/text.js';
import { planJson } from '../../../src/plan/json.js';
import type { Tree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';

const REPOSITORY = new URL('../../..', import.meta.url).pathname;

/** Left out as the module's own source argument does. */
const IGNORED = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__', '.pytest_cache', '.ruff_cache']);

function diskTree(root: string): Tree {
  const walk = (directory: string): string[] =>
    readdirSync(directory, { withFileTypes: true })
      .filter(entry => !IGNORED.has(entry.name))
      .flatMap(entry =>
        entry.isDirectory() ? walk(join(directory, entry.name)) : [relative(root, join(directory, entry.name))],
      );
  const paths = walk(root).sort();
  return { paths, read: async path => (paths.includes(path) ? readFileSync(join(root, path), 'utf8') : undefined) };
}

describe.each(
  readdirSync(join(REPOSITORY, 'examples'), { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? entry.name : [],
  ),
)('examples/%s', name => {
  it('is detected and planned as the golden files say', async () => {
    const tree = diskTree(join(REPOSITORY, 'examples', name));
    const { app, diagnostics } = await understand(tree);
    expect(diagnostics).toEqual([]);
    const { facts, configured, plan } = app!;
    await expect(`${JSON.stringify(facts, null, 2)}\n`).toMatchFileSnapshot(`../../golden/detect/${name}.facts.json`);
    const text = explainText(explained(facts, configured));
    await expect(text).toMatchFileSnapshot(`../../golden/detect/${name}.explain.txt`);
    await expect(planJson(plan)).toMatchFileSnapshot(`../../golden/plan/${name}.golden.json`);
  });
});
