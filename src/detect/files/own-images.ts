/** Services of a compose file that only name an image which the app's people publish: it is made of the Dockerfile in the source. */
import { oncePerTree, type Tree } from '../../source/tree.js';
import { appDockerfile } from './app-dockerfile.js';
import type { ComposeService } from './compose-service.js';
import { imageKind, readReference } from './service-images.js';

/** Names that images have within those of one project. */
const PARTS = /^(api|app|server|web|backend|core|site)$/;

/**
 * The services, those with such an image as if they were built from the source: nothing else is built there, the source has a Dockerfile, and
 * the image is called as the app is.
 */
export async function withOwnImages(
  tree: Tree,
  services: readonly ComposeService[],
): Promise<readonly ComposeService[]> {
  const isOpen = ({ build, code, image }: ComposeService) =>
    !build && code === undefined && image !== undefined && imageKind(image.value) === undefined;
  if (services.some(({ build }) => build) || !services.some(isOpen)) return services;
  if ((await appDockerfile(tree)).instructions.length === 0) return services;
  const names = await ownNames(tree);
  return services.map(service =>
    isOpen(service) && isNamed(service.image!.value, names)
      ? { ...service, build: { ...service.image!, value: '.' } }
      : service,
  );
}

function isNamed(image: string, names: ReadonlySet<string>): boolean {
  const parts = readReference(image).repository.split('/').map(plain);
  const [last = '', before = ''] = parts.toReversed();
  return names.has(last) || (PARTS.test(last) && names.has(before));
}

/** What the source calls the app: its packages, its projects, the title of what is to be read first. */
const ownNames = oncePerTree(async (tree: Tree): Promise<ReadonlySet<string>> => {
  const packages = tree.paths.flatMap(path => /^(?:[\w-]+\/){0,2}([\w-]+)\/__init__\.py$/.exec(path)?.[1] ?? []);
  const projects = await textsOf(tree, /^([\w-]+\/)?pyproject\.toml$/, /^name\s*=\s*["']([\w.-]+)/gm);
  const titles = await textsOf(tree, /^readme\.(md|rst)$/i, /^(?:#\s*)?([^\n]+)/g);
  const names = [...packages, ...projects, ...titles].map(plain);
  return new Set(names.filter(name => name.length > 2 && !PARTS.test(name)));
});

async function textsOf(tree: Tree, files: RegExp, found: RegExp): Promise<readonly string[]> {
  const texts = await Promise.all(tree.paths.filter(path => files.test(path)).map(path => tree.read(path)));
  return texts.flatMap(text => [...(text ?? '').trimStart().matchAll(found)].slice(0, 1).map(match => match[1]!));
}

/** A name without what people put between its words. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
