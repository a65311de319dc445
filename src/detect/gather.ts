/** From what was found of an app to its facts. */
import { publishedEnv } from '../config/image-env.js';
import { configPlace } from '../source/config-place.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { type Finding, failed, found } from '../source/finding.js';
import { isWithin, joinPath, relativePath } from '../source/paths.js';
import type { Sourced } from '../source/sourced.js';
import { isEnded } from '../support/known-pythons.js';
import { withChosenSettings } from './app/chosen-environment.js';
import { detectComponents } from './app/components.js';
import { composeWorkers } from './app/compose-workers.js';
import { givenEnvironment, unsetVariables } from './app/environment.js';
import { firstTables } from './app/first-tables.js';
import { detectMigrate, detectSecrets } from './app/framework.js';
import { detectHealth } from './app/health.js';
import { appName, appRoot, isCommonName } from './app/identity.js';
import { loadedVariables } from './app/loaded-variables.js';
import { tablesOfProgram } from './app/main-block.js';
import { namedCelery } from './app/named-celery.js';
import { neededVariables } from './app/needed.js';
import { withSeeds } from './app/seeds.js';
import { supervisedWorkers } from './app/supervised-workers.js';
import { unchosenConfigs } from './app/unchosen-config.js';
import { neededSecrets, secretsFor } from './build-secrets.js';
import { variablesOf } from './code/variables.js';
import { detectDatabaseFiles } from './data/database-files.js';
import { detectLogFiles } from './data/log-files.js';
import { settingsDatabases } from './data/settings-databases.js';
import { uncompiledCatalogues } from './data/translations.js';
import { detectVolumes } from './data/volumes.js';
import type { Facts } from './facts.js';
import { seenFromApp } from './files/compose.js';
import { readDockerignore } from './files/dockerignore.js';
import { readPlatformFile } from './files/platform-files.js';
import { unbuiltPackages } from './frontend/unbuilt.js';
import { type App, declaredIn, inApp } from './in-app.js';
import type { Credentials, Independent } from './independent.js';
import type { Project } from './project.js';
import { withContainers } from './python/container-packages.js';
import { groupOfTests } from './python/dependency-groups.js';
import { endedPython } from './python/ended.js';
import { importedPackages } from './python/imported-packages.js';
import { namelessProject } from './python/nameless.js';
import { detectNative, nativeOfTests } from './python/native.js';
import { ownPackages } from './python/own-package.js';
import { importedPkgResources } from './python/pkg-resources.js';
import { allowedReleaseOf, compiledPackages } from './python/version.js';
import { migrationAddress } from './services/migration-address.js';
import { detectSqlite } from './services/optional.js';
import type { Serving } from './serving.js';
import { withBrowserEnv } from './suites/browser-env.js';
import { besideFrontend, withCommands } from './suites/node-suites.js';
import { withOwnEnv } from './suites/suite-env.js';

