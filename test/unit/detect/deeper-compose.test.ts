/** Compose files that lie two or three directories below the top, among what deploys an app. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const COMPOSE = 'services:\n  web:\n    build: ../..\n  db:\n    image: mysql:8.4\n';

const app = (files: Files) =>
  withFiles(FLASK, {
    'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\npymysql==1.1.0\n',
    'shop/config.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n',
    ...files,
  });

const servicesOf = async (files: Files) => {
  const { facts, diagnostics } = await detectFiles(app(files));
  expect(diagnostics).toEqual([]);
  return facts!.services.map(({ kind, version }) => `${kind} ${version?.value} ${version?.place.file}`);
};

it.each(['deployment/docker/compose.yaml', 'tools/deploy/docker/docker-compose.yml', 'sample/infra/compose.yml'])(
  'count: %s',
  async path => {
    expect(await servicesOf({ [path]: COMPOSE })).toEqual([`mysql 8.4 ${path}`]);
  },
);

it.each<readonly [string, Files]>([
  ['of developers', { 'docker/dev/compose.yml': COMPOSE }],
  ['of documents', { 'docs/docker/install/compose.yml': COMPOSE }],
  ['of a part', { 'docker/oidc/compose.yml': COMPOSE }],
  ['of something else', { 'extras/food/compose.yml': COMPOSE }],
  ['where there are several', { 'one/deploy/docker/compose.yml': COMPOSE, 'two/deploy/docker/compose.yml': COMPOSE }],
])('do not count: %s', async (_, files) => {
  expect(await servicesOf(files)).toEqual(['mariadb undefined undefined']);
});

it('give way to one that lies nearer', async () => {
  const nearer = COMPOSE.replace('8.4', '9.0').replace('../..', '..');
  expect(await servicesOf({ 'deploy/docker/compose.yml': COMPOSE, 'docker/compose.yml': nearer })).toEqual([
    'mysql 9.0 docker/compose.yml',
  ]);
});
