/** What is detected of an app without knowing which object serves requests. */
import { type Finding, failed, found } from '../source/finding.js';
import type { Sourced } from '../source/sourced.js';
import { detectFrameworks } from './app/framework.js';
import { ownProgram } from './app/own-program.js';
import { prefersAsgi } from './app/server.js';
import { configuredCommand, deployedCommand } from './app/web-process.js';
import { undeclaredSecrets } from './build-secrets.js';
import type { NodeProject } from './facts.js';
import { readWebCommand } from './files/web-command.js';
import { detectFrontend } from './frontend/frontend.js';
import { detectGateway } from './frontend/gateway.js';
import { npmCredentials } from './frontend/npm-credentials.js';
import { type App, declaredIn, inApp, placedIn } from './in-app.js';
import { type IndexCredentials, indexCredentials } from './python/index-credentials.js';
import { detectNodeSuites } from './suites/node-suites.js';
import { detectSuites } from './suites/suites.js';

/** All of it, and the version of Python, which is known before. */
export type Independent = Awaited<ReturnType<typeof findIndependent>> & { readonly version: Finding<Sourced<string>> };

/** What can be found without knowing which object serves requests, in the order in which it is asked about. */
export async function findIndependent({ project, packages }: App, python: string | undefined) {
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
export interface Credentials {
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
