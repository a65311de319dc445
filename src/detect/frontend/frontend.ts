/** Finds the Node frontend: a package.json with a build script, how its packages are locked, and what its build makes. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { installedIn, isTestFile } from '../../source/own-code.js';
import { isWithin, joinPath } from '../../source/paths.js';
import { lineAt } from '../../source/script-file.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { FrontendDefinition } from '../../support/frontends/definition.js';
import { FRONTENDS } from '../../support/frontends/index.js';
import { isSecretName } from '../../support/secret-names.js';
import type { FrontendFacts } from '../facts.js';
import { type PackageJson, placeIn, readPackageJson } from '../files/package-json.js';
import type { Project } from '../project.js';
import { globalTools } from './global-tools.js';
import { type ImageBuild, imageBuild } from './image-build.js';
import { detectNodeInstall, nodeProject } from './node-packages.js';
import { detectNodeVersion } from './node-version.js';
import { oldHashes } from './old-hashes.js';
import { detectOutput, type FrontendResult, liesInSource } from './output.js';
import { buildingScripts, calledScripts } from './scripts.js';
import { systemPackages } from './system-packages.js';
import { deploymentThatBuilds } from './unbuilt.js';
import { bakedVariables, namedVariables } from './variables.js';

/** Directories looked into, besides those that configuration names. */
const ROOTS = ['frontend', 'client', 'web', 'webapp', 'ui', 'app/frontend', 'assets', 'www', 'spa', ''];

/** Directories without a frontend of the app: what was built, and what documents or shows it. */
const NO_FRONTEND = /(^|\/)(build|dist|docs|examples)\//;

const TOOLS: readonly FrontendDefinition[] = Object.values(FRONTENDS);

/** What in a script runs the scripts of other packages. */
const OTHERS =
  /\bcd |\b(turbo|nx|lerna|wsrun)\b|--(filter|prefix|cwd|recursive|workspaces?)\b|\s-[rCw]\s|\byarn workspace/;

/** Whether a tool makes a frontend of a package, as opposed to one that only runs the scripts of others. */
function isMaker({ dependencies }: PackageJson): boolean {
  return TOOLS.some(({ makers }) => makers.some(name => dependencies.has(name)));
}

/** Finds the frontend; a finding without a value says that the app has none. */
export async function detectFrontend(project: Project): Promise<Finding<FrontendFacts>> {
  const { source: tree, config } = project;
  if (config.frontend === false) return found<FrontendFacts>(undefined);
  const configured = config.frontend ?? {};
  const places =
    configured.root === undefined
      ? [...rootsAround(project), await onlyMaker(project)]
      : [[configured.root.replace(/\/+$/, '').replace(/^\.\/?/, '')]];
  let packages: readonly PackageJson[] = [];
  let building: readonly Building[] = [];
  for (const roots of places) {
    const files = await Promise.all(roots.map(root => readPackageJson(tree, root)));
    const broken = files.flatMap(({ diagnostics }) => diagnostics);
    if (broken.length > 0) return failed(...broken);
    const here = files.flatMap(({ value }) => withCommands(value, configured.commands) ?? []);
    const read = here.map(async file => ({ file, scripts: await buildingScripts(file, configured.script) }));
    building = (await Promise.all(read)).filter(({ scripts }) => scripts.length > 0);
    if (building.length > 0 || packages.length === 0) packages = here;
    if (building.length > 0) break;
  }
  if (building.length === 0 && config.frontend === undefined) building = await builtInImage(project, packages);
  const [first, second] = preferred(building);
  if (!first)
    return config.frontend === undefined
      ? found<FrontendFacts>(undefined)
      : failed(noScript(project, packages[0], places[0]?.[0] ?? '', configured.script ?? 'build'));
  if (second) return failed(twoFrontends(first.file, second.file));
  return frontendOf(project, first);
}

/** A package that commands build in place of scripts of its own: what they do is read as that of a script would be. */
function withCommands(file: PackageJson | undefined, commands: readonly string[] | undefined): PackageJson | undefined {
  return file && commands ? { ...file, scripts: { ...file.scripts, build: commands.join(' && ') } } : file;
}

/** A package with the scripts that build it. */
interface Building {
  readonly file: PackageJson;
  readonly scripts: readonly string[];
  /** What is run in their place: commands of the app's own image. */
  readonly commands?: Sourced<readonly string[]>;
}

