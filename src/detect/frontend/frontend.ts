/** Finds the Node frontend: a package.json with a build script, how its packages are locked, and what its build makes. */
import { worded } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { isForeign, isTestFile } from '../../source/own-code.js';
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { FrontendFacts } from '../facts.js';
import { type PackageJson, placeIn, readPackageJson } from '../files/package-json.js';
import type { Project } from '../project.js';
import { detectNodeInstall } from './node-packages.js';
import { detectNodeVersion } from './node-version.js';
import { detectOutput } from './output.js';
import { bakedVariables } from './variables.js';

/** Directories looked into, besides those that configuration names. */
const ROOTS = ['frontend', 'client', 'web', 'webapp', 'ui', 'app/frontend', 'assets', 'www', 'spa', ''];

/** Tools that make a frontend of a package, as opposed to one that only orchestrates others. */
const MAKERS =
  /^(vite|next|nuxt|react-scripts|@sveltejs\/kit|astro|@angular\/core|gatsby|parcel|webpack|@vue\/cli-service)$/;

/** What in a script runs the scripts of other packages. */
const OTHERS =
  /\bcd |\b(turbo|nx|lerna|wsrun)\b|--(filter|prefix|cwd|recursive|workspaces?)\b|\s-[rCw]\s|\byarn workspace/;

function isMaker({ dependencies }: PackageJson): boolean {
  return [...dependencies.keys()].some(name => MAKERS.test(name));
}

/** Finds the frontend; a finding without a value says that the app has none. */
export async function detectFrontend(project: Project): Promise<Finding<FrontendFacts>> {
  const { source: tree, config } = project;
  if (config.frontend === false) return found<FrontendFacts>(undefined);
  const configured = config.frontend ?? {};
  const script = configured.script ?? 'build';
  const places =
    configured.root === undefined
      ? [...rootsAround(project), await onlyMaker(tree)]
      : [[configured.root.replace(/\/+$/, '').replace(/^\.\/?/, '')]];
  let packages: readonly PackageJson[] = [];
  for (const roots of places) {
    const files = await Promise.all(roots.map(root => readPackageJson(tree, root)));
    const broken = files.flatMap(({ diagnostics }) => diagnostics);
    if (broken.length > 0) return failed(...broken);
    const here = files.flatMap(({ value }) => value ?? []);
    const isBuilt = here.some(({ scripts }) => typeof scripts[script] === 'string');
    if (isBuilt || packages.length === 0) packages = here;
    if (isBuilt) break;
  }
  const [first, second] = withoutOrchestrators(
    packages.filter(({ scripts }) => typeof scripts[script] === 'string'),
    script,
  );
  if (!first)
    return config.frontend === undefined
      ? found<FrontendFacts>(undefined)
      : failed(noScript(packages[0], places[0]?.[0] ?? '', script));
  if (second) return failed(twoFrontends(first, second));
  const node = await detectNodeVersion(project, first);
  const install = await detectNodeInstall(tree, first);
  const made = await detectOutput(project, first, script);
  if (node.value === undefined || install.value === undefined || made.value === undefined) {
    return failed(...node.diagnostics, ...install.diagnostics, ...made.diagnostics);
  }
  const place = configured.script === undefined ? placeIn(first, `"${script}"`) : configPlace('frontend.script');
  const api = made.value.server && (await apiVariable(tree, first.root));
  const variables = await bakedVariables(tree, first.root);
  return found({
    root: first.root,
    packageManager: install.value.packageManager,
    ...(install.value.packageManagerVersion && { packageManagerVersion: install.value.packageManagerVersion }),
    nodeVersion: node.value,
    lockfile: install.value.lockfile,
    ...(install.value.workspace !== undefined && { workspace: install.value.workspace }),
    buildScript: { value: script, place },
    ...made.value,
    ...(made.value.server && {
      publicFiles: tree.paths.some(path => path.startsWith(joinPath(first.root, 'public/'))),
    }),
    ...(api && { apiVariable: api }),
    ...(variables.length > 0 && { variables }),
  });
}

