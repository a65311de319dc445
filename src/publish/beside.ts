/** Where in a registry blobs of an image may lie already, so that it takes them over instead of being sent them. */
import type { App } from '../dagger/app.js';
import { type AppImage, imageBehind } from '../plan/look-up.js';
import { type Repository, repositoryOf } from '../registry/address.js';
import { knownLayers, rememberLayers } from '../registry/known-layers.js';
import type { ArchivedImage } from '../registry/layout.js';
import type { Shipment } from './push.js';

export interface Beside {
  /**
   * The name of the repository that may have a blob: layers of the base lie where the base does, or where an app that was published before has them; others
   * where an image of the same app does.
   * @param before address of the image that is pushed before
   */
  of(image: AppImage, before: string | undefined): Shipment['besideOf'];
  /** Keeps in mind where the layers of bases are now. */
  remember(shipments: readonly Shipment[]): Promise<void>;
}

/** Opens what is known of a registry. */
export async function openBeside({ plan }: App, { registry }: Repository): Promise<Beside> {
  const known = await knownLayers(registry);
  const nameIn = (address: string): string => address.slice(registry.length + 1);
  return {
    of: ({ stage }, before) => {
      const reference = imageBehind(plan, stage)?.replace(/(?:@.*|:[^/:]*)$/, '');
      const base = reference === undefined ? undefined : repositoryOf(reference);
      const own = base !== undefined && !('problem' in base) && base.registry === registry ? base.name : undefined;
      const last = before === undefined ? undefined : nameIn(before);
      return ({ digest, isOfBase }) => (isOfBase === true ? (own ?? known(digest) ?? last) : last);
    },
    async remember(shipments) {
      for (const { repository, platforms } of shipments) {
        const layers = platforms.flatMap(image => image.layers.filter(({ isOfBase }) => isOfBase === true));
        const place = { registry, name: nameIn(repository.address) };
        await rememberLayers(
          place,
          layers.map(({ digest }) => digest),
        );
      }
    },
  };
}

/** The names of all repositories that blobs of images may be taken over from. */
export function repositoriesBeside(
  images: readonly ArchivedImage[],
  besideOf: Shipment['besideOf'],
): readonly string[] {
  const names = images.flatMap(({ layers, config }) => [config, ...layers].map(besideOf));
  return [...new Set(names.filter(name => name !== undefined))];
}
