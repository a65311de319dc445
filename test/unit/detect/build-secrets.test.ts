/** Credentials of private package indexes: where they are named, who declares them, and which steps are given them. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import type { Step } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, type Files, FLASK, poetryApp, SERVING, withFiles } from './apps.js';

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
const PIP_CONF =
  '[global]\nindex-url = https://${CORP_TOKEN}@packages.invalid/simple\n# extra-index-url = https://not.invalid\n[install]\nextra-index-url =\n    https://one.invalid/simple\n    https://${CORP_TOKEN}@two.invalid/simple\n[list]\nindex-url = https://three.invalid\n';
const VITE: Files = {
  ...SERVING,
  'frontend/package.json': '{"scripts":{"build":"vite build"},"devDependencies":{"vite":"6.0.0"}}',
  'frontend/vite.config.js': 'export default {}\n',
  'frontend/package-lock.json': '{"lockfileVersion":3,"packages":{}}',
};
const NPMRC = '@corp:registry=https://npm.invalid/\n//npm.invalid/:_authToken=${NPM_TOKEN}\ncache=${HOME}/.npm\n';

const declaring = (...names: string[]) => ({
  'quayside.yaml': `secrets: { ${names.map(name => (name.includes(':') ? name : `${name}: env`)).join(', ')} }\n`,
});
const unlocked = (files: Files): Files => withFiles(FLASK, { 'requirements.txt': undefined, ...files });

const git = (url: string) =>
  withFiles(FLASK, { 'requirements.txt': `flask==3.1.0\ngunicorn==23.0.0\nmoney @ ${url}@${'a'.repeat(40)}\n` });

const isRun = (step: Step) => step.kind === 'script' || step.kind === 'exec';

describe('the credentials of package indexes', () => {
  it.each<[string, Files, string[], object[]]>([
    ['none', FLASK, [], []],
    ['in a line of requirements', LISTED, ['CORP_USER', 'CORP_TOKEN'], []],
    ['in one, of which nothing is needed', withFiles(LISTED, declaring('CORP_TOKEN: false')), ['CORP_USER'], []],
    ['of git', git('git+https://${GIT_TOKEN}@git.invalid/corp/money.git'), ['GIT_TOKEN'], []],
    ['of pip itself', withFiles(FLASK, declaring('PIP_EXTRA_INDEX_URL')), ['PIP_EXTRA_INDEX_URL'], []],
    [
      'of uv',
      unlocked({
        'pyproject.toml': UV,
        ...declaring('UV_INDEX_CORP_INNER_USERNAME', 'UV_INDEX_CORP_INNER_PASSWORD'),
      }),
      ['UV_INDEX_CORP_INNER_USERNAME', 'UV_INDEX_CORP_INNER_PASSWORD'],
      [
        {
          url: 'https://packages.invalid/simple',
          user: 'UV_INDEX_CORP_INNER_USERNAME',
          password: 'UV_INDEX_CORP_INNER_PASSWORD',
        },
      ],
    ],
    ['of uv, which needs none', unlocked({ 'pyproject.toml': UV }), [], [{ url: 'https://packages.invalid/simple' }]],
    [
      'of Poetry, by a token alone',
      withFiles(poetryApp(FLASK, POETRY), declaring('POETRY_HTTP_BASIC_CORP_PASSWORD')),
      ['POETRY_HTTP_BASIC_CORP_PASSWORD'],
      [{ url: 'https://packages.invalid/simple/', password: 'POETRY_HTTP_BASIC_CORP_PASSWORD' }],
    ],
    [
      'of Pipenv',
      unlocked({ Pipfile: PIPFILE }),
      ['CORP_USER', 'CORP_TOKEN'],
      [{ url: 'https://${CORP_USER}:${CORP_TOKEN}@packages.invalid/simple', encodes: true }],
    ],
    [
      'of a pip.conf in the source, which may stand in the place of the usual index',
      withFiles(FLASK, { 'pip.conf': PIP_CONF }),
      ['CORP_TOKEN'],
      [
        { url: 'https://${CORP_TOKEN}@packages.invalid/simple', primary: true },
        { url: 'https://${CORP_TOKEN}@two.invalid/simple' },
      ],
    ],
  ])('%s', async (_, files, secrets, indexes) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts!.python.secrets?.map(({ value }) => value) ?? []).toEqual(secrets);
    expect(facts!.python.indexes ?? []).toEqual(indexes);
  });

  it.each<[string, Files, string, RegExp]>([
    ['as a key', git('git+ssh://git@git.invalid/corp/money.git'), 'requirements.txt:3', /DEPLOY_KEY: ssh/],
    ['as it is', git('git+https://me:hunter2@git.invalid/corp/money.git'), 'requirements.txt:3', /CORP_TOKEN: env/],
    [
      'as it is, in .npmrc',
      withFiles(FLASK, { ...VITE, 'frontend/.npmrc': NPMRC.replace('${NPM_TOKEN}', 'npm_abcdefgh0123') }),
      'frontend/.npmrc:2',
      /CORP_TOKEN: env/,
    ],
  ])('without a name, %s, are told of with file, line and key', async (_, files, place, fix) => {
    const { diagnostics } = await detectFiles(files);
    expect(diagnostics[0]!.code).toBe('QS219');
    expect(formatDiagnostic(diagnostics[0]!)).toMatch(fix);
    expect(`${diagnostics[0]!.place?.file}:${diagnostics[0]!.place?.line}`).toBe(place);
    expect(JSON.stringify(diagnostics)).not.toMatch(/hunter2|npm_abcdefgh/);
  });

  it.each<[string, Files]>([
    ['a user alone', git('git+https://git@git.invalid/corp/money.git')],
    [
      'one that is done without',
      withFiles(FLASK, { ...VITE, 'frontend/.npmrc': NPMRC, ...declaring('NPM_TOKEN: false') }),
    ],
    ['one that only who publishes may have', withFiles(FLASK, { ...VITE, 'frontend/.npmrc': NPMRC })],
    ['one with a stand-in', withFiles(FLASK, { ...VITE, 'frontend/.npmrc': NPMRC.replace('}', '-}') })],
    ['a variable of something else', withFiles(FLASK, { ...VITE, 'frontend/.npmrc': 'cache=${HOME}/.npm\n' })],
    ['an empty password', git('git+https://me:@git.invalid/corp/money.git')],
    ['a key that is declared', withFiles(git('git+ssh://git@git.invalid/m.git'), declaring('DEPLOY_KEY: ssh'))],
  ])('are not asked about: %s', async (_, files) => {
    expect((await detectFiles(files)).diagnostics).toEqual([]);
  });

  const given = async (files: Files) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    return makePlan(facts!, {}).stages.flatMap(({ steps }) =>
      steps.flatMap(step => (isRun(step) && step.secrets ? [[step.title, step.secrets]] : [])),
    );
  };

  it('are given to the steps that install Python packages, and to no others', async () => {
    const secrets = [{ name: 'CORP_USER' }, { name: 'CORP_TOKEN' }];
    expect(await given(withFiles(LISTED, { ...TESTED, ...declaring('CORP_USER', 'CORP_TOKEN') }))).toEqual([
      ['install Python dependencies', secrets],
      ['install what the tests need', secrets],
      ['install the debugger', secrets],
    ]);
  });

  it('are encoded where the manager would do it, and an index of plain HTTP is named to pip', async () => {
    const files = unlocked({
      Pipfile: PIPFILE.replace('https://', 'http://'),
      ...declaring('CORP_USER', 'CORP_TOKEN'),
    });
    const { facts } = await detectFiles(files);
    const steps = makePlan(facts!, {}).stages.flatMap(stage => stage.steps);
    const lines = steps.flatMap(step => (step.kind === 'script' && step.secrets ? step.lines : []));
    expect(lines.join('\n')).toContain('http://$(encoded CORP_USER):$(encoded CORP_TOKEN)@packages.invalid/simple');
    expect(lines.join('\n')).toMatch(/PIP_TRUSTED_HOST=.*packages\.invalid"/);
  });

  it('are given to pnpm by settings of the user, since it fills in none of the source', async () => {
    const files = withFiles(FLASK, {
      ...VITE,
      'frontend/package-lock.json': undefined,
      'frontend/pnpm-lock.yaml': 'lockfileVersion: "9.0"\n',
      'frontend/.npmrc': NPMRC,
      ...declaring('NPM_TOKEN'),
    });
    const { facts } = await detectFiles(files);
    const steps = makePlan(facts!, {}).stages.flatMap(stage => stage.steps);
    const install = steps.find(step => step.kind === 'script' && step.title === 'install Node packages');
    expect(install).toMatchObject({ secrets: [{ name: 'NPM_TOKEN' }] });
    expect(JSON.stringify(install)).toContain('NPM_CONFIG_USERCONFIG=/dev/shm/');
  });

  it('are given to the packages of one language alone, where its files name them', async () => {
    const files = withFiles(LISTED, { ...VITE, 'frontend/.npmrc': NPMRC });
    const names = declaring('CORP_USER', 'CORP_TOKEN', 'NPM_TOKEN', 'NETRC: { file: ~/.netrc }');
    const netrc = { name: 'NETRC', file: '/root/.netrc' };
    const python = [{ name: 'CORP_USER' }, { name: 'CORP_TOKEN' }, netrc];
    expect(await given(withFiles(files, names))).toEqual([
      ['install Node packages', [{ name: 'NPM_TOKEN' }, netrc]],
      ['install Python dependencies', python],
      ['install the debugger', python],
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
