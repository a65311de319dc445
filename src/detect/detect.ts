/** The way from a tree of files to facts about the app. */

import { type Configured, NOT_CONFIGURED } from '../config/load.js';
import { PROCESS_NAMES } from '../config/names.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { configPlace } from '../source/config-place.js';
import { joinPath, resolvePath } from '../source/paths.js';
import type { Sourced } from '../source/sourced.js';
import { stringAt } from '../source/toml-file.js';
import { tomlPlace } from '../source/toml-place.js';
import type { Tree } from '../source/tree.js';
import { frameworkOf } from '../support/web-frameworks.js';
import { detectComponents } from './app/components.js';
import { detectDjango, unknownHost } from './app/django.js';
import { detectEntry } from './app/entry-point.js';
import { detectFrameworks, detectMigrate, detectSecrets } from './app/framework.js';
import { detectHealth } from './app/health.js';
import { detectServer, prefersAsgi } from './app/server.js';
import { detectWorkers } from './app/workers.js';
import { findEnvReads } from './code/env-reads.js';
import { detectDatabaseFiles } from './data/database-files.js';
import { detectVolumes } from './data/volumes.js';
import type { Facts, GatewayFacts, PythonFacts } from './facts.js';
import { readComposeServices } from './files/compose-services.js';
import { readDockerignore } from './files/dockerignore.js';
import { readProcfile, readWebCommand } from './files/procfile.js';
import { detectFrontend } from './frontend/frontend.js';
import { detectGateway } from './frontend/gateway.js';
import { detectServed } from './frontend/served.js';
import type { Project } from './project.js';
import { detectNative } from './python/native.js';
import { detectPackages } from './python/package-manager.js';
import { withProductionGroups } from './python/production-groups.js';
import { detectPythonVersion } from './python/version.js';
import { readProject } from './read-project.js';
import { foreignServices } from './services/foreign-services.js';
import { detectServices } from './services/services.js';
import { detectNodeSuites, withCommands } from './suites/node-suites.js';
import { detectSuites } from './suites/suites.js';

