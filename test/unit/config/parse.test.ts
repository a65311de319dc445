import { describe, expect, it } from 'vitest';
import { type GivenConfig, loadConfig } from '../../../src/config/load.js';
import { parseConfig } from '../../../src/config/parse.js';
import { type Config, configSchema } from '../../../src/config/schema.js';
import { onlyAppDirectory } from '../../../src/detect/python/directory.js';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { inWords } from '../../../src/diagnostics/words.js';
import { defined } from '../../../src/source/defined.js';
import { memoryTree, type Tree } from '../../../src/source/tree.js';

function parsed(text: string): { config?: Config; diagnostics: readonly Diagnostic[] } {
  const { value, diagnostics } = parseConfig(text, 'quayside.yaml');
  return defined({ config: value?.config, diagnostics });
}

describe('parseConfig', () => {
  it.each(['', '\n# nothing\n', '---\n'])('takes %j as an empty configuration', text => {
    expect(parsed(text)).toEqual({ config: {}, diagnostics: [] });
  });

  it('keeps versions and variables as they are written', () => {
    const { config } = parsed(
      'python: { version: 3.10 }\nfrontend: { nodeVersion: 22 }\nservices: { mariadb: { version: 10.10 } }\nenv: { A: 010, B: yes, C: true, D: 1.0, E: "x" }\n',
    );
    expect(config).toEqual({
      python: { version: '3.10' },
      frontend: { nodeVersion: '22' },
      services: { mariadb: { version: '10.10' } },
      env: { A: '010', B: 'yes', C: 'true', D: '1.0', E: 'x' },
    });
  });

  it('takes every key at once', () => {
    const text = [
      'name: shop',
      'version: 1.4.0',
      'python: { version: "3.11" }',
      'server: { entry: "shop:create_app()", kind: gunicorn, workers: 2 }',
      'frontend: { root: web, output: web/build, script: bundle, nodeVersion: "22" }',
      'services: { mariadb: { version: "10.11", variable: DB, scheme: mysql }, redis: false }',
      'migrate: [flask, db, upgrade]',
      'health: /up',
      'port: 8080',
      'suites: { unit: { command: [pytest], env: { A: "1" }, services: [mariadb] }, e2e: false, lint: { command: [ruff] } }',
      'native: { build: [libxml2-dev], runtime: [ffmpeg] }',
      'build: { commands: [make data], packages: [make] }',
      'env: { A: "1" }',
      'secrets: { CORP_TOKEN: env, DEPLOY_KEY: ssh, NETRC: { file: ~/.netrc }, NPM_TOKEN: false }',
      'root: apps/shop',
      'gateway: { env: { BODY_SIZE: 10m } }',
      'publish: { address: ghcr.io/acme/shop, platforms: [linux/amd64, linux/arm64] }',
      'scan: { failOn: critical, onlyFixed: true, image: a/b:1, ignore: [{ id: CVE-1, package: flask, reason: no, expires: 2026-12-31 }] }',
      'volumes: [data/uploads, /srv/files]',
      'components: { worker: { command: [celery, worker] }, scheduler: false }',
    ].join('\n');
    const { config, diagnostics } = parsed(text);
    expect(diagnostics).toEqual([]);
    expect(Object.keys(config!).sort()).toEqual(Object.keys(configSchema.shape).sort());
  });

  it.each([
    ['name: Shop\n', 'name', 1],
    ['\nport: 0\n', 'port', 2],
    ['port: 80.5\n', 'port', 1],
    ['server:\n  workers: 0\n', 'server.workers', 2],
    ['frontend: true\n', 'frontend', 1],
    ['frontend:\n  root: /web\n', 'frontend.root', 2],
    ['suites:\n  unit:\n    command: []\n', 'suites.unit.command', 3],
    ['suites:\n  unit:\n    command:\n      - pytest\n      - 3\n', 'suites.unit.command.1', 5],
    ['suites:\n  e2e:\n    services: [reddis]\n', 'suites.e2e.services.0', 3],
    ['native:\n  runtime: ffmpeg\n', 'native.runtime', 2],
    ['env:\n  A: [1]\n', 'env.A', 2],
    ['components:\n  worker: celery\n', 'components.worker', 2],
    ['services:\n  search: { image: a/b:1, variable: S }\n', 'services.search.port', 2],
    ['services:\n  search: { image: a/b:1, port: 70000, variable: S }\n', 'services.search.port', 2],
    ['services:\n  search: { image: a/b:1, port: 7, variable: S, value: "{address}" }\n', 'services.search.value', 2],
    ['services:\n  search: { image: a/b:1, port: 7, variable: S, data: data }\n', 'services.search.data', 2],
    ['services:\n  web: { image: a/b:1, port: 7, variable: S }\n', 'services.web', 2],
    ['services:\n  Search: { image: a/b:1, port: 7, variable: S }\n', 'services.Search', 2],
    ['python: 3.11\n', 'python', 1],
    ['health:\n', 'health', 1],
  ])('refuses %j with its key and line', (text, key, line) => {
    const { config, diagnostics } = parsed(text);
    expect(config).toBeUndefined();
    expect(diagnostics.map(({ code, place }) => [code, place])).toEqual([
      ['QS103', { file: 'quayside.yaml', line, key }],
    ]);
    expect(inWords(diagnostics[0]!).expected).not.toMatch(/invalid|zod|expected/i);
  });

  it('keeps images of the app itself apart from the services that it knows', () => {
    const { config, diagnostics } = parsed(
      'services:\n  redis: false\n  neo4j: { image: neo4j:5, port: 7687, variable: NEO4J_URI, value: "bolt://{host}:{port}" }\n  search: { image: a/b:1, port: 7700, variable: S, health: [up], env: { A: 1 }, data: /data }\nsuites: { unit: { services: [search] } }\n',
    );
    expect(diagnostics).toEqual([]);
    expect(config?.services).toEqual({
      redis: false,
      own: {
        neo4j: { image: 'neo4j:5', port: 7687, variable: 'NEO4J_URI', value: 'bolt://{host}:{port}' },
        search: {
          image: 'a/b:1',
          port: 7700,
          variable: 'S',
          value: '{host}:{port}',
          health: ['up'],
          env: { A: '1' },
          data: '/data',
        },
      },
    });
  });

  it.each([
    ['services:\n  postgress: {}\n', 'services.postgress', 'postgres'],
    ['services:\n  postgress: { version: 16, variable: DB }\n', 'services.postgress', 'postgres'],
    ['services:\n  ridis: false\n', 'services.ridis', 'redis'],
    ['services:\n  search: { image: a/b:1, prot: 1, variable: S }\n', 'services.search.prot', 'port'],
  ])('takes %j for a key that it knows, misspelt', (text, key, near) => {
    const { diagnostics } = parsed(text);
    expect(diagnostics.filter(({ code }) => code === 'QS102')).toMatchObject([
      { code: 'QS102', place: { key }, data: { near } },
    ]);
  });

  it('says the file it was given', () => {
    expect(parseConfig('a: 1', 'apps/shop/quayside.yaml').diagnostics[0]?.place?.file).toBe('apps/shop/quayside.yaml');
  });
});

