/** Services of a compose file whose image has none of the code that they run: they mount the app's directory. */
import { installedIn } from '../../source/own-code.js';
import { isWithin, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import type { ComposeService } from './compose-service.js';
import { readReference } from './service-images.js';

/** Files that make an app of a directory with code. */
const OF_AN_APP = /(^|\/)(manage|wsgi|asgi|main|app|application|run|server|__main__)\.py$/;

/** Images of Python, which have no app by themselves. */
const PYTHON_IMAGES = /(^|\/)(python\d*|pypy|uv|poetry|miniconda3?|mambaforge|micromamba)([-_.]|$)/;

/** The services, those with the directory that they mount their code from where neither their image nor what it is built from has any. */
export function withMountedCode(tree: Tree, services: readonly ComposeService[]): readonly ComposeService[] {
  return services.map(service => {
    const code = mountedCode(tree, service);
    return code === undefined ? service : { ...service, code };
  });
}

function mountedCode(tree: Tree, { build, image, mounts }: ComposeService): string | undefined {
  const context = build && resolvePath('', build.value);
  if (build ? build.value.includes('://') : !PYTHON_IMAGES.test(readReference(image?.value ?? '').repository))
    return undefined;
  const directories = mounts.flatMap(({ value: { source } }) =>
    /^\.{1,2}(\/|$)/.test(source) ? [resolvePath('', source)] : [],
  );
  const isOwn = (directory: string) => context === undefined || !isWithin(directory, context);
  if (!directories.some(isOwn)) return undefined;
  if (context !== undefined && hasApp(tree, context)) return undefined;
  return directories.find(directory => isOwn(directory) && hasApp(tree, directory));
}

function hasApp({ paths }: Tree, directory: string): boolean {
  const isInstalled = installedIn(paths);
  return paths.some(path => isWithin(path, directory) && OF_AN_APP.test(path) && !isInstalled(path));
}
