/** An app in a directory of a repository: what lies around it is the app's, unless it is another project's. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, type Files, FLASK, SERVING, withFiles } from './apps.js';

const below = (directory: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]));

const FRONTEND: Files = {
  'package.json': JSON.stringify({ scripts: { build: 'vite build' }, devDependencies: { vite: '^7' } }),
  'package-lock.json': '{}',
};
const BROWSER_TESTS: Files = {
  'package.json': JSON.stringify({ devDependencies: { '@playwright/test': '1.58.0' } }),
  'package-lock.json': JSON.stringify({ packages: { 'node_modules/@playwright/test': { version: '1.58.0' } } }),
  'playwright.config.ts': 'export default { use: { baseURL: process.env.BASE_URL } };\n',
};
const SHOP = { ...FLASK, ...SERVING };
const ADMIN = { ...SHOP, ...below('frontend', FRONTEND), ...below('e2e', BROWSER_TESTS) };

async function found(root: string, files: Files): Promise<string> {
  const tree = memoryTree({ 'quayside.yaml': `root: ${root}\n`, ...files });
  const { app, diagnostics } = await understand(tree);
  expect(diagnostics).toEqual([]);
  const { facts } = app!;
  const suites = (facts.nodeSuites ?? []).map(({ project }) => project.root);
  return `${facts.frontend?.root ?? '-'} ${suites.join(' ') || '-'}`;
}

describe('the frontend and the browser tests', () => {
  it.each<readonly [string, string, Files, string]>([
    ['inside the app', 'admin', below('admin', ADMIN), 'admin/frontend admin/e2e'],
    [
      'inside an app that lies where code lies to look at',
      'examples/a',
      below('examples/a', ADMIN),
      'examples/a/frontend examples/a/e2e',
    ],
    [
      'beside the app',
      'shop',
      { ...below('shop', SHOP), ...below('web', FRONTEND), ...below('e2e', BROWSER_TESTS) },
      'web e2e',
    ],
    ['inside another app', 'shop', { ...below('shop', SHOP), ...below('admin', ADMIN) }, '- -'],
    [
      'inside another app and this one',
      'shop',
      { ...below('shop', ADMIN), ...below('admin', ADMIN) },
      'shop/frontend shop/e2e',
    ],
    ['among examples', 'shop', { ...below('shop', SHOP), ...below('examples/a', ADMIN) }, '- -'],
  ])('%s', async (_, root, files, expected) => {
    expect(await found(root, files)).toBe(expected);
  });
});

describe('the object that the deployment around an app serves', () => {
  const SITE = withFiles(DJANGO, {
    'requirements.txt': 'Django==5.2\nchannels==4.2.0\ngunicorn==23.0.0\ndaphne==4.1.2\n',
    'site_/asgi.py':
      'from channels.routing import ProtocolTypeRouter\nfrom django.core.asgi import get_asgi_application\n\napplication = ProtocolTypeRouter({"http": get_asgi_application()})\n',
  });
  const compose = (...commands: readonly string[]): Files => ({
    'compose.yaml': `services:\n${commands.map((command, at) => `  web${at}:\n    build: ./backend\n    command: ${command}\n`).join('')}`,
  });
  const ASGI = 'site_.asgi asgi';
  const WSGI =
    'site_.wsgi wsgi ../compose.yaml:4 as the compose file starts it; nobody there answers the WebSockets of site_.asgi:application';

  it.each<readonly [string, Files, string]>([
    ['is the other one where all of it starts that', compose('gunicorn site_.wsgi'), WSGI],
    ['is the usual one where nothing is started', {}, ASGI],
    [
      'is the usual one where sockets have a server beside',
      compose('gunicorn site_.wsgi', 'daphne site_.asgi:application'),
      ASGI,
    ],
    [
      'is the usual one where a class of workers is named',
      compose('gunicorn site_.asgi -k uvicorn.workers.UvicornWorker'),
      ASGI,
    ],
    ['is the usual one where what is started is not there', compose('gunicorn shop.wsgi'), ASGI],
    [
      'is the usual one where the configuration says so',
      {
        ...compose('gunicorn site_.wsgi'),
        'quayside.yaml': 'root: backend\nserver: { entry: "site_.asgi:application" }\n',
      },
      ASGI,
    ],
  ])('%s', async (_, files, expected) => {
    const tree = memoryTree({ 'quayside.yaml': 'root: backend\n', ...below('backend', SITE), ...files });
    const { app, diagnostics } = await understand(tree);
    expect(diagnostics).toEqual([]);
    const { value, place, why } = app!.facts.entry!;
    const said = why?.startsWith('as the compose file') ? ` ${place.file}:${place.line} ${why}` : '';
    expect(`${value.module} ${value.protocol}${said}`).toBe(expected);
  });
});
