/** The one of a project's two objects, for each protocol, that its deployment around it serves. */
import type { Sourced } from '../../source/sourced.js';
import { objectReference } from '../../support/app-object.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import { importsAnywhere } from '../code/module.js';
import type { EntryPoint } from '../facts.js';
import { asStarted, type WebCommand } from '../files/web-command.js';
import type { Project } from '../project.js';
import { findCandidates } from './candidates.js';
import type { EntryFinding } from './entry-point.js';

/** Packages by which an app answers more than HTTP. */
const SOCKETS = /^channels(\.|$)/;

/**
 * Takes the object that all of the deployment's servers start in place of the one that packages speak for, where both are the project's and
 * only the protocol differs. What answers WebSockets alone may then be served by nobody there, and that is said.
 * @param servers what compose files, or a Dockerfile above the app, start
 */
export function deployedEntry(
  project: Project,
  { entry, framework }: EntryFinding,
  servers: readonly WebCommand[],
): EntryFinding {
  const own = { entry, framework };
  const [web, ...others] = servers;
  const isGiven = project.config.server?.entry !== undefined;
  const hasBoth = new Set(Object.values(frameworkOf(framework).makers)).size > 1;
  if (!web?.app || isGiven || !hasBoth) return own;
  const protocol = entry.value.protocol === 'asgi' ? 'wsgi' : 'asgi';
  // A class of workers may serve the other protocol, and another server the rest.
  const isMixed = protocol === 'wsgi' && servers.some(isForAsgi);
  if (isMixed || others.some(({ app }) => app?.module !== web.app?.module)) return own;
  const { module, attribute = 'application' } = web.app;
  const served = findCandidates(project).find(
    candidate => candidate.module === module && candidate.attribute === attribute && candidate.protocol === protocol,
  );
  if (!served) return own;
  const value: EntryPoint = { module, attribute, call: served.call, protocol };
  const other = project.modules.find(({ name }) => name === entry.value.module);
  const hasSockets =
    protocol === 'wsgi' && other !== undefined && importsAnywhere(other).some(name => SOCKETS.test(name));
  const lost = hasSockets ? `; nobody there answers the WebSockets of ${objectReference(entry.value)}` : '';
  const found: Sourced<EntryPoint> = { value, place: web.place, why: `${asStarted(web)}${lost}` };
  return { entry: found, framework };
}

function isForAsgi({ workerClass, app }: WebCommand): boolean {
  return workerClass !== undefined || app === undefined || /(^|[._])asgi\b/.test(app.module);
}
