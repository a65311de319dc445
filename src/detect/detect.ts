/** The way from a tree of files to facts about the app: what has to be known before what. */
import { publishedEnv } from '../config/image-env.js';
import { type Configured, NOT_CONFIGURED } from '../config/load.js';
import { PROCESS_NAMES } from '../config/names.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { configPlace } from '../source/config-place.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { type Finding, failed, found, reasonsOf } from '../source/finding.js';
import { resolvePath } from '../source/paths.js';
import type { Sourced } from '../source/sourced.js';
import type { Tree } from '../source/tree.js';
import type { Framework } from '../support/frameworks/index.js';
import { frameworkOf } from '../support/web-frameworks.js';
import { detectComponents } from './app/components.js';
import { composeWorkers } from './app/compose-workers.js';
import { detectDjango, unknownHost } from './app/django.js';
import { servedModules } from './app/django-settings.js';
import { detectEntry } from './app/entry-point.js';
import { givenEnvironment } from './app/environment.js';
import { detectFrameworks, detectMigrate, detectSecrets } from './app/framework.js';
import { detectHealth } from './app/health.js';
import { appName, appRoot } from './app/identity.js';
import { namedCelery } from './app/named-celery.js';
import { neededVariables } from './app/needed.js';
import { ownProgram } from './app/own-program.js';
import { detectServer, prefersAsgi } from './app/server.js';
import { allCode, findUsedCode } from './app/used-code.js';
import { configuredCommand, deployedCommand } from './app/web-process.js';
import { detectWorkers } from './app/workers.js';
import { neededSecrets, secretsFor, undeclaredSecrets } from './build-secrets.js';
import { findEnvReads } from './code/env-reads.js';
import { variablesOf } from './code/variables.js';
import { detectDatabaseFiles } from './data/database-files.js';
import { detectLogFiles } from './data/log-files.js';
import { uncompiledCatalogues } from './data/translations.js';
import { detectVolumes } from './data/volumes.js';
import type { DjangoFacts, Facts, NodeProject } from './facts.js';
import { readComposeServices } from './files/compose-services.js';
import { readDeployment } from './files/deployment.js';
import { readDockerignore } from './files/dockerignore.js';
import { readProcfile } from './files/procfile.js';
import { readWebCommand } from './files/web-command.js';
import { detectFrontend } from './frontend/frontend.js';
import { detectGateway } from './frontend/gateway.js';
import { npmCredentials } from './frontend/npm-credentials.js';
import { detectServed } from './frontend/served.js';
import { unbuiltPackages } from './frontend/unbuilt.js';
import type { Project } from './project.js';
import { groupOfTests } from './python/dependency-groups.js';
import { type IndexCredentials, indexCredentials } from './python/index-credentials.js';
import { detectNative } from './python/native.js';
import { ownPackages } from './python/own-package.js';
import { type PackageFacts, packagesFor } from './python/package-facts.js';
import { detectPackages } from './python/package-manager.js';
import { importedPkgResources } from './python/pkg-resources.js';
import { withProductionGroups } from './python/production-groups.js';
import { allowedReleaseOf, compiledPackages, detectPythonVersion } from './python/version.js';
import { readProject } from './read-project.js';
import { foreignServices } from './services/foreign-services.js';
import { migrationAddress } from './services/migration-address.js';
import { detectServices } from './services/services.js';
import { detectNodeSuites, withCommands } from './suites/node-suites.js';
import { withOwnEnv } from './suites/suite-env.js';
import { detectSuites } from './suites/suites.js';