describe('loadConfig', () => {
  const tree = memoryTree({
    'quayside.yaml': 'root: ./apps/shop/\nport: 9000\n',
    'apps/shop/quayside.yaml': 'name: shop\nport: 7000\n',
    'apps/shop/app.py': '',
  });
  const load = async (files: Tree, given?: GivenConfig) => {
    const { value, diagnostics } = await loadConfig(files, onlyAppDirectory, given);
    expect(diagnostics).toEqual([]);
    return { config: value!.config, root: value!.root };
  };

  it('follows root, and lets the outer file win', async () => {
    expect(await load(tree)).toEqual({
      config: { root: './apps/shop/', name: 'shop', port: 9000 },
      root: 'apps/shop',
    });
  });

  it('finds no app in a project of Django beside the one at the top, which says nothing of what it depends on', async () => {
    const files = { 'pay/requirements.txt': 'django\n', 'pay/manage.py': '', 'pay/pay/wsgi.py': '' };
    expect((await load(memoryTree(files))).root).toBe('pay');
    expect((await load(memoryTree({ ...files, 'manage.py': '', 'shop/wsgi.py': '' }))).root).toBe('');
  });

  it('finds the only web app, whose own file names its frontend relative to itself', async () => {
    const app = memoryTree({
      'shop/requirements.txt': 'flask\n',
      'shop/app.py': '',
      'shop/quayside.yaml': 'frontend: { root: ./ui, output: static/ui }\n',
      'docs/requirements.txt': 'sphinx\n',
    });
    expect(await load(app)).toEqual({
      config: { frontend: { root: 'shop/ui', output: 'shop/static/ui' } },
      root: 'shop',
    });
  });

  it('takes a given text in place of the file', async () => {
    expect(await load(tree, { name: 'other.yaml', text: 'name: other\n' })).toEqual({
      config: { name: 'other' },
      root: '',
    });
  });

  it('needs no file at all', async () => {
    expect(await load(memoryTree({}))).toEqual({ config: {}, root: '' });
  });
});