/** All facts of an app about which there is no question left but what runs beside its web server. */
export async function gatherFacts(app: App, independent: Independent, serving: Serving): Promise<Finding<Facts>> {
  const { project, packages } = app;
  const { dependencies } = packages;
  const [{ services, absent }, suites] = [certain(serving.services), certain(independent.suites)];
  const [reads, procfile, deployment] = [
    certain(serving.reads),
    certain(serving.procfile),
    certain(serving.deployment),
  ];
  const platform = await readPlatformFile(project.tree);
  const { used } = certain(serving.code);
  const components = detectComponents(project, dependencies, services, {
    procfile,
    inCompose: await composeWorkers(project),
    supervised: await supervisedWorkers(project),
    told: platform.processes,
    celery: await namedCelery(project),
  });
  if (components.value === undefined) return inApp(project, failed<Facts>(...components.diagnostics));

  const secrets = secretsOfBuild(project, certain(independent.credentials));
  const [framework, frameworks] = [serving.framework.value, certain(independent.frameworks)];
  const [entry, server, started] = [serving.entry.value?.entry, serving.server.value, independent.started.value];
  const elsewhere = givenElsewhere(project, serving);
  const others = [...Object.keys(project.config.env ?? {}), ...elsewhere];
  const given = { deployment, reads, services, framework, others };
  const environment = await withChosenSettings(project, {
    settings: publishedEnv(project.config).DJANGO_SETTINGS_MODULE ?? entry?.value.settings?.value,
    reads,
    environment: givenEnvironment(given),
    others,
  });
  const frontend = independent.frontend.value && {
    ...independent.frontend.value,
    ...serving.served.value,
    ...secrets.node,
    ...(holdsCode(project, independent.frontend.value.root) ? { hasCode: true as const } : {}),
  };
  const nodeSuites = (independent.nodeSuites.value ?? []).map(suite => ({
    ...suite,
    project: { ...suite.project, ...secrets.node },
  }));
  const name = await appName(project, entry?.value.module);
  const ownMigrate = await detectMigrate(
    project,
    dependencies,
    procfile.get('release') ?? procfile.get('postdeploy') ?? platform.processes.get('release'),
  );
  const nameless = namelessProject(project.pyproject, packages.packageManager.value);
  const needed = neededVariables({
    modules: used.modules,
    reached: certain(serving.code).reached,
    reads,
    framework,
    services,
    environment,
    others: [...Object.keys(publishedEnv(project.config)), ...elsewhere, ...(await loadedVariables(project))],
  });
  const appSecrets = detectSecrets(reads);
  const ofApp = [
    ...[...needed, ...environment].map(({ name: variable }) => variable),
    ...appSecrets.map(({ value }) => value),
  ];
  const address = await migrationAddress(project, ownMigrate, services);
  // One at another address is run by a program of ours, which runs nothing else.
  const migrate = address ? ownMigrate : await withSeeds(project, ownMigrate);
  const isSettled = migrate !== undefined || project.config.migrate !== undefined;
  const mainBlock = isSettled ? undefined : tablesOfProgram(project);
  const inSettings = await settingsDatabases(used);
  const databaseFiles = detectDatabaseFiles(used, services, reads, inSettings);
  const volumes = await detectVolumes(used, {
    reads,
    given: deployment.variables,
    command: started?.command,
    inSettings,
  });
  const place = { services, files: databaseFiles, volumes };
  const first = isSettled || mainBlock ? undefined : firstTables(used, dependencies, place);
  return found<Facts>(
    defined({
      name,
      commonName: isCommonName(project, name) || undefined,
      root: appRoot(project, declaredIn(app)),
      packages: unlessEmpty(await ownPackages(project)),
      python: { ...pythonFacts(app, independent, used.modules), ...secrets.python },
      framework: frameworks.find(({ value }) => value === framework) ?? frameworks[0],
      entry,
      server: server?.server,
      started,
      brought: unlessEmpty(server?.brought),
      workers: unlessEmpty(serving.workers.value),
      health: await detectHealth(used, framework),
      frontend,
      services,
      absentServices: unlessEmpty([...absent, ...certain(serving.foreign)]),
      components: unlessEmpty(components.value),
      databaseFiles: unlessEmpty(databaseFiles),
      sqlite: detectSqlite(used.modules, services),
      logFiles: unlessEmpty(detectLogFiles(used)),
      volumes: unlessEmpty(volumes),
      dockerignore: await readDockerignore(project.tree),
      migrate: migrate ?? first ?? (mainBlock && { ...mainBlock, value: ['python', mainBlock.place.file] }),
      migrationAddress: address,
      mainBlock,
      django: serving.django.value,
      secrets: appSecrets,
      variables: variablesOf(reads),
      needed: unlessEmpty(needed),
      environment: unlessEmpty(environment),
      unset: unlessEmpty([
        ...unsetVariables(given),
        ...unchosenConfigs(used.modules, reads, [...others, ...environment.map(({ name: variable }) => variable)]),
      ]),
      native: await withContainers(
        project,
        detectNative(used, {
          dependencies,
          versions: packages.versions,
          builds: packages.builds,
          compiled: await compiledOf(app, certain(independent.version)),
        }),
      ),
      nativeOfTests: unlessEmpty(
        nativeOfTests(
          dependencies,
          packages.builds ?? new Map(),
          suites.flatMap(({ groups = [] }) => groups),
        ),
      ),
      gateway: independent.gateway.value,
      translations: uncompiledCatalogues(project),
      copies: unlessEmpty(copiesOf(project)),
      buildCommands: buildCommands(project),
      unbuilt: unlessEmpty(await unbuiltPackages(project, { frontend, nodeSuites })),
      warnings: unlessEmpty([...certain(serving.warnings), ...(nameless ? [nameless] : [])]),
      suites: withOwnEnv(suites, services, others),
      nodeSuites: unlessEmpty(
        withCommands(
          await Promise.all(
            nodeSuites.map(suite =>
              withBrowserEnv(besideFrontend(suite, frontend), { source: project.source, services, ofApp }),
            ),
          ),
          project,
          suites.map(({ name }) => name),
        ),
      ),
    }),
  );
}

