/** The documents that make one image of several: labels, annotations, the index. Same input, same bytes. */
import { INDEX_TYPE, type Manifest, manifestOf } from '../registry/repository.js';
import { releaseOf, type SourceState } from './tags.js';

export interface PlatformOf {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** A platform's manifest, as an index names it. */
export interface IndexEntry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform: PlatformOf;
}

/** `linux/arm64`, with its variant where it is not the one that is always meant. */
export function platformName({ os, architecture, variant }: PlatformOf): string {
  const isUsual = variant === undefined || (architecture === 'arm64' && variant === 'v8');
  return [os, architecture, ...(isUsual ? [] : [variant])].join('/');
}

/**
 * What an image says of where it comes from, under the names of the OCI image specification: in its labels, and in the annotations of
 * its index, which registries show. What is not known is not said.
 */
export function provenanceLabels(state: SourceState): Readonly<Record<string, string>> {
  const { created, revision, url } = state;
  return labelsOf({ created, revision, source: url, version: releaseOf(state) });
}

/** What is known of an image, as labels: the keys are those of the specification. */
export function labelsOf(
  said: Readonly<Record<'created' | 'revision' | 'source' | 'version', string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(said).flatMap(([key, value]) =>
      value === undefined ? [] : [[`org.opencontainers.image.${key}`, value]],
    ),
  );
}

/** The index over the images of several platforms, sorted by their names. */
export function imageIndex(entries: readonly IndexEntry[], annotations: Readonly<Record<string, string>>): Manifest {
  const sorted = entries.toSorted((a, b) => compare(platformName(a.platform), platformName(b.platform)));
  const keys = Object.entries(annotations).toSorted(([a], [b]) => compare(a, b));
  return manifestOf(INDEX_TYPE, {
    manifests: sorted.map(({ mediaType, digest, size, platform: { architecture, os, variant } }) => ({
      mediaType,
      digest,
      size,
      platform: { architecture, os, variant },
    })),
    ...(keys.length > 0 && { annotations: Object.fromEntries(keys) }),
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
