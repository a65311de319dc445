/** Volumes of the app in its own compose file: directories that whoever runs it keeps. */

import { isWithin, relativePath, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { type AppCompose, type ComposePlaces, readAppCompose, seenFromApp } from './compose.js';
import type { ComposeService } from './compose-service.js';
import { isBuiltFromApp } from './deployment.js';
import { imageDirectory } from './dockerfile.js';
import { imageStages } from './image-stages.js';

/** What is mounted for other reasons than to keep it. */
const NOT_KEPT = /(^|\/)(node_modules|\.?venv|__pycache__|static|staticfiles|\.\w+)(\/|$)|\.(\w{1,5}|sqlite3?)$/;

/** What people send to an app that keeps it among the files which it hands out. */
const SENT =
  /(^|\/)static(files)?\/([\w-]+\/)*(\w+_)?(uploads?|uploaded|media|data|files|images|img|avatars|photos|pictures|attachments)$/i;

/** Whether a directory is mounted to keep what is written there: what the image has made in it would be hidden by a volume. */
export function isKept(directory: string): boolean {
  return SENT.test(directory) || !NOT_KEPT.test(directory);
}

/**
 * Finds the targets of volumes in services that are built from the app, absolute or relative to its directory in the source, where that lies
 * in the image which they have. Mounts of code are left out: what they bring is in the image. So is what has no name, or may only be read: it
 * keeps nothing.
 */
export async function composeVolumes(places: ComposePlaces): Promise<readonly Sourced<string>[]> {
  const compose = await readAppCompose(places);
  const { services, base } = compose;
  const built = services.filter(service => isOfApp(service, compose));
  const workdir = await imageDirectory(places.tree);
  const found = built.map(async service => {
    const inApp = await placesIn(service, compose, workdir);
    return service.mounts.flatMap(({ value: { source, target, isReadOnly }, place }) => {
      if (isReadOnly || source === '' || !target.startsWith('/') || isCode(source, base)) return [];
      const path = target.replace(/\/$/, '');
      const inside = inApp(path);
      if (inside === '' || !isKept(inside)) return [];
      return [{ value: inside, place: seenFromApp(compose, place), why: 'a volume of the compose file' }];
    });
  });
  return (await Promise.all(found)).flat();
}

/** Whether a service has the app's code: one in the app's own file any code of it, one around the app the app's directory. */
function isOfApp(service: ComposeService, { services, base, root }: AppCompose): boolean {
  const { build, code, dockerfile } = service;
  if (root === '') return code !== undefined || (build !== undefined && hasCode(build.value, base));
  // What is built beside the app with a file of its own has nothing of it, whatever lies around that file.
  const file = build && dockerfile ? resolvePath(resolvePath('', build.value), dockerfile.value) : '';
  const directory = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const isBeside = !isWithin(root, directory) && !isWithin(directory, root) && !hasCode(directory, base);
  return !isBeside && isBuiltFromApp(service, root, services);
}

/** How a place in a service's image is called in the app's directory: by the same absolute path where nothing of the app lies. */
async function placesIn({ build, dockerfile }: ComposeService, { base, root }: AppCompose, workdir: string) {
  const context = resolvePath('', build?.value ?? '');
  const stages = build ? await imageStages(base, resolvePath(context, dockerfile?.value ?? 'Dockerfile')) : [];
  const sourceOf = stages.at(-1)?.sourceOf;
  return (path: string): string => {
    const inSource = sourceOf?.(path);
    if (inSource === undefined) return root === '' && isWithin(path, workdir) ? path.slice(workdir.length + 1) : path;
    return isWithin(inSource, root) ? relativePath(root, inSource) : path;
  };
}

/** Whether there is Python in the directory that a service is built from: a database's own image is built from another. */
function hasCode(context: string, { paths }: Tree): boolean {
  const directory = resolvePath('', context);
  return directory === '' || paths.some(path => path.startsWith(`${directory}/`) && path.endsWith('.py'));
}

/** Whether a directory of the source has files in it, or is the source itself. */
function isCode(source: string, { paths }: Tree): boolean {
  if (!/^[./]/.test(source)) return false;
  const directory = resolvePath('', source);
  return directory === '' || paths.some(path => path.startsWith(`${directory}/`) && !/\/\.git\w+$/.test(path));
}