/** Facts, or the diagnostics that stand in their way: facts are there exactly when there is no diagnostic. */
export interface Detection {
  readonly facts?: Facts;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Detects what the app is. `source` holds the app and what lies beside it, `configured` what its quayside.yaml says and
 * where the app lies (see `loadConfig`). Reads nothing else; every mistake that can be found independently of
 * others is reported at once.
 */
export async function detect(source: Tree, configured: Configured = NOT_CONFIGURED): Promise<Detection> {
  const project = await readProject(source, configured);
  if (project.value === undefined) return { diagnostics: placedIn(configured.root, project.diagnostics) };
  const { diagnostics, ...detected } = await detectIn(project.value);
  // One lock file may stand in the way of the frontend and of its tests: it is told of once.
  const texts = diagnostics.map(found => JSON.stringify(found));
  return { ...detected, diagnostics: diagnostics.filter((_, at) => texts.indexOf(texts[at]!) === at) };
}

async function detectIn(project: Project): Promise<Detection> {
  const listed = await detectPackages(project);
  const packages = listed.value === undefined ? listed : withProductionGroups(project, listed.value);
  if (packages.value === undefined) return { diagnostics: placedIn(project.root, packages.diagnostics) };
  const { versions, builds, ...managed } = packages.value;
  const { dependencies } = managed;
  const declaredIn = project.pyproject?.path ?? managed.requirements?.main.value ?? 'pyproject.toml';

  const version = await detectPythonVersion(project, versions);
  const frontend = await detectFrontend(project);
  const nodeSuites = await detectNodeSuites(project, frontend.value);
  const suites = detectSuites(
    project,
    packages.value,
    nodeSuites.value?.map(({ name }) => name),
  );
  const gateway = await detectGateway(project);
  const frameworks = detectFrameworks(dependencies, declaredIn);
  const [framework] = frameworks.value ?? [];
  const ofApp = [version, suites, frameworks].flatMap(({ diagnostics }) => diagnostics);
  const around = [frontend, nodeSuites, gateway].flatMap(({ diagnostics }) => diagnostics);
  const independent = [...placedIn(project.root, ofApp), ...around];
  if (!framework) return { diagnostics: independent };

  const procfile = await readProcfile(project.tree);
  const web = await readWebCommand(project.tree);
  const preferAsgi = prefersAsgi(dependencies);
  const entry = await detectEntry({ project, expected: framework.value, preferAsgi, web });
  const reads = findEnvReads(project.modules);
  const django =
    entry.value && frameworkOf(entry.value.framework).settingsVariable
      ? await detectDjango(project, entry.value.entry.value, reads)
      : undefined;
  const hasBrowserTests = [...(suites.value ?? []), ...(nodeSuites.value ?? [])].some(({ name }) => name === 'e2e');
  const unknown = django && hasBrowserTests ? unknownHost(django, namesOfApp(gateway.value)) : undefined;
  const compose = await readComposeServices(project);
  const services = detectServices({
    project,
    dependencies,
    reads,
    framework: entry.value?.framework ?? framework.value,
    compose,
    procfile,
  });
  const serving = entry.value && { project, entry: entry.value.entry, dependencies, versions, web };
  const server = serving && detectServer(serving);
  const workers = serving && server?.value && detectWorkers(serving, server.value, services.value ?? []);
  const served =
    entry.value && frontend.value && detectServed(project, entry.value.framework, frontend.value, dependencies);
  const diagnostics = [
    ...independent,
    ...(served?.diagnostics ?? []),
    ...placedIn(project.root, [
      ...[entry, server, workers, services].flatMap(finding => finding?.diagnostics ?? []),
      ...foreignServices(project, dependencies, reads),
      ...(unknown ? [unknown] : []),
    ]),
  ];
  if (!version.value || !suites.value || !services.value || !entry.value || !server?.value || diagnostics.length > 0) {
    return { diagnostics };
  }

  const components = detectComponents(project, dependencies, services.value, procfile);
  if (components.value === undefined) return { diagnostics: placedIn(project.root, components.diagnostics) };
  const volumes = await detectVolumes(project, reads);
  const databaseFiles = detectDatabaseFiles(project, services.value);
  const dockerignore = await readDockerignore(project.tree);
  const health = detectHealth(project);
  const migrate = await detectMigrate(project, dependencies, procfile.get('release'));
  const devGroup = groupOfTests(managed);
  const chosen = frameworks.value?.find(({ value }) => value === entry.value?.framework) ?? framework;
  const inNode = withCommands(
    nodeSuites.value ?? [],
    project,
    suites.value.map(({ name }) => name),
  );
  const facts: Facts = {
    name: appName(project, entry.value.entry.value.module),
    ...(project.root !== '' && { root: appRoot(project, declaredIn) }),
    python: {
      version: version.value,
      ...managed,
      ...(project.packageRoot && { packageRoot: project.packageRoot }),
      ...(devGroup && { devGroup }),
    },
    framework: chosen,
    entry: entry.value.entry,
    server: server.value,
    ...(workers?.value && Object.keys(workers.value).length > 0 && { workers: workers.value }),
    ...(health && { health }),
    ...(frontend.value && { frontend: { ...frontend.value, ...served?.value } }),
    services: services.value,
    ...(components.value.length > 0 && { components: components.value }),
    ...(databaseFiles.length > 0 && { databaseFiles }),
    ...(volumes.length > 0 && { volumes }),
    ...(dockerignore && { dockerignore }),
    ...(migrate && { migrate }),
    ...(django && { django }),
    secrets: detectSecrets(reads),
    native: detectNative(project, dependencies, builds),
    ...(gateway.value && { gateway: gateway.value }),
    suites: suites.value,
    ...(inNode.length > 0 && { nodeSuites: inNode }),
  };
  return { facts, diagnostics: [] };
}

/** Diagnostics about files of the app's directory, which are named by their paths in the source. */
function placedIn(root: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map(found =>
    found.place === undefined || found.place.key !== undefined
      ? found
      : { ...found, place: { ...found.place, file: resolvePath(root, found.place.file) } },
  );
}

function appRoot({ config, origins, root, workspace }: Project, declaredIn: string): Sourced<string> {
  const { member } = workspace ?? {};
  if (member) return { ...member, value: root, place: { ...member.place, file: joinPath(root, member.place.file) } };
  return config.root === undefined
    ? { value: root, place: { file: joinPath(root, declaredIn) }, why: 'the one directory with a web app' }
    : { value: root, place: configPlace(origins, 'root') };
}

/** The names that browser tests call the app by; with its nginx in front, that decides which of them the app gets to see. */
function namesOfApp(gateway: GatewayFacts | undefined): readonly string[] {
  return gateway ? [PROCESS_NAMES.app, PROCESS_NAMES.gateway] : [PROCESS_NAMES.app];
}

/** The group that pytest is declared in, else the one named dev. */
function groupOfTests({ dependencies }: Pick<PythonFacts, 'dependencies'>): Sourced<string> | undefined {
  const member =
    dependencies.find(({ name, groupName }) => name === 'pytest' && groupName !== undefined) ??
    dependencies.find(({ groupName }) => groupName === 'dev');
  return member?.groupName === undefined ? undefined : { value: member.groupName, place: member.place };
}

function appName({ config, origins, pyproject, modules }: Project, entryModule: string): Sourced<string> {
  if (config.name !== undefined) return { value: config.name, place: configPlace(origins, 'name') };
  for (const path of [
    ['project', 'name'],
    ['tool', 'poetry', 'name'],
  ]) {
    const name = pyproject && stringAt(pyproject.data, ...path);
    if (!pyproject || name === undefined) continue;
    return { value: imageName(name), place: tomlPlace(pyproject, ...path) };
  }
  const path = modules.find(({ name }) => name === entryModule)?.path ?? 'requirements.txt';
  return { value: imageName(entryModule.split('.')[0]!), place: { file: path }, why: "the entry point's package" };
}

/** A name as image names are: lower case, single separators inside. */
function imageName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'app'
  );
}
