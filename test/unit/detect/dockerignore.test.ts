/** The app's own .dockerignore: kept out of the published image, and of nothing else. */
import { expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, FLASK, withFiles } from './apps.js';

const TEXT = '# ours\n\n/notes\ndocs/\n  *.md  \n!README.md\n./scripts\n.env\n!.env\n';

it('leaves its patterns out of the published image, what never belongs there after them', async () => {
  const files = withFiles(FLASK, { '.dockerignore': TEXT, 'tests/test_a.py': 'import unittest\n' });
  const { facts } = await detectFiles(files);
  expect(facts?.dockerignore?.value).toEqual(['notes', 'docs', '*.md', '!README.md', 'scripts', '.env', '!.env']);
  const excluded = (id: string) =>
    makePlan(facts!, {})
      .stages.find(stage => stage.id === id)!
      .steps.flatMap(step => (step.kind === 'copy' && step.from.kind === 'source' ? [step.from.exclude ?? []] : []))
      .at(-1)!;
  const production = excluded('production');
  expect(production.slice(0, 7)).toEqual(facts!.dockerignore!.value);
  expect(production.lastIndexOf('**/.env')).toBeGreaterThan(production.indexOf('!.env'));
  expect(excluded('test')).not.toContain('notes');
});

it('is none without patterns', async () => {
  const { facts } = await detectFiles(withFiles(FLASK, { '.dockerignore': '# nothing\n\n' }));
  expect(facts).not.toHaveProperty('dockerignore');
});