/** What there is to know of Python and its packages, but for secrets of the build. */
function pythonFacts({ project, packages }: App, independent: Independent, modules: Project['modules']) {
  const { versions: _, pins: __, tools: ___, builds: ____, ...managed } = packages;
  const version = certain(independent.version);
  const { indexes, open } = certain(independent.credentials).python;
  return defined({
    version,
    ended: endedPython(version, packages.versions),
    release: allowedReleaseOf(project, version.value),
    ...managed,
    packageRoot: project.packageRoot,
    indexes,
    openIndexes: open,
    devGroup: groupOfTests(packages.dependencies),
    imports: unlessEmpty(importedPackages(modules)),
    pkgResources: importedPkgResources(modules, packages.dependencies),
  });
}

/** The secrets of the build: those that Python's packages are installed with, and those of Node's. */
function secretsOfBuild(project: Project, { python, node }: Credentials) {
  const declared = neededSecrets(project, python.named);
  const inNode = new Set(node);
  return {
    python: defined({ secrets: unlessEmpty(secretsFor(declared, python.variables, inNode)) }),
    node: defined({
      secrets: unlessEmpty(secretsFor(declared, inNode, python.variables)),
      namedVariables: unlessEmpty(node),
    }),
  };
}

/** Variables whose values come from the site's names and from images that the configuration runs. */
function givenElsewhere({ config }: Project, { django }: Serving): readonly string[] {
  const hosts = django.value?.hosts ? [django.value.hosts.value] : [];
  return [...hosts, ...Object.values(config.services?.own ?? {}).map(({ variable }) => variable)];
}

/** The app's packages whose versions have no wheels for its Python, each where its version is named. */
/** Whether modules of the app lie in a directory of the source. */
function holdsCode({ modules, root }: Project, directory: string): boolean {
  return modules.some(({ path, isTest }) => !isTest && isWithin(joinPath(root, path), directory));
}

async function compiledOf({ project, packages }: App, python: Sourced<string>): Promise<readonly Sourced<string>[]> {
  const compiled = await compiledPackages(project, packages.versions);
  const named = compiled(python.value).flatMap(name => {
    const version = packages.versions.get(name);
    return version ? [{ value: name, place: version.place }] : [];
  });
  // What they need in turn is in no list, and when that was current few packages had wheels.
  return isEnded(python.value)
    ? [...named, { value: `packages of the time of ${python.value}`, place: python.place }]
    : named;
}

/** What every app has by then: the reasons for its absence would have been told already. */
function certain<T>({ value }: Finding<T>): T {
  if (value === undefined) throw new Error('facts are gathered of an app that has not been understood');
  return value;
}

/** The copies of files in the app's directory. */
function copiesOf({ copies = [], root }: Project): NonNullable<Facts['copies']> {
  return copies
    .filter(({ from, to }) => isWithin(from, root) && isWithin(to, root))
    .map(({ from, to, place, why }) =>
      defined({
        value: relativePath(root, to),
        from: relativePath(root, from),
        place: seenFromApp({ root }, place),
        why,
      }),
    );
}

/** Commands that nothing but the configuration knows. */
function buildCommands({ config, origins }: Project): Facts['buildCommands'] {
  const value = config.build?.commands;
  return value && { value, place: configPlace(origins, 'build.commands') };
}