/** A workspace's own build script that only runs those of its members gives way to the one member that makes something. */
function withoutOrchestrators(packages: readonly PackageJson[], script: string): readonly PackageJson[] {
  const makers = packages.filter(isMaker);
  const others = packages.filter(file => !isMaker(file));
  const isOrchestrator = ({ data, scripts }: PackageJson) =>
    'workspaces' in data || OTHERS.test(String(scripts[script]));
  return makers.length === 1 && others.every(isOrchestrator) ? makers : packages;
}

/** The variable that a frontend's server reads the app's address from. What browsers are to see is not for a server. */
async function apiVariable(tree: Tree, root: string): Promise<Sourced<string> | undefined> {
  const inside = tree.paths.filter(
    path =>
      path.startsWith(joinPath(root, '')) &&
      /\.(m?[jt]s|[jt]sx)$/.test(path) &&
      !/(^|\/)(node_modules|\.next)\//.test(path),
  );
  const pattern = /process\.env\.((?!NEXT_PUBLIC_)\w*(?:API|BACKEND|UPSTREAM)\w*(?:URL|ORIGIN|BASE|HOST))\b/;
  for (const path of inside) {
    const text = (await tree.read(path)) ?? '';
    const [match, name] = pattern.exec(text) ?? [];
    if (match !== undefined && name !== undefined) return { value: name, place: placeIn({ path, text }, match) };
  }
  return undefined;
}

/** Directories of a package.json in the app's own directory, then in those around it, the nearest first. */
function rootsAround({ source, root }: Project): readonly (readonly string[])[] {
  const parts = root === '' ? [] : root.split('/');
  const around = [...parts.keys(), parts.length].reverse().map(depth => parts.slice(0, depth).join('/'));
  return around.map(directory => rootsIn(source, directory));
}

/** Where neither is one: the only directory, however deep, whose packages make a frontend, such as services/web. */
async function onlyMaker(tree: Tree): Promise<readonly string[]> {
  const paths = tree.paths.filter(
    path => /^([^/]+\/){2,3}package\.json$/.test(path) && !isForeign(path) && !isTestFile(path),
  );
  const files = await Promise.all(paths.map(path => readPackageJson(tree, path.replace(/\/package\.json$/, ''))));
  const makers = files.flatMap(({ value }) => (value && isMaker(value) ? [value.root] : []));
  return makers.length === 1 ? makers : [];
}

/** Known names of frontend directories that have a package.json, or else the directories of one at the first level. */
function rootsIn(tree: Tree, directory: string): readonly string[] {
  const roots = tree.paths
    .filter(path => path.startsWith(joinPath(directory, '')) && /(^|\/)package\.json$/.test(path))
    .map(path => path.slice(joinPath(directory, '').length))
    .filter(path => !isForeign(path))
    .map(path => path.replace(/\/?package\.json$/, ''));
  const known = ROOTS.filter(root => roots.includes(root));
  const found = known.length > 0 ? known : roots.filter(root => !root.includes('/')).sort();
  return found.map(root => (root === '' ? directory : joinPath(directory, root)));
}

function noScript(file: PackageJson | undefined, root: string, script: string) {
  const where = joinPath(root, 'package.json');
  return worded('QS406', {
    place: file ? { file: file.path } : configPlace('frontend'),
    problem: file ? `${file.path} has no script "${script}"` : `there is no ${where}`,
    expected: `a package.json with the script "${script}"`,
    fix: file
      ? 'correct frontend.script in quayside.yaml, or add the script'
      : 'correct frontend.root in quayside.yaml, or remove it',
  });
}

function twoFrontends(first: PackageJson, second: PackageJson) {
  return worded('QS402', {
    place: { file: second.path },
    problem: `both ${first.path} and ${second.path} have a build script`,
    expected: 'one frontend, or a line of configuration that names it',
    fix: `write in quayside.yaml: frontend: { root: "${first.root || '.'}" } (or "${second.root || '.'}")`,
  });
}
