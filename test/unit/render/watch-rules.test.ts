/** What `docker compose watch` builds anew: whatever of the source packages are installed by, for every package manager. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderApp } from '../../../src/render/eject.js';
import { corpusApp } from '../../support/rendered-apps.js';

interface Rule {
  readonly action: string;
  readonly path: string;
  readonly ignore?: readonly string[];
}

async function rulesOf(name: string, file: string): Promise<Readonly<Record<string, readonly Rule[]>>> {
  const { plan, source } = await corpusApp(name);
  const { services } = parse(renderApp(plan, source).find(({ path }) => path === file)!.text, { merge: true }) as {
    services: Record<string, { develop?: { watch: Rule[] } }>;
  };
  return Object.fromEntries(Object.entries(services).map(([id, { develop }]) => [id, develop?.watch ?? []]));
}

it.each<[string, string, readonly string[]]>([
  ['fastapi-package', 'web', ['./Dockerfile', './pyproject.toml', './uv.lock']],
  ['django-poetry', 'web', ['./Dockerfile', './poetry.lock', './pyproject.toml']],
  ['fastapi-pdm', 'web', ['./Dockerfile', './pdm.lock']],
  ['flask-pipenv', 'web', ['./Dockerfile', './Pipfile.lock']],
  [
    'flask-requirements-directory',
    'web',
    [
      './Dockerfile',
      './requirements/base.txt',
      './requirements/constraints.txt',
      './requirements/dev.txt',
      './requirements/prod.txt',
    ],
  ],
  ['flask-setup-py-alone', 'web', ['./Dockerfile', './setup.py']],
  ['monorepo-backend', 'web', ['./Dockerfile', './backend/requirements.txt']],
])('%s: %s', async (name, id, expected) => {
  for (const file of ['compose.dev.yaml', 'compose.watch.yaml']) {
    const rules = (await rulesOf(name, file))[id]!;
    expect(rules.filter(({ action }) => action === 'rebuild').map(({ path }) => path)).toEqual(expected);
    // What is built anew is not carried over beside that.
    const [carried] = rules;
    for (const path of expected) expect(carried!.ignore).toContain(path.slice(2));
  }
});

it('leaves what the frontend is made of to its own process', async () => {
  const rules = await rulesOf('monorepo-apps', 'compose.watch.yaml');
  const rebuilt = Object.entries(rules).map(([id, own]) => [
    id,
    own.filter(({ action }) => action === 'rebuild').map(({ path }) => path),
  ]);
  expect(Object.fromEntries(rebuilt)).toMatchObject({
    web: ['./Dockerfile', './apps/api/requirements.txt'],
    frontend: expect.arrayContaining(['./package-lock.json', './package.json', './apps/web/package.json']),
  });
});