/** Packages without a script that builds them, of which the app's own image takes what commands of its make. */
async function builtInImage({ source }: Project, packages: readonly PackageJson[]): Promise<readonly Building[]> {
  const read = packages.map(async file => {
    const image = await imageBuild(source, file.root);
    const [command] = image?.commands ?? [];
    if (!image || !command || image.taken.length === 0) return [];
    const commands = { value: image.commands.map(({ value }) => value), place: command.place };
    const withBuild = withCommands(file, commands.value);
    return withBuild ? [{ file: withBuild, scripts: ['build'], commands }] : [];
  });
  return (await Promise.all(read)).flat();
}

/** Those with a script that is called build, where one is; without those that only run the others. */
function preferred(building: readonly Building[]): readonly Building[] {
  const named = building.filter(({ file }) => typeof file.scripts.build === 'string');
  return withoutOrchestrators(named.length > 0 ? named : building);
}

async function frontendOf(project: Project, building: Building): Promise<Finding<FrontendFacts>> {
  const { file } = building;
  const { source: tree, config } = project;
  const image = await imageBuild(tree, file.root);
  const scripts = scriptsOf(project, building, image);
  const node = await detectNodeVersion(project, file, image?.node);
  const install = await detectNodeInstall(tree, file);
  const versionOf = install.value?.versionOf ?? (() => undefined);
  const made = await detectOutput(project, { file, scripts, versionOf, image });
  if (node.value === undefined || install.value === undefined || made.value === undefined) {
    return failed(...node.diagnostics, ...install.diagnostics, ...made.diagnostics);
  }
  if (config.frontend === undefined && install.value.install.unlocked && (await isCommitted(project, made.value))) {
    return found<FrontendFacts>(undefined);
  }
  const [first = 'build', ...others] = scripts;
  const place =
    !config.frontend || config.frontend.script === undefined
      ? placeIn(file, 'scripts', first)
      : configPlace(project.origins, 'frontend.script');
  const server = made.value.server && FRONTENDS[made.value.server.value];
  const variables = await bakedVariables(tree, file.root);
  return found(
    defined({
      ...nodeProject(file.root, install.value.install, node.value),
      systemPackages: unlessEmpty(systemPackages(project, install.value.install.systemPackages, image?.packages)),
      buildScript: { value: first, place },
      commands: building.commands ?? configuredCommands(project),
      tools: building.commands ? undefined : unlessEmpty(await globalTools(tree, file, scripts)),
      moreScripts: unlessEmpty(others.map(name => ({ value: name, place: placeIn(file, 'scripts', name) }))),
      ...made.value,
      ...(await serverFacts(tree, file.root, server)),
      oldHashes: oldHashes(file, versionOf),
      variables: unlessEmpty(variables),
      ...(await inImage(project, building, image, made.value)),
    }),
  );
}

/** What builds it where the app's own image takes the result, unless the configuration says what does. */
function scriptsOf(
  { config: { frontend } }: Project,
  { file, scripts, commands }: Building,
  image: ImageBuild | undefined,
): readonly string[] {
  const isConfigured = frontend && (frontend.script !== undefined || frontend.commands !== undefined);
  if (!image || image.taken.length === 0 || commands || isConfigured) return scripts;
  const called = calledScripts(
    file,
    image.commands.map(({ value }) => value),
  );
  return called ?? scripts;
}

function configuredCommands({ config, origins }: Project): Sourced<readonly string[]> | undefined {
  const value = config.frontend ? config.frontend.commands : undefined;
  return value && { value, place: configPlace(origins, 'frontend.commands') };
}

/** What the app's own image gives the build, and where it has the result. */
async function inImage(
  { source, config }: Project,
  { file, commands }: Building,
  image: ImageBuild | undefined,
  { output, server }: FrontendResult,
): Promise<Pick<FrontendFacts, 'given' | 'placed'>> {
  if (!image) return {};
  const configured = Object.keys(config.frontend ? (config.frontend.env ?? {}) : {});
  const others = image.variables.filter(({ value: { name } }) => !configured.includes(name) && !isSecretName(name));
  const text = [...(commands?.value ?? []), JSON.stringify(file.scripts)].join('\n');
  const named = await namedVariables(
    source,
    file.root,
    others.map(({ value }) => value.name),
    text,
  );
  const placed = server ? [] : image.taken.filter(({ value: { path } }) => isWithin(path, output.value));
  return defined({
    given: unlessEmpty(others.filter(({ value }) => named.has(value.name))),
    placed: unlessEmpty(placed),
  });
}

