/** What is detected in the examples, as facts and as the text people read, and the plan that is made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { onlyAppDirectory } from '../../../src/detect/app/directory.js';
import { detect } from '../../../src/detect/detect.js';
import { explain } from '../../../src/detect/explain.js';
import { planJson } from '../../../src/plan/json.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import type { Tree } from '../../../src/source/tree.js';

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
    const { config, root, diagnostics: wrong } = await loadConfig(tree, onlyAppDirectory);
    expect(wrong).toEqual([]);
    const { facts, diagnostics } = await detect(tree, config, root);
    expect(diagnostics).toEqual([]);
    await expect(`${JSON.stringify(facts, null, 2)}\n`).toMatchFileSnapshot(`../../golden/detect/${name}.facts.json`);
    await expect(explain(facts!, config!)).toMatchFileSnapshot(`../../golden/detect/${name}.explain.txt`);
    await expect(planJson(makePlan(facts!, config!))).toMatchFileSnapshot(`../../golden/plan/${name}.golden.json`);
  });
});