/** Facts, or the diagnostics that stand in their way: facts are there exactly when there is no diagnostic. */
export interface Detection {
  readonly facts?: Facts;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Detects what the app is. `source` holds the app and what lies beside it, `configured` what its quayside.yaml says and
 * where the app lies (see `loadConfig`). Reads nothing else; every mistake that can be found independently of
 * others is reported at once. `pythons` are the versions of Python that can be had; default: all that are supported.
 */
export async function detect(
  source: Tree,
  configured: Configured = NOT_CONFIGURED,
  pythons?: readonly string[],
): Promise<Detection> {
  const project = await readProject(source, configured);
  if (project.value === undefined) return { diagnostics: placedIn(configured.root, project.diagnostics) };
  const { value: facts, diagnostics } = await detectIn(project.value, pythons);
  // One lock file may stand in the way of the frontend and of its tests: it is told of once.
  const texts = diagnostics.map(diagnostic => JSON.stringify(diagnostic));
  return defined({ facts, diagnostics: diagnostics.filter((_, at) => texts.indexOf(texts[at]!) === at) });
}

async function detectIn(project: Project, pythons?: readonly string[]): Promise<Finding<Facts>> {
  const packages = await findPackages(project);
  if (packages.value === undefined) return failed(...packages.diagnostics);
  const version = inApp(project, await detectPythonVersion(project, packages.value.versions, pythons));
  const app: App = { project, packages: packagesFor(packages.value, version.value?.value) };
  const independent = { version, ...(await findIndependent(app, version.value?.value)) };
  const [framework] = independent.frameworks.value ?? [];
  if (!independent.frameworks.value) return failed(...reasonsOf(independent));
  const serving = await findServing(app, independent, framework?.value);
  const reasons = [...reasonsOf(independent), ...reasonsOf(serving)];
  return reasons.length > 0 ? failed(...reasons) : gatherFacts(app, independent, serving);
}

/** What everything else is found with. */
interface App {
  readonly project: Project;
  readonly packages: PackageFacts;
}

async function findPackages(project: Project): Promise<Finding<PackageFacts>> {
  const listed = await detectPackages(project);
  return inApp(project, listed.value === undefined ? listed : await withProductionGroups(project, listed.value));
}

/** What can be found without knowing which object serves requests, in the order in which it is asked about. */
async function findIndependent({ project, packages }: App, python: string | undefined) {
  const frontend = await detectFrontend(project);
  const nodeSuites = await detectNodeSuites(project, frontend.value);
  const namesInNode = nodeSuites.value?.map(({ name }) => name);
  return {
    suites: inApp(project, await detectSuites({ project, packages, inNode: namesInNode, python })),
    ...(await findStarted({ project, packages })),
    frontend,
    nodeSuites,
    gateway: await detectGateway(project),
    credentials: await findCredentials({ project, packages }, [
      ...(frontend.value ? [frontend.value] : []),
      ...(nodeSuites.value ?? []).map(suite => suite.project),
    ]),
  };
}

/** Who package indexes are asked as; a credential that nobody declared is a question. */
async function findCredentials({ project, packages }: App, projects: readonly NodeProject[]) {
  const python = await indexCredentials(project, packages);
  const node = await npmCredentials(project.source, projects);
  const questions = [
    ...placedIn(project.root, undeclaredSecrets(python.named, project)),
    ...undeclaredSecrets(node, project),
  ];
  if (questions.length > 0) return failed<Credentials>(...questions);
  const names = node.flatMap(credential => (credential.kind === 'variable' ? [credential.name] : []));
  return found<Credentials>({ python, node: [...new Set(names)] });
}

/** What indexes of Python packages are asked with, and the variables that the settings of Node's package managers name. */
interface Credentials {
  readonly python: IndexCredentials;
  readonly node: readonly string[];
}

/** The framework, and the command that starts the app where nothing is to be known of one. */
async function findStarted({ project, packages }: App) {
  const frameworks = detectFrameworks(packages.dependencies, declaredIn({ project, packages }));
  const [expected] = frameworks.value ?? [];
  const web = await readWebCommand(project.tree);
  const preferAsgi = prefersAsgi(packages.dependencies);
  const started =
    configuredCommand(project) ??
    (expected
      ? await ownProgram({ project, expected: expected.value, preferAsgi, web })
      : await deployedCommand(project));
  return { started: found(started), frameworks: started && !frameworks.value ? found([]) : inApp(project, frameworks) };
}

type Independent = Awaited<ReturnType<typeof findIndependent>> & { readonly version: Finding<Sourced<string>> };

/** What serves requests, and what that needs. Where there is no such object, what it needs is asked about all the same. */
async function findServing({ project, packages }: App, independent: Independent, expected: Framework | undefined) {
  const { dependencies, versions } = packages;
  const web = await readWebCommand(project.tree);
  const procfile = await readProcfile(project.tree);
  const compose = await readComposeServices(project);
  const deployment = await readDeployment(project);
  const started = independent.started.value;
  const entry =
    started || expected === undefined
      ? nothing
      : await detectEntry({ project, expected, preferAsgi: prefersAsgi(dependencies), web });
  const starts = { entry: entry.value?.entry.value, command: started?.command.value };
  const code = entry.value || started ? await findUsedCode(project, starts) : allCode(project);
  const { used } = code;
  const reads = findEnvReads(used.modules);
  const framework = entry.value?.framework ?? expected;
  const served = servedModules(used, entry.value?.entry.value.settings?.value);
  const services = detectServices({
    project: used,
    served,
    dependencies,
    sqlalchemy: versions.get('sqlalchemy')?.value,
    reads,
    framework,
    compose,
    deployment,
    procfile,
  });
  const python = independent.version.value?.value;
  const context = entry.value && { project, entry: entry.value.entry, dependencies, versions, web, python };
  const server = context ? await detectServer(context) : nothing;
  const workers =
    context && server.value ? detectWorkers(context, server.value, services.value?.services ?? []) : nothing;
  const frontend = (entry.value ?? (started && expected)) && independent.frontend.value;
  const hasSettings = (entry.value || started) && frameworkOf(framework).settingsVariable !== undefined;
  const sources = { project, used, gateway: independent.gateway.value };
  const django = hasSettings ? await detectDjango(sources, entry.value?.entry.value, reads) : undefined;
  return {
    framework: found(framework),
    served: frontend && framework ? detectServed(used, framework, frontend, dependencies) : nothing,
    entry: inApp(project, entry),
    server: inApp(project, server),
    workers: inApp(project, workers),
    services: inApp(project, services),
    foreign: inApp(project, foreignServices({ project: used, served, dependencies, reads })),
    django: inApp(project, reachable(project, django, independent)),
    code: found(code),
    reads: found(reads),
    deployment: found(deployment),
    procfile: found(procfile),
  };
}

type Serving = Awaited<ReturnType<typeof findServing>>;

const nothing: Finding<never> = { diagnostics: [] };

/** Django's part, unless browser tests call the site by a name that it does not answer to. */
function reachable(
  { config }: Project,
  django: DjangoFacts | undefined,
  { suites, nodeSuites, gateway }: Independent,
): Finding<DjangoFacts> {
  const isOpened = [...(suites.value ?? []), ...(nodeSuites.value ?? [])].some(({ name }) => name === 'e2e');
  // With the app's nginx in front, that decides which of the names the app gets to see.
  const isBehindOurs = django?.unserved !== undefined && config.gateway !== false;
  const own = gateway.value ? [PROCESS_NAMES.app, PROCESS_NAMES.gateway] : [PROCESS_NAMES.app];
  const names = isBehindOurs ? [PROCESS_NAMES.gateway] : own;
  const unknown = django && isOpened ? unknownHost(django, names) : undefined;
  return unknown ? failed(unknown) : found(django);
}

/** The app's packages whose versions have no wheels for its Python, each where its version is named. */
async function compiledOf({ project, packages }: App, python: string): Promise<readonly Sourced<string>[]> {
  const compiled = await compiledPackages(project, packages.versions);
  return compiled(python).flatMap(name => {
    const version = packages.versions.get(name);
    return version ? [{ value: name, place: version.place }] : [];
  });
}

/** All facts of an app about which there is no question left but what runs beside its web server. */
async function gatherFacts(app: App, independent: Independent, serving: Serving) {
  const { project, packages } = app;
  const { versions: _, pins: __, tools: ___, builds, ...managed } = packages;
  const { dependencies } = packages;
  const started = independent.started.value;
  const entry = serving.entry.value?.entry;
  const server = serving.server.value;
  const framework = serving.framework.value;
  const [{ services, absent }, suites] = [certain(serving.services), certain(independent.suites)];
  const [reads, procfile] = [certain(serving.reads), certain(serving.procfile)];
  const { used, reached } = certain(serving.code);
  const deployment = certain(serving.deployment);
  const { python: indexes, node: namesInNode } = certain(independent.credentials);
  const declared = neededSecrets(project, indexes.named);
  const ofNode = new Set(namesInNode);
  const givenNode = defined({
    secrets: unlessEmpty(secretsFor(declared, ofNode, indexes.variables)),
    namedVariables: unlessEmpty(namesInNode),
  });
  const components = detectComponents(project, dependencies, services, {
    procfile,
    inCompose: await composeWorkers(project),
    celery: await namedCelery(project),
  });
  if (components.value === undefined) return inApp(project, failed<Facts>(...components.diagnostics));
  const hostsVariable = serving.django.value?.hosts ? [serving.django.value.hosts.value] : [];
  const imagesVariables = Object.values(project.config.services?.own ?? {}).map(({ variable }) => variable);
  const others = [...Object.keys(project.config.env ?? {}), ...hostsVariable, ...imagesVariables];
  const environment = givenEnvironment({ deployment, reads, services, framework, others });
  const frontend = independent.frontend.value && {
    ...independent.frontend.value,
    ...serving.served.value,
    ...givenNode,
  };
  const inNode = (independent.nodeSuites.value ?? []).map(suite => ({
    ...suite,
    project: { ...suite.project, ...givenNode },
  }));
  const migrate = await detectMigrate(project, dependencies, procfile.get('release'));
  const namesInPython = suites.map(({ name }) => name);
  const [version, frameworks] = [certain(independent.version), certain(independent.frameworks)];
  return found<Facts>(
    defined({
      name: appName(project, entry?.value.module),
      root: appRoot(project, declaredIn({ project, packages })),
      packages: unlessEmpty(await ownPackages(project)),
      python: defined({
        version,
        release: allowedReleaseOf(project, version.value),
        ...managed,
        packageRoot: project.packageRoot,
        secrets: unlessEmpty(secretsFor(declared, indexes.variables, ofNode)),
        indexes: indexes.indexes,
        openIndexes: indexes.open,
        devGroup: groupOfTests(dependencies),
        pkgResources: importedPkgResources(used.modules, dependencies),
      }),
      framework: frameworks.find(({ value }) => value === framework) ?? frameworks[0],
      entry,
      server: server?.server,
      started,
      brought: unlessEmpty(server?.brought),
      workers: unlessEmpty(serving.workers.value),
      health: detectHealth(used),
      frontend,
      services,
      absentServices: unlessEmpty([...absent, ...certain(serving.foreign)]),
      components: unlessEmpty(components.value),
      databaseFiles: unlessEmpty(detectDatabaseFiles(used, services)),
      logFiles: unlessEmpty(detectLogFiles(used)),
      volumes: unlessEmpty(
        await detectVolumes(used, { reads, given: deployment.variables, command: started?.command }),
      ),
      dockerignore: await readDockerignore(project.tree),
      migrate,
      migrationAddress: await migrationAddress(project, migrate, services),
      django: serving.django.value,
      secrets: detectSecrets(reads),
      variables: variablesOf(reads),
      needed: unlessEmpty(
        neededVariables({
          modules: used.modules,
          reached,
          reads,
          framework,
          services,
          environment,
          others: [...Object.keys(publishedEnv(project.config)), ...hostsVariable, ...imagesVariables],
        }),
      ),
      environment: unlessEmpty(environment),
      native: detectNative(used, dependencies, builds, await compiledOf(app, version.value)),
      gateway: independent.gateway.value,
      translations: uncompiledCatalogues(project),
      buildCommands: buildCommands(project),
      unbuilt: unlessEmpty(await unbuiltPackages(project, { frontend, nodeSuites: inNode })),
      suites: withOwnEnv(suites, services, others),
      nodeSuites: unlessEmpty(withCommands(inNode, project, namesInPython)),
    }),
  );
}

/** What every app has by then: the reasons for its absence would have been told already. */
function certain<T>({ value }: Finding<T>): T {
  if (value === undefined) throw new Error('facts are gathered of an app that has not been understood');
  return value;
}

/** Commands that nothing but the configuration knows. */
function buildCommands({ config, origins }: Project): Facts['buildCommands'] {
  const value = config.build?.commands;
  return value && { value, place: configPlace(origins, 'build.commands') };
}

/** The file that declares the app's dependencies. */
function declaredIn({ project, packages }: App): string {
  return project.pyproject?.path ?? packages.requirements?.main.value ?? 'pyproject.toml';
}

/** A finding about files of the app's directory, which are named by their paths in the source when there is a question. */
function inApp<T>({ root }: Project, finding: Finding<T>): Finding<T> {
  return finding.value === undefined ? failed(...placedIn(root, finding.diagnostics)) : finding;
}

function placedIn(root: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map(diagnostic =>
    diagnostic.place === undefined || diagnostic.place.key !== undefined
      ? diagnostic
      : { ...diagnostic, place: { ...diagnostic.place, file: resolvePath(root, diagnostic.place.file) } },
  );
}
