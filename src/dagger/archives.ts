/** Images of an app as archives on the machine that this code runs on, from where they are published. */
import { type Container, dag, ImageMediaTypes, type Platform } from '@dagger.io/dagger';
import type { AppImage } from '../plan/look-up.js';
import { imageAddress, imageBehind } from '../plan/look-up.js';
import type { App } from './app.js';

/** An image of an app for one platform, built. */
export interface BuiltImage {
  /** The app, with its stages for the platform. */
  readonly app: App;
  readonly image: AppImage;
  readonly platform: Platform;
  readonly container: Container;
}

/** Sets labels on an image, in the order of their names. */
export function withLabels(container: Container, labels: Readonly<Record<string, string>>): Container {
  return Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .reduce((to, [name, value]) => to.withLabel(name, value), container);
}

/** Writes an image as an archive with OCI's media types into a directory that is there; returns its path. */
export async function archiveOf({ image, platform, container }: BuiltImage, directory: string): Promise<string> {
  const path = `${directory}/${image.component}-${platform.replaceAll('/', '-')}.tar`;
  await container.export(path, { mediaTypes: ImageMediaTypes.Oci });
  return path;
}

/** Writes the image that a stage comes from in the end, as its registry has it, into a directory that is there; returns its path. */
export async function baseArchiveOf(
  { app: { plan }, image, platform }: BuiltImage,
  directory: string,
): Promise<string> {
  const reference = imageBehind(plan, image.stage);
  if (reference === undefined) throw new Error(`no image is below ${image.stage}`);
  const path = `${directory}/base-${image.component}-${platform.replaceAll('/', '-')}.tar`;
  await dag
    .container({ platform })
    .from(imageAddress(plan, reference))
    .export(path, { mediaTypes: ImageMediaTypes.Oci });
  return path;
}
