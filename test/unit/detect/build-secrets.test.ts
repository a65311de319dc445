/** Credentials of private package indexes: where they are named, and which steps are given them. */
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, type Files, FLASK, poetryApp, withFiles } from './apps.js';

const LISTED = withFiles(FLASK, {
  'requirements.txt':
    '--extra-index-url https://${CORP_USER}:${CORP_TOKEN}@packages.invalid/simple\nflask==3.1.0 # not ${THIS_ONE}\ngunicorn==23.0.0\n',
});
const TESTED: Files = { 'tests/test_shop.py': 'def test_shop():\n    assert True\n' };
const UV =
  '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n[[tool.uv.index]]\nname = "corp-inner"\nurl = "https://packages.invalid/simple"\n';
const POETRY =
  '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\ngunicorn = "*"\n[[tool.poetry.source]]\nname = "corp"\nurl = "https://packages.invalid/simple/"\n';
const PIPFILE =
  '[[source]]\nurl = "https://$CORP_USER:${CORP_TOKEN}@packages.invalid/simple"\nname = "corp"\n\n[packages]\nflask = "*"\ngunicorn = "*"\n';

const declaring = (...names: string[]) => ({ 'quayside.yaml': `python: { secrets: [${names.join(', ')}] }\n` });
const unlocked = (files: Files): Files => withFiles(FLASK, { 'requirements.txt': undefined, ...files });

const isRun = (step: Step) => step.kind === 'script' || step.kind === 'exec';

describe('the credentials of package indexes', () => {
  it.each<[string, Files, string[], string[]]>([
    ['none', FLASK, [], []],
    ['in a line of requirements', LISTED, ['CORP_USER', 'CORP_TOKEN'], []],
    ['configured', withFiles(FLASK, declaring('PIP_EXTRA_INDEX_URL')), ['PIP_EXTRA_INDEX_URL'], []],
    [
      'of uv',
      unlocked({
        'pyproject.toml': UV,
        ...declaring('UV_INDEX_CORP_INNER_USERNAME', 'UV_INDEX_CORP_INNER_PASSWORD'),
      }),
      ['UV_INDEX_CORP_INNER_USERNAME', 'UV_INDEX_CORP_INNER_PASSWORD'],
      ['https://${UV_INDEX_CORP_INNER_USERNAME}:${UV_INDEX_CORP_INNER_PASSWORD}@packages.invalid/simple'],
    ],
    ['of uv, which needs none', unlocked({ 'pyproject.toml': UV }), [], ['https://packages.invalid/simple']],
    [
      'of Poetry, by a token alone',
      withFiles(poetryApp(FLASK, POETRY), declaring('POETRY_HTTP_BASIC_CORP_PASSWORD')),
      ['POETRY_HTTP_BASIC_CORP_PASSWORD'],
      ['https://token:${POETRY_HTTP_BASIC_CORP_PASSWORD}@packages.invalid/simple/'],
    ],
    [
      'of Pipenv',
      unlocked({ Pipfile: PIPFILE }),
      ['CORP_USER', 'CORP_TOKEN'],
      ['https://${CORP_USER}:${CORP_TOKEN}@packages.invalid/simple'],
    ],
  ])('%s', async (_, files, secrets, indexes) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts!.python.secrets?.map(({ value }) => value) ?? []).toEqual(secrets);
    expect(facts!.python.indexes ?? []).toEqual(indexes);
  });

  it('are given to the steps that install Python packages, and to no others', async () => {
    const { facts } = await detectFiles(withFiles(LISTED, TESTED));
    const given = makePlan(facts!, {}).stages.flatMap(({ steps }) => steps.filter(step => isRun(step) && step.secrets));
    expect(given.map(step => isRun(step) && [step.title, step.secrets])).toEqual([
      ['install Python dependencies', ['CORP_USER', 'CORP_TOKEN']],
      ['install what the tests need', ['CORP_USER', 'CORP_TOKEN']],
    ]);
  });

  it.each(['https://packages.invalid/$(id)', 'https://packages.invalid/"; id; "'])(
    'stand in no address that a shell would read otherwise: %s',
    async url => {
      const files = unlocked({
        'pyproject.toml': UV.replace('https://packages.invalid/simple', url.replaceAll('"', '\\"')),
      });
      const { facts } = await detectFiles(withFiles(files, declaring('UV_INDEX_CORP_INNER_PASSWORD')));
      expect(facts!.python).not.toHaveProperty('indexes');
    },
  );
});
