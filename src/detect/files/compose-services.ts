/** Services that the app's own compose file runs, with their versions. */

import { defined } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import type { ServiceKind } from '../../support/run-services.js';
import { type ComposePlaces, readAppCompose, seenFromApp } from './compose.js';
import { knownImage, readReference } from './service-images.js';

/** Services by what they are; the version is there when the tag of their image names one. */
export type ComposeServices = ReadonlyMap<ServiceKind, ComposeImage>;

/** What a compose file says of a service. */
export interface ComposeImage {
  readonly version?: Sourced<string>;
  /** Its image as it is named there, and the repository without the registry. */
  readonly image: Sourced<string>;
  readonly repository: string;
}

/** Reads the images of the app's own compose file, else of the one at the top of the source. */
export async function readComposeServices(places: ComposePlaces): Promise<ComposeServices> {
  const compose = await readAppCompose(places);
  const services = new Map<ServiceKind, ComposeImage>();
  for (const { image } of compose.services) {
    const known = image && knownImage(image.value);
    if (!known || services.has(known.kind)) continue;
    const { version } = known;
    const place = seenFromApp(compose, image.place);
    services.set(
      known.kind,
      defined({
        version: version === undefined ? undefined : { value: version, place, why: 'as in the compose file' },
        image: { value: image.value, place, why: 'as in the compose file' },
        repository: readReference(image.value).repository,
      }),
    );
  }
  return services;
}
