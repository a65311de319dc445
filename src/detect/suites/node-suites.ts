/** Suites that run in Node: browser tests of Playwright, and the linter, type checker and formatter of the frontend. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { asObject, readLooseJson } from '../../source/json-file.js';
import { isWithin, joinPath } from '../../source/paths.js';
import { lineAt, readScriptConfig, type ScriptFile } from '../../source/script-file.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { NODE_MANAGERS, type NodePackageManager } from '../../support/managers/node/index.js';
import type { FrontendFacts, NodeSuiteFacts } from '../facts.js';
import { type PackageJson, placeOfDependency, readPackageJson } from '../files/package-json.js';
import { detectNodeInstall, nodeProject } from '../frontend/node-packages.js';
import { detectNodeVersion } from '../frontend/node-version.js';
import type { Project } from '../project.js';

/** Finds the suites; those configured as false under the same name are left out. */
export async function detectNodeSuites(
  project: Project,
  frontend: FrontendFacts | undefined,
): Promise<Finding<readonly NodeSuiteFacts[]>> {
  const { suites = {} } = project.config;
  const browser = suites.e2e === false ? found<NodeSuiteFacts>(undefined) : await browserSuite(project);
  if (browser.diagnostics.length > 0) return failed(...browser.diagnostics);
  const tools = frontend ? await frontendTools(project.source, frontend) : [];
  const wanted = tools.filter(({ name }) => suites[name] !== false);
  return found([...wanted, ...(browser.value ? [browser.value] : [])]);
}

/**
 * Lays configured commands over the suites; one that Python has too is meant there.
 * @param inPython names of the suites that run in Python
 */
export function withCommands(
  suites: readonly NodeSuiteFacts[],
  { config, origins }: Project,
  inPython: readonly string[],
): readonly NodeSuiteFacts[] {
  return suites.map(suite => {
    const options = config.suites?.[suite.name];
    if (!options || options.command === undefined || inPython.includes(suite.name)) return suite;
    return { ...suite, program: options.command, place: configPlace(origins, `suites.${suite.name}.command`) };
  });
}

async function browserSuite(project: Project): Promise<Finding<NodeSuiteFacts>> {
  const { source: tree } = project;
  for (const root of rootsOf(project)) {
    // One that cannot be read is told of where the frontend is looked for, or is nobody's.
    const { value: file } = await readPackageJson(tree, root);
    const config = await readScriptConfig(tree, root, 'playwright.config');
    if (!file?.dependencies.has('@playwright/test') || !config) continue;
    const [install, node] = [await detectNodeInstall(tree, file), await detectNodeVersion(project, file)];
    if (!install.value || !node.value) return failed(...install.diagnostics, ...node.diagnostics);
    const { lockfile, packageManager, unlocked } = install.value.install;
    if (unlocked) return failed(noLock(file, lockfile.value, packageManager.value));
    const version = install.value.versionOf('@playwright/test');
    if (version === undefined) return failed(notLocked(file, lockfile.value));
    const variable = /process\.env\.(\w*(?:URL|ORIGIN)\w*)/.exec(config.text);
    return found({
      name: 'e2e',
      project: nodeProject(root, install.value.install, node.value),
      program: ['playwright', 'test'],
      place: { file: config.path },
      browser: { value: version, place: lockfile.place },
      ...defined({
        addressVariable: variable
          ? { value: variable[1]!, place: { file: config.path, line: lineAt(config.text, variable.index) } }
          : undefined,
        ownServer: ownServer(config),
        mended: variable && !/\bwebServer\b/.test(config.text) ? undefined : mended(config.path, variable !== null),
      }),
    });
  }
  return found<NodeSuiteFacts>(undefined);
}

