/** The path that the app's own deployment asks whether it is up: in the check of its container, or of its service in the compose file. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import { appDockerfile, deployedFrom } from '../files/app-dockerfile.js';
import { readAppCompose, seenFromApp } from '../files/compose.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { aroundApp, type Project } from '../project.js';

/** An address of the container itself with a path that is more than a slash: `curl -f http://localhost:${PORT:-8000}/health`. */
const OWN_ADDRESS = /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^/\s'"`]*)?(\/[\w.~/-]*\w[\w.~/-]*)/;

/** Finds it; what a compose file says counts before what the image has. */
export async function deployedHealth(project: Project): Promise<Sourced<string> | undefined> {
  const compose = await readAppCompose(project);
  for (const service of compose.services) {
    const { healthCheck } = service;
    if (!healthCheck || !isBuiltFromApp(service, compose.root, compose.services)) continue;
    const found = pathIn(healthCheck.value, seenFromApp(compose, healthCheck.place), 'as its compose file asks');
    if (found) return found;
  }
  const { tree, source, root } = project;
  const image = await deployedFrom(tree, source, root);
  const { file, instructions } = image ? await appDockerfile(image) : { file: '', instructions: [] };
  const place = { file: image === tree ? file : aroundApp(project, file) };
  const checks = instructions.flatMap(one => (one.kind === 'other' && one.keyword === 'healthcheck' ? [one.text] : []));
  return pathIn(checks.at(-1) ?? '', place, 'as its container asks');
}

function pathIn(text: string, place: Place, why: string): Sourced<string> | undefined {
  const [, path] = OWN_ADDRESS.exec(text) ?? [];
  return path === undefined ? undefined : { value: path, place, why };
}
