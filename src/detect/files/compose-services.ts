/** Services that the app's own compose file runs, with their versions. */

import { defined } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import { RUN_SERVICES, type ServiceKind } from '../../support/run-services.js';
import { type ComposePlaces, readAppCompose, seenFromApp } from './compose.js';

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

/** The service that an image is, when it is one that is known. */
export function imageKind(reference: string): ServiceKind | undefined {
  return knownImage(reference)?.kind;
}

/** The service that an image is, and the version that its tag begins with. */
function knownImage(reference: string): { readonly kind: ServiceKind; readonly version?: string } | undefined {
  const { repository, tag } = readReference(reference);
  for (const [kind, { images }] of RUN_SERVICES) {
    const image = images.find(candidate => candidate.repository === repository);
    if (image) return { kind, ...defined({ version: (image.version ?? /^(\d+(?:\.\d+)*)/).exec(tag)?.[1] }) };
  }
  return undefined;
}

/** `registry.example.com/library/postgres:15@sha256:…` in parts: without the registry, and without where mirrors keep official images. */
function readReference(reference: string): { readonly repository: string; readonly tag: string } {
  const [name = ''] = reference.split('@');
  const [, path = '', tag = ''] = /^(.*?)(?::([^:/]*))?$/.exec(name) ?? [];
  const parts = path.split('/');
  const inRegistry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!) ? parts.slice(1) : parts;
  return { repository: inRegistry.join('/').replace(/^(?:.*\/)?library\//, ''), tag };
}
