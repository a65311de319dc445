/** What settles questions about frontends before anybody is asked: which lock was kept, where an ejected build writes, who hands it out. */
import { describe, expect, it } from 'vitest';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, SERVING, withFiles } from './apps.js';

const VITE: Files = {
  'ui/package.json': JSON.stringify({ scripts: { build: 'vite build' }, devDependencies: { vite: '^6.0.0' } }),
  'ui/package-lock.json': '{}',
};

const NPM_LOCK = (versions: Readonly<Record<string, string>>) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]),
    ),
  });

const YARN_LOCK = (versions: Readonly<Record<string, string>>) =>
  `# yarn lockfile v1\n\n${Object.entries(versions)
    .map(([name, version]) => `${name}@^${version}:\n  version "${version}"\n`)
    .join('\n')}`;

describe('of two lock files', () => {
  const locked = (npm: Readonly<Record<string, string>>, yarn: Readonly<Record<string, string>>): Files =>
    withFiles(FASTAPI, {
      ...SERVING,
      'ui/package.json': JSON.stringify({
        scripts: { build: 'vite build' },
        dependencies: { react: '^18.2.0' },
        devDependencies: { vite: '^6.0.0' },
      }),
      'ui/package-lock.json': NPM_LOCK(npm),
      'ui/yarn.lock': YARN_LOCK(yarn),
    });
  const all = { react: '18.2.0', vite: '6.0.0' };

  it.each<readonly [string, Files, string]>([
    ['the one without a package was left behind', locked({ vite: '6.0.0' }, all), 'ui/yarn.lock'],
    ['the one with an older version was, too', locked({ react: '17.0.2', vite: '6.0.0' }, all), 'ui/yarn.lock'],
    ['either may be kept', locked(all, { vite: '6.0.0' }), 'ui/package-lock.json'],
    ['nothing is known where both have all', locked(all, all), 'QS407'],
    ['nothing is known where neither has', locked({ vite: '6.0.0' }, { react: '18.2.0' }), 'QS407'],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect([...diagnostics.map(({ code }) => code), facts?.frontend?.lockfile.value]).toContain(expected);
  });
});

describe('a build that was ejected from Create React App', () => {
  const ejected = (paths: string, script = 'node scripts/build.js', parts: object = { 'react-dev-utils': '12.0.1' }) =>
    withFiles(FASTAPI, {
      ...SERVING,
      'ui/package.json': JSON.stringify({ scripts: { build: script }, dependencies: parts }),
      'ui/package-lock.json': '{}',
      'ui/scripts/build.js': "require('../config/paths');\n",
      'ui/config/paths.js': paths,
    });
  const BY_NAME =
    "const buildPath = process.env.BUILD_PATH || 'build';\nmodule.exports = {\n  appBuild: resolveApp(buildPath),\n};\n";

  it.each<readonly [string, Files, string]>([
    ['to a path', ejected("module.exports = {\n  appBuild: resolveApp('../static/bundles/'),\n};\n"), 'static/bundles'],
    ['to a path with a name', ejected(BY_NAME), 'ui/build'],
    ['to the path of its script', ejected(BY_NAME, 'BUILD_PATH=../out node scripts/build.js'), 'out'],
    ['nowhere that is known, where it is a script like any other', ejected(BY_NAME, undefined, {}), 'QS408'],
    ['nowhere that is known, where the path is put together', ejected('appBuild: resolveApp(a + b),\n'), 'QS408'],
  ])('writes %s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect([...diagnostics.map(({ code }) => code), facts?.frontend?.output.value]).toContain(expected);
  });
});

describe('a script called build', () => {
  const rooted = (build: string) =>
    withFiles(FASTAPI, { ...SERVING, ...VITE, 'package.json': JSON.stringify({ scripts: { build } }) });

  it.each(['echo "Building"', 'true', 'echo a && exit 0'])('that does nothing is none: %s', async build => {
    const { facts, diagnostics } = await detectFiles(rooted(build));
    expect(diagnostics).toEqual([]);
    expect(facts!.frontend!.root).toBe('ui');
    expect(facts!.unbuilt?.map(({ value }) => value)).toEqual(['package.json']);
  });

  it.each(['webpack', 'echo "export {}" > out.js'])('that does something counts: %s', async build => {
    expect((await detectFiles(rooted(build))).diagnostics.map(({ code }) => code)).toEqual(['QS402']);
  });
});

describe('an app that answers pages of other sites', () => {
  it.each<readonly [string, Files, string]>([
    [
      'FastAPI',
      withFiles(FASTAPI, {
        ...VITE,
        'main.py':
          'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=["*"])\n',
      }),
      'main.py:5',
    ],
    [
      'Flask',
      withFiles(FLASK, {
        ...VITE,
        'shop/__init__.py':
          'from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)\nCORS(app)\n',
      }),
      'shop/__init__.py:5',
    ],
    [
      'Django',
      withFiles(DJANGO, {
        ...VITE,
        'site_/settings.py': 'MIDDLEWARE = [\n    "corsheaders.middleware.CorsMiddleware",\n]\n',
      }),
      'site_/settings.py:2',
    ],
  ])('has its frontend published apart: %s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    const { apart, served } = facts!.frontend!;
    expect([`${apart?.place.file}:${apart?.place.line}`, served]).toEqual([expected, undefined]);
  });

  it('hands its frontend out all the same where a line says so', async () => {
    const files = withFiles(FASTAPI, {
      ...VITE,
      'main.py':
        'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\nfrom fastapi.staticfiles import StaticFiles\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware)\napp.mount("/", StaticFiles(directory="ui/dist"))\n',
    });
    const { apart, served } = (await detectFiles(files)).facts!.frontend!;
    expect([apart, served?.place.line]).toEqual([undefined, 7]);
  });

  it('is asked about where it only imports what would', async () => {
    const files = withFiles(FASTAPI, {
      ...VITE,
      'main.py': 'from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\n',
    });
    expect((await detectFiles(files)).diagnostics.map(({ code }) => code)).toEqual(['QS410']);
  });
});
