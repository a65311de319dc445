/** The documents of a registry, in the form that the OCI image specification gives them: whoever wrote them may be anybody. */
import * as z from 'zod';
import { jsonOf } from './answers.js';
import { RegistryFailure } from './failure.js';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** What is not known of a descriptor stays in it: it may be written again. */
const descriptor = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
});

/** Layers or entries; more are in nobody's image. */
const descriptors = z.array(descriptor).max(10_000);

const entry = descriptor.extend({
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().exactOptional() }),
});

/** How a kind of document is read: `layers` of anything that has some, an `image`, its `config`, an `index` over platforms. */
const FORMS = {
  layers: z.object({ layers: descriptors.optional() }),
  image: z.object({ config: descriptor, layers: descriptors }),
  config: z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) }),
  index: z.object({
    manifests: z.array(entry).max(1000).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  list: z.object({ manifests: z.array(z.unknown()).optional() }),
};

/** A document of a kind. */
export type DocumentOf<K extends keyof typeof FORMS> = z.infer<(typeof FORMS)[K]>;

/** Reads a document; throws a RegistryFailure where it is none of that kind. */
export function documentIn<K extends keyof typeof FORMS>(kind: K, bytes: Uint8Array, what: string): DocumentOf<K> {
  const read = FORMS[kind].safeParse(jsonOf(bytes, what));
  if (read.success) return read.data as DocumentOf<K>;
  const path = read.error.issues[0]?.path.join('.') || 'the whole';
  throw new RegistryFailure('refused', `${what}: it is not as registries have it (${path})`);
}

/** A list's entries that name something; others are no business of ours. */
export function descriptorsIn({ manifests = [] }: DocumentOf<'list'>): readonly z.infer<typeof descriptor>[] {
  return manifests.flatMap(one => {
    const read = descriptor.safeParse(one);
    return read.success ? [read.data] : [];
  });
}