/** Whether what a build makes lies in the source already, and nothing that deploys the app makes it anew. */
async function isCommitted(project: Project, result: FrontendResult): Promise<boolean> {
  return liesInSource(project, result) && (await deploymentThatBuilds(project)) === undefined;
}

/** What is to be known of a frontend that has a server. */
async function serverFacts(tree: Tree, root: string, definition: FrontendDefinition | undefined) {
  const { server, bakes } = definition ?? {};
  if (!server) return {};
  const publicFiles = tree.paths.some(path => path.startsWith(joinPath(root, `${server.publicDirectory}/`)));
  // Where what browsers see comes from a module of its own, the environment is the server's alone.
  const baked = bakes?.module === undefined ? bakes?.prefix : undefined;
  return defined({ publicFiles, apiVariable: await apiVariable(tree, root, server.made, baked) });
}

/** A workspace's own build script that only runs those of its members gives way to the one member that makes something. */
function withoutOrchestrators(building: readonly Building[]): readonly Building[] {
  const makers = building.filter(({ file }) => isMaker(file));
  const others = building.filter(({ file }) => !isMaker(file));
  const isOrchestrator = ({ file: { data, scripts: texts }, scripts }: Building) =>
    'workspaces' in data || scripts.every(script => OTHERS.test(String(texts[script])));
  return makers.length === 1 && others.every(isOrchestrator) ? makers : building;
}

/**
 * The variable that a frontend's server reads the app's address from. What browsers are to see is not for a server.
 * @param made directories without source
 * @param baked what the variables begin with that browsers see
 */
async function apiVariable(
  tree: Tree,
  root: string,
  made: readonly string[],
  baked: string | undefined,
): Promise<Sourced<string> | undefined> {
  const inside = tree.paths.filter(
    path =>
      path.startsWith(joinPath(root, '')) &&
      /\.(m?[jt]s|[jt]sx)$/.test(path) &&
      !path.split('/').some(part => part === 'node_modules' || made.includes(part)),
  );
  const pattern = /process\.env(?:\.|\[["'])(\w*(?:API|BACKEND|SERVER|UPSTREAM)\w*(?:URL|ORIGIN|BASE|HOST))\b/g;
  for (const path of inside) {
    const text = (await tree.read(path)) ?? '';
    const match = [...text.matchAll(pattern)].find(([, name]) => baked === undefined || !name!.startsWith(baked));
    if (match) return { value: match[1]!, place: { file: path, line: lineAt(text, match.index) } };
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
async function onlyMaker({ source: tree, root }: Project): Promise<readonly string[]> {
  const isInstalled = installedIn(tree.paths);
  // The app itself may be an example.
  const inside = (path: string) => (isWithin(path, root) ? path.slice(joinPath(root, '').length) : path);
  const isOwn = (path: string) => !isInstalled(path) && !NO_FRONTEND.test(inside(path)) && !isTestFile(path);
  const paths = tree.paths.filter(path => /^([^/]+\/){2,3}package\.json$/.test(path) && isOwn(path));
  const files = await Promise.all(paths.map(path => readPackageJson(tree, path.replace(/\/package\.json$/, ''))));
  const makers = files.flatMap(({ value }) => (value && isMaker(value) ? [value.root] : []));
  return makers.length === 1 ? makers : [];
}

/** Known names of frontend directories that have a package.json, or else the directories of one at the first level. */
function rootsIn(tree: Tree, directory: string): readonly string[] {
  const isInstalled = installedIn(tree.paths);
  const roots = tree.paths
    .filter(path => isWithin(path, directory) && /(^|\/)package\.json$/.test(path) && !isInstalled(path))
    .map(path => path.slice(joinPath(directory, '').length))
    .filter(path => !NO_FRONTEND.test(path))
    .map(path => path.replace(/\/?package\.json$/, ''));
  const known = ROOTS.filter(root => roots.includes(root));
  const found = known.length > 0 ? known : roots.filter(root => !root.includes('/')).sort();
  return found.map(root => (root === '' ? directory : joinPath(directory, root)));
}

function noScript(project: Project, file: PackageJson | undefined, root: string, script: string) {
  return file
    ? diagnose('QS406', { kind: 'no-script', path: file.path, script }, { file: file.path })
    : diagnose(
        'QS406',
        { kind: 'no-package', path: joinPath(root, 'package.json'), script },
        configPlace(project.origins, 'frontend'),
      );
}

function twoFrontends(first: PackageJson, second: PackageJson) {
  const data = { paths: [first.path, second.path], roots: [first.root, second.root] } as const;
  return diagnose('QS402', data, { file: second.path });
}
