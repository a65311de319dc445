/** What serves the requests of an app, and what that needs. */
import { PROCESS_NAMES } from '../config/names.js';
import { type Finding, failed, found } from '../source/finding.js';
import type { Framework } from '../support/frameworks/index.js';
import { frameworkOf } from '../support/web-frameworks.js';
import { detectDjango, unknownHost } from './app/django.js';
import { servedModules, settingsInUse } from './app/django-settings.js';
import { detectEntry } from './app/entry-point.js';
import { argumentsAtImport } from './app/import-arguments.js';
import { withOlderProtocol } from './app/older-protocol.js';
import { detectServer, prefersAsgi } from './app/server.js';
import { allCode, findUsedCode } from './app/used-code.js';
import { detectWorkers } from './app/workers.js';
import { findEnvReads } from './code/env-reads.js';
import type { DjangoFacts, Warning } from './facts.js';
import { readComposeServices } from './files/compose-services.js';
import { deployedServer, deployedServers, withServerVariables } from './files/deployed-server.js';
import { readDeployment } from './files/deployment.js';
import { readProcfile } from './files/procfile.js';
import { readWebCommand } from './files/web-command.js';
import { detectServed } from './frontend/served.js';
import { type App, inApp } from './in-app.js';
import type { Independent } from './independent.js';
import type { Project } from './project.js';
import { foreignServices } from './services/foreign-services.js';
import { literalLogins } from './services/literal-logins.js';
import { enginesWithoutDriver } from './services/named-engines.js';
import { detectServices } from './services/services.js';

/** What serves requests and what that needs, each with the questions that stand in its way. */
export type Serving = Awaited<ReturnType<typeof findServing>>;

/** What serves requests, and what that needs. Where there is no such object, what it needs is asked about all the same. */
export async function findServing(
  { project, packages }: App,
  independent: Independent,
  expected: Framework | undefined,
) {
  const { dependencies, versions } = packages;
  const own = await readWebCommand(project.tree);
  const procfile = await readProcfile(project.tree);
  const compose = await readComposeServices(project);
  const deployment = await readDeployment(project);
  const web = await withServerVariables(own ?? (await deployedServer(project)), deployment);
  const started = independent.started.value;
  const detected =
    started || expected === undefined
      ? nothing
      : await detectEntry({
          project,
          expected,
          preferAsgi: prefersAsgi(dependencies),
          web: own,
          deployed: own ? [] : await deployedServers(project),
        });
  const entry = detected.value
    ? { ...detected, value: await withOlderProtocol(project, packages, detected.value) }
    : detected;
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
  const sources = { project, used, gateway: independent.gateway.value, dependencies };
  const django = hasSettings ? await detectDjango(sources, entry.value?.entry.value, reads) : undefined;
  const settings = settingsInUse(used, entry.value?.entry.value.settings?.value);
  const argumentsRead = entry.value && argumentsAtImport(entry.value.entry.value.module, used.modules);
  const warnings: readonly Warning[] = [
    // All modules are those of settings where it is not known which are in use.
    ...(hasSettings && settings !== used.modules ? enginesWithoutDriver(settings, packages) : []),
    ...literalLogins(services.value?.services ?? [], used.modules),
    ...(argumentsRead ? [{ ...argumentsRead, key: 'server.command' }] : []),
  ];
  return {
    framework: found(framework),
    served: frontend && framework ? await detectServed(used, framework, frontend, dependencies) : nothing,
    entry: inApp(project, entry),
    server: inApp(project, server),
    workers: inApp(project, workers),
    services: inApp(project, services),
    foreign: inApp(project, foreignServices({ project: used, served, dependencies, reads, deployment })),
    django: inApp(project, reachable(project, django, independent)),
    code: found(code),
    reads: found(reads),
    deployment: found(deployment),
    procfile: found(procfile),
    warnings: found(warnings),
  };
}

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
