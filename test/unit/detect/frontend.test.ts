/** Node frontends: package managers by their lock files, workspaces, and where each tool builds to. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { frontendStage } from '../../../src/planner/frontend.js';
import { detectFiles, FASTAPI, type Files, SERVING, withFiles } from './apps.js';

const manifest = (more: object = {}) => JSON.stringify({ scripts: { build: 'vite build' }, ...more }, null, 2);
const PNPM_LOCK = "lockfileVersion: '9.0'\n";
const BERRY_LOCK = '# generated\n\n__metadata:\n  version: 8\n  cacheKey: 10c0\n';

async function frontendOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(withFiles(FASTAPI, { ...SERVING, ...files }));
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  return facts!.frontend!;
}

async function codesOf(files: Files) {
  return (await detectFiles(withFiles(FASTAPI, { ...SERVING, ...files }))).diagnostics.map(({ code }) => code);
}

describe('package managers', () => {
  it.each<readonly [string, Files, string]>([
    ['npm', { 'ui/package.json': manifest(), 'ui/package-lock.json': '{}' }, 'npm - ui/package-lock.json'],
    [
      'npm shrinkwrap',
      { 'ui/package.json': manifest(), 'ui/npm-shrinkwrap.json': '{}' },
      'npm - ui/npm-shrinkwrap.json',
    ],
    ['pnpm', { 'ui/package.json': manifest(), 'ui/pnpm-lock.yaml': PNPM_LOCK }, 'pnpm 10.34.8 ui/pnpm-lock.yaml'],
    [
      'pnpm, lock of an older one',
      { 'ui/package.json': manifest(), 'ui/pnpm-lock.yaml': "lockfileVersion: '6.0'\n" },
      'pnpm 8.15.9 ui/pnpm-lock.yaml',
    ],
    [
      'pnpm, its version named with a hash',
      { 'ui/package.json': manifest({ packageManager: 'pnpm@9.12.0+sha512.0' }), 'ui/pnpm-lock.yaml': PNPM_LOCK },
      'pnpm 9.12.0 ui/pnpm-lock.yaml',
    ],
    ['yarn 1', { 'ui/package.json': manifest(), 'ui/yarn.lock': '# yarn lockfile v1\n' }, 'yarn - ui/yarn.lock'],
    ['yarn 4', { 'ui/package.json': manifest(), 'ui/yarn.lock': BERRY_LOCK }, 'yarn-berry 4.18.1 ui/yarn.lock'],
    [
      'yarn, pinned by volta',
      { 'ui/package.json': manifest({ volta: { node: '22.1.0', yarn: '4.5.0' } }), 'ui/yarn.lock': BERRY_LOCK },
      'yarn-berry 4.5.0 ui/yarn.lock',
    ],
    ['bun', { 'ui/package.json': manifest(), 'ui/bun.lock': '{}' }, 'bun 1.4.5 ui/bun.lock'],
    [
      'of two locks the one that package.json names',
      {
        'ui/package.json': manifest({ packageManager: 'pnpm@9.12.0' }),
        'ui/pnpm-lock.yaml': PNPM_LOCK,
        'ui/package-lock.json': '{}',
      },
      'pnpm 9.12.0 ui/pnpm-lock.yaml',
    ],
    [
      'of two locks the one that its own image installs from',
      {
        'ui/package.json': manifest(),
        'ui/package-lock.json': '{}',
        'ui/yarn.lock': '# yarn lockfile v1\n',
        'ui/Dockerfile': 'FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\n',
      },
      'npm - ui/package-lock.json',
    ],
    [
      'of two locks the one whose program the image around it runs',
      {
        'ui/package.json': manifest(),
        'ui/package-lock.json': '{}',
        'ui/yarn.lock': '# yarn lockfile v1\n',
        Dockerfile: 'FROM node:22\nCOPY ui ./ui\nRUN npm install -g serve && cd ui && yarn && yarn build\n',
      },
      'yarn - ui/yarn.lock',
    ],
    [
      'of two locks the one that CI installs',
      {
        'ui/package.json': manifest(),
        'ui/package-lock.json': '{}',
        'ui/pnpm-lock.yaml': PNPM_LOCK,
        '.github/workflows/ci.yml': 'jobs:\n  ui:\n    steps:\n      - run: cd ui && pnpm install --frozen-lockfile\n',
      },
      'pnpm 10.34.8 ui/pnpm-lock.yaml',
    ],
    [
      'npm workspace',
      {
        'package.json': JSON.stringify({ workspaces: ['web'] }),
        'package-lock.json': '{}',
        'web/package.json': manifest(),
      },
      'npm - package-lock.json in "" for web',
    ],
    [
      'pnpm workspace, the manager named at its root',
      {
        'package.json': JSON.stringify({ packageManager: 'pnpm@10.2.0' }),
        'pnpm-workspace.yaml': 'packages: [web]\n',
        'pnpm-lock.yaml': PNPM_LOCK,
        'web/package.json': manifest(),
      },
      'pnpm 10.2.0 pnpm-lock.yaml in "" for web',
    ],
    [
      'a workspace whose own build only runs its members',
      {
        'package.json': JSON.stringify({ workspaces: ['web'], scripts: { build: 'npm run build --workspaces' } }),
        'package-lock.json': '{}',
        'web/package.json': manifest({ devDependencies: { vite: '^6' } }),
      },
      'npm - package-lock.json in "" for web',
    ],
  ])('%s', async (_, files, expected) => {
    const { packageManager, packageManagerVersion, lockfile, workspace, root } = await frontendOf(files);
    const text = `${packageManager.value} ${packageManagerVersion?.value ?? '-'} ${lockfile.value}`;
    expect(workspace === undefined ? text : `${text} in "${workspace}" for ${root}`).toBe(expected);
  });

  it.each<readonly [string, Files, string]>([
    [
      'two locks, and images that do not agree',
      {
        'ui/package.json': manifest(),
        'ui/package-lock.json': '{}',
        'ui/yarn.lock': '',
        'ui/Dockerfile': 'FROM node:22\nRUN npm ci\n',
        'ui/Dockerfile.edge': 'FROM node:22\nRUN yarn install\n',
      },
      'QS407',
    ],
    ['two locks', { 'ui/package.json': manifest(), 'ui/package-lock.json': '{}', 'ui/yarn.lock': '' }, 'QS407'],
    [
      'another manager named than locked with',
      { 'ui/package.json': manifest({ packageManager: 'yarn@4.5.0' }), 'ui/package-lock.json': '{}' },
      'QS407',
    ],
    ['a format from before', { 'ui/package.json': manifest(), 'ui/pnpm-lock.yaml': 'lockfileVersion: 3\n' }, 'QS403'],
    ['a conflict', { 'ui/package.json': manifest(), 'ui/yarn.lock': '<<<<<<< HEAD\n=======\n>>>>>>> b\n' }, 'QS403'],
  ])('asks: %s', async (_, files, expected) => {
    expect(await codesOf(files)).toEqual([expected]);
  });

  it.each<readonly [string, Files, string]>([
    ['none', { 'ui/package.json': manifest() }, 'npm - ui/package-lock.json'],
    [
      'a lock beside another directory',
      { 'package-lock.json': '{}', 'ui/package.json': manifest() },
      'npm - ui/package-lock.json',
    ],
    [
      'none of the manager that is named',
      { 'ui/package.json': manifest({ packageManager: 'pnpm@9.12.0' }) },
      'pnpm 9.12.0 ui/pnpm-lock.yaml',
    ],
    [
      'none of yarn 4',
      { 'ui/package.json': manifest({ packageManager: 'yarn@4.5.0' }) },
      'yarn-berry 4.5.0 ui/yarn.lock',
    ],
    [
      'yarn 1, which is another manager',
      { 'ui/package.json': manifest({ packageManager: 'yarn@1.22.22' }) },
      'yarn - ui/yarn.lock',
    ],
    [
      'a version that names no patch',
      { 'ui/package.json': manifest({ packageManager: 'pnpm@9' }) },
      'pnpm 9 ui/pnpm-lock.yaml',
    ],
  ])('work without a lock file, and say so: %s', async (_, files, expected) => {
    const { packageManager, packageManagerVersion, lockfile, unlocked } = await frontendOf(files);
    expect(`${packageManager.value} ${packageManagerVersion?.value ?? '-'} ${lockfile.value}`).toBe(expected);
    expect(unlocked).toBe(true);
  });
});

describe('the version of Node', () => {
  const locked = { 'ui/package-lock.json': '{}' };
  const asks = (node: string): Files => ({ ...locked, 'ui/package.json': manifest({ engines: { node } }) });
  const pinned = (file: string, text: string): Files => ({ ...locked, 'ui/package.json': manifest(), [file]: text });
  it.each<readonly [string, Files, string]>([
    ['nothing asks', { ...locked, 'ui/package.json': manifest() }, '22 ui/package.json'],
    ['a major version', asks('20'), '20 ui/package.json:6'],
    ['at least one', asks('>=18'), '22 ui/package.json:6'],
    ['more than one', asks('>22'), '24 ui/package.json:6'],
    ['less than one', asks('<22'), '20 ui/package.json:6'],
    ['between two', asks('18 - 22'), '22 ui/package.json:6'],
    ['between two older ones', asks('18 - 20'), '20 ui/package.json:6'],
    ['one of several', asks('^20.19.0 || >=22.12.0'), '22 ui/package.json:6'],
    ['one of several, not in order', asks('>=24 || ^20'), '24 ui/package.json:6'],
    ['a placeholder', asks('20.x'), '20 ui/package.json:6'],
    ['any', asks('*'), '22 ui/package.json:6'],
    ['an exact version', asks('24.1.0'), '24 ui/package.json:6'],
    ['two bounds', asks('>=20 <22'), '20 ui/package.json:6'],
    ['.nvmrc', pinned('ui/.nvmrc', '20\n'), '20 ui/.nvmrc:1'],
    ['.nvmrc with a v', pinned('.nvmrc', 'v24.2.0\n'), '24 .nvmrc:1'],
    ['.nvmrc with a comment', pinned('.nvmrc', '20 # lts\n'), '20 .nvmrc:1'],
    ['.nvmrc with a comment before', pinned('.nvmrc', '# lts\n20\n'), '20 .nvmrc:2'],
    ["a release's name", pinned('.nvmrc', 'lts/jod\n'), '22 .nvmrc:1'],
    ['the newest', pinned('.nvmrc', 'lts/*'), '24 .nvmrc:1'],
    ['one that is newer than all', pinned('.nvmrc', '25\n'), '24 .nvmrc:1'],
    ['.node-version', pinned('.node-version', '20.11.1\n'), '20 .node-version:1'],
    ['.tool-versions', pinned('.tool-versions', 'python 3.12.1\nnodejs 20.11.1 # old\n'), '20 .tool-versions:2'],
    ['mise.toml', pinned('mise.toml', '[tools]\npython = "3.12"\nnode = "20"\n'), '20 mise.toml:3'],
    ['.tool-versions beside package.json', pinned('ui/.tool-versions', 'node 20.11.1\n'), '20 ui/.tool-versions:1'],
  ])('%s', async (_, files, expected) => {
    const { value, place } = (await frontendOf(files)).nodeVersion;
    expect(`${value} ${place.file}${place.line === undefined ? '' : `:${place.line}`}`).toBe(expected);
  });

  it.each(['12', '^18', '14.x', '16.13.0', '>=8 <12', 'lts/gallium'])(
    'asks for one that is no longer supported, %s: the nearest',
    async node => {
      const { value, why } = (await frontendOf(asks(node))).nodeVersion;
      expect(value).toBe('20');
      expect(why).toContain(node);
    },
  );

  it.each([
    ['21.x', '22'],
    ['21.7.3', '22'],
    ['v23.1.0', '24'],
  ])('asks for one between those that live on, %s: the next', async (node, expected) => {
    const { value, why } = (await frontendOf(asks(node))).nodeVersion;
    expect(value).toBe(expected);
    expect(why).toContain(node);
  });

  it.each(['>=26', 'current node'])('asks for another than %s', async node => {
    expect(await codesOf(asks(node))).toEqual(['QS405']);
  });

  it('stands on the line of the key that asks, and not where its name comes first', async () => {
    const text = manifest({ keywords: ['node'], volta: {}, engines: { node: '20' } });
    const { place } = (await frontendOf({ ...locked, 'ui/package.json': text })).nodeVersion;
    expect(text.split('\n')[place.line! - 1]).toContain('"node": "20"');
  });
});

describe('packages of the system', () => {
  const app = (dependencies: object, more: Files = {}): Files => ({
    'ui/package.json': manifest({ devDependencies: { vite: '^5.0.0', ...dependencies } }),
    ...more,
  });
  const locked = (lock: string, name = 'package-lock.json'): Files => app({}, { [`ui/${name}`]: lock });
  const npm = (resolved: string) =>
    JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/marked': { version: '1.0.0', resolved } } });
  const container = (install: string): Files =>
    app(
      {},
      {
        'ui/package-lock.json': '{}',
        'ui/Dockerfile': `FROM node:22-alpine\nWORKDIR /ui\nRUN ${install}\nCOPY . .\nRUN npm ci && npm run build\n`,
      },
    );
  it.each<readonly [string, Files, readonly string[]]>([
    ['none', app({}, { 'ui/package-lock.json': '{}' }), []],
    ['a repository by the short name of GitHub', app({ marked: 'akiran/marked#v2' }), ['git']],
    ['a repository by its address', app({ marked: 'git+https://example.org/marked.git' }), ['git']],
    ['a directory, a tag, an alias and a member', app({ a: '../a', b: 'latest', c: 'npm:@d/e@1', f: 'file:f/g' }), []],
    ['what the lock has of one', locked(npm('git+ssh://git@github.com/akiran/marked.git#0123456')), ['git']],
    ['what the lock has of an archive', locked(npm('https://codeload.github.com/akiran/marked/tar.gz/0123456')), []],
    [
      'what is locked, where package.json names a repository',
      app({ m: 'akiran/marked' }, { 'ui/package-lock.json': '{}' }),
      [],
    ],
    [
      'a lock of pnpm',
      locked(
        "lockfileVersion: '9.0'\npackages:\n  m@git:\n    resolution: {commit: 01, repo: r, type: git}\n",
        'pnpm-lock.yaml',
      ),
      ['git'],
    ],
    [
      'those of its container',
      container('apk add --no-cache build-base python git bash'),
      ['build-essential', 'python3', 'git'],
    ],
    ['those that its container takes away again', container('apk add --virtual .build-deps make'), []],
  ])('%s', async (_, files, expected) => {
    const frontend = await frontendOf(files);
    expect((frontend.systemPackages ?? []).map(({ value }) => value)).toEqual(expected);
    const { steps } = frontendStage(frontend, {}, 8000);
    const debian = steps.flatMap(step => ('debian' in step ? (step.debian ?? []) : []));
    expect(debian).toEqual(expected.toSorted());
  });
});

describe('a bundler that hashes as old versions of OpenSSL do', () => {
  const depending = (dependencies: object, more: Files = {}): Files => ({
    'ui/package-lock.json': '{}',
    'ui/package.json': manifest({ devDependencies: dependencies }),
    ...more,
  });
  const YARN = '# yarn lockfile v1\n\n"@vue/cli-service@^4.0.0":\n  version "4.5.19"\n';
  it.each<readonly [string, Files, string | undefined]>([
    ['none', depending({ vite: '^5.0.0' }), undefined],
    ['Create React App', depending({ 'react-scripts': '4.0.3' }), 'react-scripts 4.0.3'],
    ['Create React App with a newer bundler', depending({ 'react-scripts': '5.0.1' }), undefined],
    ['Vue CLI', depending({ '@vue/cli-service': '~4.5.0' }), '@vue/cli-service 4.5.0'],
    [
      'Vue CLI as it is locked',
      {
        'ui/package.json': manifest({ devDependencies: { '@vue/cli-service': '^4.0.0' } }),
        'ui/yarn.lock': YARN,
      },
      '@vue/cli-service 4.5.19',
    ],
    ['webpack', depending({ webpack: '^4.46.0' }), 'webpack 4.46.0'],
    ['webpack with its own hashes', depending({ webpack: '^5.90.0' }), undefined],
    ['a range that names no version', depending({ webpack: 'latest' }), undefined],
  ])('%s', async (_, files, expected) => {
    const frontend = await frontendOf(files);
    expect(frontend.oldHashes?.value).toBe(expected);
    const { steps } = frontendStage(frontend, {}, 8000);
    const env = steps.flatMap(step => (step.kind === 'env' ? [step.values.NODE_OPTIONS] : []));
    expect(env).toEqual(expected === undefined ? [] : ['--openssl-legacy-provider']);
  });
});

describe('output', () => {
  const tool = (name: string, script: string, more: Files = {}): Files => ({
    'web/package.json': JSON.stringify({ scripts: { build: script }, devDependencies: { [name]: '*' } }),
    'web/package-lock.json': '{}',
    ...more,
  });
  it.each<readonly [string, Files, string]>([
    ['Vite', tool('vite', 'tsc -b && vite build'), 'web/dist'],
    ['Vite, outDir on the command line', tool('vite', 'vite build --outDir ../static/app'), 'static/app'],
    ['Create React App', tool('react-scripts', 'react-scripts build'), 'web/build'],
    ['Vite, by Refine', tool('vite', 'tsc && refine build'), 'web/dist'],
    ['Create React App, by Refine', tool('react-scripts', 'refine build'), 'web/build'],
    [
      'Vue CLI',
      tool('@vue/cli-service', 'vue-cli-service build', {
        'web/vue.config.js': "module.exports = { outputDir: '../site' }",
      }),
      'site',
    ],
    [
      'Next.js, exported',
      tool('next', 'next build', { 'web/next.config.mjs': "export default { output: 'export' }" }),
      'web/out',
    ],
    [
      'Next.js, a server',
      tool('next', 'next build', { 'web/next.config.ts': 'export default {\n  output: "standalone",\n};\n' }),
      'web/.next (next)',
    ],
    [
      'Next.js with nothing said',
      tool('next', 'next build', { 'web/next.config.js': 'module.exports = {}' }),
      'web/.next (next)',
    ],
    [
      'Next.js locked to a newer version than its range begins with',
      {
        'web/package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '>=12' } }),
        'web/package-lock.json': JSON.stringify({ packages: { 'node_modules/next': { version: '15.0.0' } } }),
      },
      'web/.next (next)',
    ],
    [
      'SvelteKit',
      tool('vite', 'vite build', {
        'web/package.json': JSON.stringify({
          scripts: { build: 'vite build' },
          devDependencies: { vite: '6', '@sveltejs/kit': '2', '@sveltejs/adapter-static': '3' },
        }),
      }),
      'web/build',
    ],
    [
      'SvelteKit, a server',
      tool('@sveltejs/kit', 'vite build', {
        'web/package.json': JSON.stringify({
          scripts: { build: 'vite build' },
          devDependencies: { vite: '6', '@sveltejs/kit': '2', '@sveltejs/adapter-node': '5' },
        }),
        'web/svelte.config.js':
          "import adapter from '@sveltejs/adapter-node';\nexport default { kit: { adapter: adapter() } };\n",
      }),
      'web/build (sveltekit)',
    ],
    ['Nuxt, a server', tool('nuxt', 'nuxt build'), 'web/.output (nuxt)'],
    [
      'SvelteKit, a server in a directory of another name',
      tool('@sveltejs/kit', 'vite build', {
        'web/package.json': JSON.stringify({
          scripts: { build: 'vite build' },
          devDependencies: {
            vite: '6',
            '@sveltejs/kit': '2',
            '@sveltejs/adapter-node': '5',
            '@sveltejs/adapter-static': '3',
          },
        }),
        'web/svelte.config.js':
          "import adapter from '@sveltejs/adapter-node';\nexport default { kit: { adapter: adapter({ out: 'made' }) } };\n",
      }),
      'web/made (sveltekit)',
    ],
    [
      'SvelteKit with directories',
      tool('vite', '', {
        'web/package.json': JSON.stringify({
          scripts: { build: 'vite build' },
          devDependencies: { '@sveltejs/kit': '2', '@sveltejs/adapter-static': '3' },
        }),
        'web/svelte.config.js': "export default { kit: { adapter: adapter({ pages: '../public' }) } };",
      }),
      'public',
    ],
    [
      'webpack',
      tool('webpack', 'webpack', {
        'web/webpack.config.js': "module.exports = { output: { path: path.resolve(__dirname, '../static/js') } };\n",
      }),
      'static/js',
    ],
    [
      'webpack, in parts',
      tool('webpack', 'webpack', {
        'web/webpack.config.js': "module.exports = { output: { path: path.resolve(__dirname, '..', 'static') } };\n",
      }),
      'static',
    ],
    [
      'Vite, a directory that is joined',
      tool('vite', 'vite build', {
        'web/vite.config.ts': "export default { build: { outDir: path.resolve(__dirname, '../backend/assets') } };\n",
      }),
      'backend/assets',
    ],
    [
      'Vite, with pages in a directory of their own',
      tool('vite', 'vite build', {
        'web/vite.config.ts': "export default { root: 'src', build: { outDir: '../site' } };\n",
      }),
      'web/site',
    ],
    [
      'Vite, with pages elsewhere and a directory that is fixed',
      tool('vite', 'vite build', {
        'web/vite.config.ts': "export default { root: 'src', build: { outDir: path.resolve(__dirname, 'site') } };\n",
      }),
      'web/site',
    ],
    ['Vite, with pages that the script names', tool('vite', 'vite build pages'), 'web/pages/dist'],
    [
      'Vite, with the configuration that the script names',
      tool('vite', 'vite build --config config/vite.mjs', {
        'web/config/vite.mjs': "export default { build: { outDir: path.resolve(__dirname, '../site') } };\n",
      }),
      'web/site',
    ],
    [
      'Vite, by the mode',
      tool('vite', 'vite build', {
        'web/vite.config.ts':
          "export default ({ mode }) => ({ build: { outDir: mode === 'development' ? 'dev' : 'site' } });\n",
      }),
      'web/site',
    ],
    [
      'Vite, in a configuration that another one is merged with',
      tool('vite', 'vite build', {
        'web/vite.config.ts': "import base from './vite.base';\nexport default mergeConfig(base, {});\n",
        'web/vite.base.ts': "export default { build: { outDir: 'site' } };\n",
      }),
      'web/site',
    ],
    [
      'webpack, merged',
      tool('webpack', 'webpack --config webpack.prod.js', {
        'web/webpack.prod.js': "module.exports = merge(require('./webpack.common.js'), { mode: 'production' });\n",
        'web/webpack.common.js': "module.exports = { output: { path: path.join(__dirname, '../static') } };\n",
      }),
      'static',
    ],
    ['Create React App by craco', tool('react-scripts', 'craco build'), 'web/build'],
    [
      'Create React App by a file of variables',
      tool('react-scripts', 'react-scripts build', { 'web/.env': 'BUILD_PATH=../static/app\n' }),
      'static/app',
    ],
    [
      'React Router, a single page',
      tool('@react-router/dev', 'react-router build', {
        'web/react-router.config.ts': "export default { ssr: false, buildDirectory: 'made' } satisfies Config;\n",
      }),
      'web/made/client',
    ],
    ['Nuxt, generated', tool('nuxt', 'nuxt generate'), 'web/.output/public'],
    [
      'Nuxt 2, for static files by another script than the one that builds',
      {
        'web/package.json': JSON.stringify({
          scripts: { build: 'nuxt build', generate: 'nuxt generate' },
          dependencies: { nuxt: '^2.15' },
        }),
        'web/package-lock.json': '{}',
        'web/nuxt.config.js': 'export default { target: "static" };\n',
      },
      'web/dist',
    ],
    [
      'the one package that makes a frontend, further down',
      {
        'package.json': '{}',
        'services/site/package.json': JSON.stringify({
          scripts: { build: 'vite build' },
          devDependencies: { vite: '6' },
        }),
        'services/site/package-lock.json': '{}',
      },
      'services/site/dist',
    ],
    ['Astro', tool('astro', 'astro build'), 'web/dist'],
    [
      'Angular',
      tool('@angular/cli', 'ng build', {
        'web/angular.json': JSON.stringify({
          projects: {
            shop: {
              architect: { build: { builder: '@angular/build:application', options: { outputPath: 'dist/shop' } } },
            },
          },
        }),
      }),
      'web/dist/shop/browser',
    ],
    ['another tool with an option', tool('esbuild', 'esbuild src/main.ts --bundle --outdir=public'), 'web/public'],
  ])('%s', async (_, files, expected) => {
    const { output, server } = await frontendOf(files);
    expect(server ? `${output.value} (${server.value})` : output.value).toBe(expected);
  });

  it.each<readonly [string, Files, string]>([
    ['a script that says nothing', tool('rollup', 'node scripts/build.js'), 'QS408'],
    [
      'an old Next.js without output',
      {
        'web/package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '^12.3.4' } }),
        'web/package-lock.json': '{}',
      },
      'QS409',
    ],
    [
      'a Next.js that is locked to an old version by a range that allows newer ones',
      {
        'web/package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '>=12' } }),
        'web/package-lock.json': JSON.stringify({ packages: { 'node_modules/next': { version: '12.3.4' } } }),
      },
      'QS409',
    ],
    [
      'Vite, a directory that only running its configuration tells',
      tool('vite', 'vite build', { 'web/vite.config.ts': 'export default { build: { outDir: process.env.OUT } };\n' }),
      'QS408',
    ],
    ['React Router for a server, by the script alone', tool('vite', 'react-router build'), 'QS409'],
    ['SvelteKit for a server', tool('@sveltejs/kit', 'vite build'), 'QS409'],
    [
      'Nuxt 2 for a server',
      tool('nuxt', '', {
        'web/package.json': JSON.stringify({ scripts: { build: 'nuxt build' }, devDependencies: { nuxt: '2.18.1' } }),
      }),
      'QS409',
    ],
    [
      'Astro for a server',
      tool('astro', 'astro build', { 'web/astro.config.mjs': "export default { output: 'server' }" }),
      'QS409',
    ],
  ])('asks: %s', async (_, files, expected) => {
    expect(await codesOf(files)).toEqual([expected]);
  });

  it('takes what is configured where the tool does not say it', async () => {
    const files = tool('rollup', 'node scripts/build.js', { 'quayside.yaml': 'frontend:\n  output: web/public\n' });
    expect((await frontendOf(files)).output).toMatchObject({ value: 'web/public', place: { key: 'frontend.output' } });
  });
});

describe('commands of the configuration in place of a script', () => {
  const built = (yaml: string): Files => ({
    'assets/package.json': JSON.stringify({ devDependencies: { gulp: '5.0.0', '@tailwindcss/cli': '4.1.0' } }),
    'assets/package-lock.json': '{}',
    'quayside.yaml': `frontend:\n  root: assets\n${yaml}`,
  });

  it('build what no script builds', async () => {
    const frontend = await frontendOf(built('  commands: [gulp build, "node more.js"]\n  output: public\n'));
    expect(frontend).toMatchObject({
      root: 'assets',
      commands: { value: ['gulp build', 'node more.js'], place: { key: 'frontend.commands' } },
      output: { value: 'public' },
    });
  });

  it('say what they write as a script would', async () => {
    const frontend = await frontendOf(built('  commands: ["tailwindcss -i in.css -o ../static/out.css"]\n'));
    expect(frontend).toMatchObject({ output: { value: 'static' }, made: ['out.css', 'out.css.map'] });
  });

  it('are asked where they write when nothing shows it', async () => {
    expect(await codesOf(built('  commands: [gulp build]\n'))).toEqual(['QS408']);
  });
});

describe('a Next.js server', () => {
  const next = (config: string): Files => ({
    'web/package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '15.0.0' } }),
    'web/package-lock.json': '{}',
    'web/next.config.mjs': `export default { output: 'standalone', ${config} };\n`,
  });

  it('is told the address of the app by the variable that its code reads', async () => {
    const rewrites = "rewrites: () => [{ source: '/api/:p*', destination: process.env.API_URL + '/api/:p*' }]";
    expect((await frontendOf(next(rewrites))).apiVariable).toMatchObject({ value: 'API_URL', place: { line: 1 } });
  });

  it('is told nothing by a variable that is there for browsers', async () => {
    const env = 'env: { url: process.env.NEXT_PUBLIC_API_URL }';
    expect((await frontendOf(next(env))).apiVariable).toBeUndefined();
  });
});