/** A server of the package itself: `webServer: { command: "npm run dev" }`. */
const STARTS_FRONTEND = /\bwebServer\b[^}]*?\bcommand:\s*["'`](?:npm|pnpm|yarn|bun|npx|vite)\b/;

function ownServer({ path, text }: ScriptFile): Sourced<string> | undefined {
  const found = STARTS_FRONTEND.exec(text);
  const why = 'with the server that it starts: the app has no page of the frontend';
  return found
    ? { value: path.split('/').at(-1)!, place: { file: path, line: lineAt(text, found.index) }, why }
    : undefined;
}

/** A suite as it is run beside a frontend: one that is published apart is opened where the tests' configuration starts it, else the built app is. */
export function besideFrontend(suite: NodeSuiteFacts, frontend: FrontendFacts | undefined): NodeSuiteFacts {
  const { ownServer, ...opened } = suite;
  if (!ownServer || !frontend?.apart || frontend.root !== suite.project.root) return opened;
  const { mended: _, addressVariable: __, ...started } = suite;
  return started;
}

/** What a configuration is read without, since the built app is there to be opened. */
function mended(file: string, readsAddress: boolean): Sourced<string> {
  const why = readsAddress ? 'without the server that it starts' : 'with the address of the built app, and no server';
  return { value: file.split('/').at(-1)!, place: { file }, why };
}

/** Directories with a package.json: those in the app's directory first, and of those the ones that lie less deep. */
function rootsOf({ source, root: app }: Project): readonly string[] {
  const isBeside = (root: string) => Number(!isWithin(root, app));
  return source.paths
    .filter(path => /(^|\/)package\.json$/.test(path) && !/(^|\/)node_modules\//.test(path))
    .map(path => path.replace(/\/?package\.json$/, ''))
    .toSorted((a, b) => isBeside(a) - isBeside(b) || a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

async function frontendTools(tree: Tree, frontend: FrontendFacts): Promise<readonly NodeSuiteFacts[]> {
  const { value: file } = await readPackageJson(tree, frontend.root);
  if (!file) return [];
  const project = nodeProject(frontend.root, frontend, frontend.nodeVersion);
  const suite = (name: NodeSuiteFacts['name'], program: readonly string[] | undefined, tool: string) =>
    program ? [{ name, project, program, place: placeOfDependency(file, tool) }] : [];
  const linter = ['@biomejs/biome', 'eslint', 'oxlint'].find(name => file.dependencies.has(name));
  const checker = typeChecker(tree, file);
  const formatter = ['@biomejs/biome', 'prettier'].find(name => file.dependencies.has(name));
  return [
    ...suite('lint', linter === undefined ? undefined : LINTERS[linter], linter ?? ''),
    ...suite('typecheck', await checker, 'typescript'),
    ...suite('format', formatter === undefined ? undefined : FORMATTERS[formatter], formatter ?? ''),
  ];
}

const LINTERS: Readonly<Record<string, readonly string[]>> = {
  '@biomejs/biome': ['biome', 'lint', '.'],
  eslint: ['eslint', '.'],
  oxlint: ['oxlint'],
};

const FORMATTERS: Readonly<Record<string, readonly string[]>> = {
  '@biomejs/biome': ['biome', 'format', '--write', '.'],
  prettier: ['prettier', '--write', '--log-level', 'warn', '.'],
};

/** The checker of the frontend's framework, else TypeScript's own; a project of projects is checked as one. */
async function typeChecker(tree: Tree, file: PackageJson): Promise<readonly string[] | undefined> {
  const config = await tree.read(joinPath(file.root, 'tsconfig.json'));
  if (config === undefined || !file.dependencies.has('typescript')) return undefined;
  if (file.dependencies.has('svelte-check')) return ['svelte-check'];
  const program = file.dependencies.has('vue-tsc') ? 'vue-tsc' : 'tsc';
  return 'references' in asObject(readLooseJson(config)) ? [program, '--build', '--noEmit'] : [program, '--noEmit'];
}

function notLocked(file: PackageJson, lockfile: string) {
  return diagnose('QS602', { lockfile }, placeOfDependency(file, '@playwright/test'));
}

function noLock({ path }: PackageJson, lock: string, manager: NodePackageManager) {
  const { lockCommand } = NODE_MANAGERS[manager];
  return diagnose('QS401', { manifest: path, lock, locking: lockCommand }, { file: path });
}
