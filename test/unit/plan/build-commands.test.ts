/** What is done over the code while its images are made: translations, and commands of the configuration. */
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/plan/types.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, type Files, FLASK, withFiles } from '../detect/apps.js';

async function planOf(files: Files) {
  const { app, diagnostics } = await understand(memoryTree(files));
  expect(diagnostics).toEqual([]);
  return app!.plan;
}

const copies = (steps: readonly Step[]) => steps.flatMap(step => (step.kind === 'copy' ? [step] : []));

describe('translations', () => {
  const catalogue = 'locale/de/LC_MESSAGES/django.po';

  it.each<readonly [string, Files, readonly string[]]>([
    ['without a compiled one', { [catalogue]: '' }, [catalogue]],
    [
      'of several, those without',
      { [catalogue]: '', 'shop/translations/fr/LC_MESSAGES/messages.po': '', 'locale/de/LC_MESSAGES/django.mo': '' },
      ['shop/translations/fr/LC_MESSAGES/messages.po'],
    ],
    ['that are compiled', { [catalogue]: '', 'locale/de/LC_MESSAGES/django.mo': '' }, []],
    ['of the documentation', { 'docs/locale/de/LC_MESSAGES/index.po': '' }, []],
    ['of installed packages', { 'node_modules/x/locale/de/LC_MESSAGES/x.po': '' }, []],
    ['that only people read', { 'locale/django.pot': '' }, []],
  ])('are compiled: %s', async (_, files, expected) => {
    const plan = await planOf(withFiles(DJANGO, files));
    const stage = plan.stages.find(({ id }) => id === 'translations');
    const [source] = copies(stage?.steps ?? []);
    expect(source?.from ?? { include: [] }).toMatchObject({ include: expected });
  });

  it.each([
    ['production', {}],
    ['test', { owner: '1000:1000' }],
  ])('lie beside the catalogues in the %s image, for who may write there', async (id, owner) => {
    const plan = await planOf(withFiles(FLASK, { 'translations/de/LC_MESSAGES/messages.po': '' }));
    const [last] = copies(plan.stages.find(stage => stage.id === id)!.steps).slice(-1);
    const from = { kind: 'stage', stage: 'translations', path: '/app', include: ['**/*.mo'] };
    expect(last).toEqual({ kind: 'copy', from, to: '/app', ...owner });
  });
});

describe('commands of the configuration', () => {
  const CONFIG = 'build:\n  commands: ["make data", "python -m shop.index"]\n  packages: [make]\n';

  it('run over the code with the packages, and what they leave is in the images', async () => {
    const plan = await planOf(withFiles(FLASK, { 'quayside.yaml': CONFIG }));
    const stage = plan.stages.find(({ id }) => id === 'app-build')!;
    const titles = stage.steps.flatMap(step => (step.kind === 'script' ? [step.title] : []));
    expect(titles).toEqual(expect.arrayContaining(['build: make data', 'build: python -m shop.index']));
    expect(titles).toContain('install packages of the build commands');
    for (const id of ['production', 'test']) {
      const from = copies(plan.stages.find(other => other.id === id)!.steps).map(step => step.from);
      expect(from).toContainEqual(expect.objectContaining({ kind: 'stage', stage: 'app-build', path: '/app' }));
      expect(from.filter(({ kind }) => kind === 'source')).toEqual([]);
    }
  });

  it('are none without the key', async () => {
    expect((await planOf(FLASK)).stages.map(({ id }) => id)).not.toContain('app-build');
  });
});
