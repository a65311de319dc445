/** What is attached to an image: an artifact whose manifest names the image as its subject (OCI image and distribution specifications 1.1). */
import { descriptorsIn, documentIn } from './documents.js';
import { isPassing, RegistryFailure } from './failure.js';
import {
  type Descriptor,
  descriptorOf,
  digestOf,
  INDEX_TYPE,
  type Manifest,
  manifestOf,
  type RepositoryClient,
} from './repository.js';
import { isMarkedBy, layersOf, type SignedLayer, signedTogether } from './signed-layers.js';

/** A document that is attached, or a signature. */
export interface Artifact {
  readonly artifactType: string;
  readonly layers: readonly {
    readonly mediaType: string;
    readonly bytes: Uint8Array;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** What ends the tag of the subject's digest that it has besides, together with what is there under that tag: signatures are looked for so. */
  readonly tagged?: 'sig' | 'att';
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** The empty descriptor of the image specification: what an artifact has for a configuration. */
const EMPTY = new TextEncoder().encode('{}');
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';

/** The manifest of an artifact. The same artifact of the same subject has the same bytes. */
export function artifactManifest(
  { artifactType, layers, annotations }: Artifact,
  subject: Descriptor,
  there: readonly SignedLayer[] = [],
): Manifest {
  return manifestOf(MANIFEST, {
    artifactType,
    config: descriptorOf(EMPTY_TYPE, EMPTY),
    layers: signedTogether(
      there,
      layers.map(layer => ({
        ...descriptorOf(layer.mediaType, layer.bytes),
        ...(layer.annotations && { annotations: layer.annotations }),
      })),
    ),
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    ...(annotations && { annotations }),
  });
}

/**
 * Attaches an artifact to an image of a repository, unless it is there. Where the registry keeps no list of what refers to an image, the list is a tag
 * of the repository, as the distribution specification has it ("referrers tag schema").
 * @returns the digest of the artifact, and whether it was there
 */
export async function attach(
  repository: RepositoryClient,
  artifact: Artifact,
  subject: Descriptor,
): Promise<{ readonly digest: string; readonly fate: 'there' | 'written' }> {
  const tag = artifact.tagged && `${tagOf(subject)}.${artifact.tagged}`;
  const before = tag === undefined ? undefined : await repository.manifest(tag);
  const manifest = artifactManifest(artifact, subject, before && layersOf(before));
  const isThere = (await repository.manifest(manifest.digest)) !== undefined;
  if (!isThere) {
    const blobs = [EMPTY, ...artifact.layers.map(({ bytes }) => bytes)];
    for (const bytes of blobs)
      await repository.pushBlob({
        digest: digestOf(bytes),
        size: bytes.length,
        open: async () => new Blob([bytes as Uint8Array<ArrayBuffer>]),
      });
  }
  const { keepsReferrers } = await repository.pushManifest(manifest).catch(untaken);
  if (tag !== undefined && before?.digest !== manifest.digest) await repository.pushManifest(manifest, tag);
  const listed = keepsReferrers || (await list(repository, artifact, { manifest, subject }));
  return { digest: manifest.digest, fate: isThere && listed ? 'there' : 'written' };
}

/** Some registries take images alone, and say so in words about media types. */
function untaken(error: unknown): never {
  if (!(error instanceof RegistryFailure) || error.kind !== 'refused') throw error;
  const advice = 'Where it takes nothing but images, publish with --sbom=false --provenance=false and without signing';
  const said = 'the registry has the image and does not take what is attached to it';
  throw new RegistryFailure('refused', `${said}: ${error.message}`, { advice, cause: error });
}

/** What somebody is said to have signed of an image, as it lies under the tag of its digest; what cannot be read is not there. */
export async function signedThere(
  repository: RepositoryClient,
  subject: Descriptor,
  { tagged, who }: { readonly tagged: 'sig' | 'att'; readonly who: string },
): Promise<Required<Artifact['layers'][number]>[]> {
  const manifest = await repository.manifest(`${tagOf(subject)}.${tagged}`);
  const own = manifest === undefined ? [] : layersOf(manifest).filter(layer => isMarkedBy(layer, who));
  const read: Required<Artifact['layers'][number]>[] = [];
  for (const { mediaType, annotations = {}, ...named } of own.slice(0, MOST_READ)) {
    const blob = await repository.blob(named).catch((error: unknown) => {
      if (isPassing(error)) throw error;
    });
    if (blob !== undefined) read.push({ mediaType, annotations, bytes: new Uint8Array(await blob.arrayBuffer()) });
  }
  return read;
}

/** Nobody has signed more kinds of statements about one image. */
const MOST_READ = 20;

/** Adds an artifact to the list that is a tag; returns whether it was in it. */
async function list(
  repository: RepositoryClient,
  { artifactType, annotations }: Artifact,
  { manifest, subject }: { readonly manifest: Manifest; readonly subject: Descriptor },
): Promise<boolean> {
  const tag = tagOf(subject);
  const there = await repository.manifest(tag);
  const before = there && documentIn('list', there.bytes, `reading ${tag} of ${repository.address}`);
  const listed = before?.manifests ?? [];
  if (descriptorsIn({ manifests: listed }).some(({ digest }) => digest === manifest.digest)) return true;
  const { mediaType, digest, size } = manifest;
  const entry = { mediaType, digest, size, artifactType, ...(annotations && { annotations }) };
  const index = manifestOf(INDEX_TYPE, { manifests: [...listed, entry] });
  await repository.pushManifest(index, tag);
  return false;
}

/** The tag of what belongs to an image, by its digest. */
function tagOf({ digest }: Descriptor): string {
  return digest.replace(':', '-');
}
