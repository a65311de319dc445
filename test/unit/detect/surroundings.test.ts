/** An app in a directory of a repository: what lies around it is the app's, unless it is another project's. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { type Files, FLASK, SERVING } from './apps.js';

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
