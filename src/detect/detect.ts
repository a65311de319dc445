/** The way from a tree of files to facts about the app: what has to be known before what. */
import { type Configured, NOT_CONFIGURED } from '../config/load.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { type Finding, failed, reasonsOf } from '../source/finding.js';
import type { Tree } from '../source/tree.js';
import { leftSteps } from './account/left-steps.js';
import type { Facts } from './facts.js';
import { copiedFiles, withCopies } from './files/copied-files.js';
import { gatherFacts } from './gather.js';
import { type App, inApp, placedIn } from './in-app.js';
import { findIndependent } from './independent.js';
import type { Project } from './project.js';
import { type PackageFacts, packagesFor } from './python/package-facts.js';
import { detectPackages } from './python/package-manager.js';
import { withProductionGroups } from './python/production-groups.js';
import { detectPythonVersion } from './python/version.js';
import { readProject } from './read-project.js';
import { findServing } from './serving.js';

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
  const copies = await copiedFiles(source);
  const project = await readProject(withCopies(source, copies), configured);
  if (project.value === undefined) return { diagnostics: placedIn(configured.root, project.diagnostics) };
  const { value: found, diagnostics } = await detectIn({ ...project.value, copies }, pythons);
  const facts = found && defined({ ...found, left: unlessEmpty(await leftSteps(project.value, found)) });
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

async function findPackages(project: Project): Promise<Finding<PackageFacts>> {
  const listed = await detectPackages(project);
  return inApp(project, listed.value === undefined ? listed : await withProductionGroups(project, listed.value));
}
