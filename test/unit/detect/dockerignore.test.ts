/** The app's own .dockerignore: kept out of the published image, and of nothing else. */
import { expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { copiedFrom } from '../support/copied.js';
import { detectFiles, FLASK, withFiles } from './apps.js';

const TEXT = '# ours\n\n/notes\ndocs/\n  *.md  \n!README.md\n./scripts\n.env\n!.env\n';

it('leaves its patterns out of the published image, what never belongs there after them', async () => {
  const files = withFiles(FLASK, { '.dockerignore': TEXT, 'tests/test_a.py': 'import unittest\n' });
  const { facts } = await detectFiles(files);
  expect(facts?.dockerignore?.value).toEqual(['notes', 'docs', '*.md', '!README.md', 'scripts', '.env', '!.env']);
  const plan = makePlan(facts!, {});
  const source = ['notes/a', 'docs/a', 'a.md', 'shop/a.md', 'README.md', 'scripts/a', '.env', 'shop/.env', 'shop/a.py'];
  // The names in .env are asked for again in the app's file: they hold secrets all the same.
  expect(copiedFrom(plan, 'production', source)).toEqual(['shop/a.md', 'README.md', 'shop/a.py']);
  expect(copiedFrom(plan, 'test', source)).toEqual(source.filter(path => !path.endsWith('.env')));
});

it('is none without patterns', async () => {
  const { facts } = await detectFiles(withFiles(FLASK, { '.dockerignore': '# nothing\n\n' }));
  expect(facts).not.toHaveProperty('dockerignore');
});
