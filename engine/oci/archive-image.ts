/** Finds the image that is meant in an archive, checks all that belongs to it against its digests, and writes it as a layout of its own. */
import { createHash } from 'node:crypto';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SourceError } from '../errors.js';
import { type Intake, type Member, type Members, readDocument, unpackedSum } from './archive-members.js';
import type { Platform } from './image-config.js';
import { printable } from './tar-reader.js';

/** Which of the images in an archive is meant. */
export interface Wanted {
  readonly platform: Platform;
  /** Empty for any. */
  readonly tag: string;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no digest');
const descriptorSchema = z.object({
  mediaType: z.string().default(''),
  digest,
  size: z.int().nonnegative(),
  urls: z.array(z.string()).nullish(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const indexSchema = z.object({ manifests: z.array(descriptorSchema).max(1000) });
const manifestSchema = z.object({ config: descriptorSchema, layers: z.array(descriptorSchema).max(1000) });
const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(digest) }) });
const dockerSchema = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()).max(1000) }),
);
type Descriptor = z.infer<typeof descriptorSchema>;

const kinds = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifest: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
} as const;
const docker = {
  manifest: kinds.manifest[1],
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
} as const;
const oci = { index: kinds.index[0], tag: 'org.opencontainers.image.ref.name' } as const;
/** An index in an index is rare, and there is no reason for more. */
const deepest = 4;

const named = ({ sha256, size }: Member) => ({ digest: `sha256:${sha256}`, size });
const hexOf = (of: string): string => of.slice('sha256:'.length);

async function parsed<T>(schema: z.ZodType<T>, member: Member, what: string): Promise<T> {
  const result = schema.safeParse(await readDocument(member, what));
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new SourceError(
    `${what} is not as images have it: ${[...path, message].map(part => printable(String(part))).join(': ')}`,
  );
}

/** The blob of a descriptor. @throws SourceError when it is not there, or is not what it says */
function blobOf(members: Members, { digest: name, size, urls }: Descriptor, what: string): Member {
  if (urls?.length) throw new SourceError(`${what} lies elsewhere: ${printable(urls[0]!)} is not fetched`);
  const place = `blobs/sha256/${hexOf(name)}`;
  const member = members.find(place);
  if (member === undefined) throw new SourceError(`${what}, ${place}, is not in it`);
  if (`sha256:${member.sha256}` !== name || member.size !== size)
    throw new SourceError(`${what}, ${place}, is not what its digest and size say`);
  return member;
}

function isFor(platform: Platform, { platform: stated }: Descriptor): boolean {
  if (!stated) return true;
  const variants = [stated.variant, platform.variant].filter(Boolean);
  return (
    stated.os === platform.os &&
    stated.architecture === platform.architecture &&
    (variants.length < 2 || variants[0] === variants[1])
  );
}

async function findManifest(
  members: Members,
  { manifests }: z.infer<typeof indexSchema>,
  { platform, tag }: Wanted,
  depth = 0,
): Promise<Descriptor | undefined> {
  if (depth > deepest) throw new SourceError('its indexes lead to indexes without end');
  for (const descriptor of manifests) {
    if (!isFor(platform, descriptor) || (tag !== '' && descriptor.annotations?.[oci.tag] !== tag)) continue;
    const { mediaType } = descriptor;
    if ((kinds.manifest as readonly string[]).includes(mediaType)) return descriptor;
    if (!(kinds.index as readonly string[]).includes(mediaType))
      throw new SourceError(`it holds something of the type ${printable(mediaType) || 'nothing'}, which is no image's`);
    const inner = await parsed(indexSchema, blobOf(members, descriptor, 'an index of it'), 'an index of it');
    const found = await findManifest(members, inner, { platform, tag: '' }, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An image's parts, with the manifest that names them. */
interface Parts {
  readonly mediaType: string;
  readonly manifest: Member;
  readonly config: Member;
  readonly layers: readonly Member[];
}

async function ociParts(members: Members, wanted: Wanted): Promise<Parts | undefined> {
  const top = members.find('index.json');
  if (top === undefined) return undefined;
  const found = await findManifest(members, await parsed(indexSchema, top, 'its index.json'), wanted);
  if (found === undefined) return undefined;
  const manifest = blobOf(members, found, 'its manifest');
  const { config, layers } = await parsed(manifestSchema, manifest, 'its manifest');
  return {
    mediaType: found.mediaType,
    manifest,
    config: blobOf(members, config, 'its configuration'),
    layers: layers.map((layer, i) => blobOf(members, layer, `its layer ${i + 1}`)),
  };
}

/** What `docker save` writes names its parts by paths, and its images by all that they are called. */
async function dockerParts(members: Members, tag: string, dir: string): Promise<Parts | undefined> {
  const top = members.find('manifest.json');
  if (top === undefined) return undefined;
  const images = await parsed(dockerSchema, top, 'its manifest.json');
  const isMeant = (name: string): boolean => name === tag || name.endsWith(`/${tag}`) || name.endsWith(`:${tag}`);
  const image = tag === '' ? images[0] : images.find(({ RepoTags }) => RepoTags?.some(isMeant));
  if (image === undefined) return undefined;
  const part = (name: string): Member => {
    const member = members.find(name);
    if (member === undefined)
      throw new SourceError(`${printable(name)}, of which its manifest.json tells, is not in it`);
    return member;
  };
  const [config, layers] = [part(image.Config), image.Layers.map(part)];
  const descriptor = (member: Member, mediaType: string) => ({ mediaType, ...named(member) });
  const document = {
    schemaVersion: 2,
    mediaType: docker.manifest,
    config: descriptor(config, docker.config),
    layers: layers.map(layer => descriptor(layer, docker.layer)),
  };
  const bytes = Buffer.from(JSON.stringify(document));
  const path = join(dir, 'docker-manifest');
  await writeFile(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { mediaType: docker.manifest, manifest: { path, size: bytes.length, sha256 }, config, layers };
}

/** @throws SourceError when layers are not those that the configuration names, or would fill the disk */
async function checkLayers({ config, layers }: Parts, room: number): Promise<void> {
  const { rootfs } = await parsed(configSchema, config, 'its configuration');
  if (rootfs.diff_ids.length !== layers.length)
    throw new SourceError(`it has ${layers.length} layers, and its configuration tells of ${rootfs.diff_ids.length}`);
  let left = room;
  for (const [i, { path }] of layers.entries()) {
    const { sha256, size } = await unpackedSum(path, left);
    left -= size;
    if (`sha256:${sha256}` !== rootfs.diff_ids[i])
      throw new SourceError(`its layer ${i + 1} is not the one that its configuration tells of`);
  }
}

/**
 * Writes the one image of an archive that is wanted, and nothing else, as an OCI layout; returns its directory.
 * @throws SourceError that says what is wrong with the archive, as "it …" or "its …"
 */
export async function writeWantedImage(members: Members, wanted: Wanted, { dir, room }: Intake): Promise<string> {
  const parts = (await ociParts(members, wanted)) ?? (await dockerParts(members, wanted.tag, dir));
  if (parts === undefined) {
    const { platform, tag } = wanted;
    const tagged = tag === '' ? '' : ` with the tag ${printable(tag)}`;
    throw new SourceError(`it has no image for ${platform.os}/${platform.architecture}${tagged}`);
  }
  await checkLayers(parts, room);
  const layout = join(dir, 'layout');
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const { mediaType, manifest, config, layers } = parts;
  const blobsBySum = new Map([manifest, config, ...layers].map(member => [member.sha256, member]));
  for (const [sha256, { path }] of blobsBySum) await link(path, join(blobs, sha256));
  const index = { schemaVersion: 2, mediaType: oci.index, manifests: [{ mediaType, ...named(manifest) }] };
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  return layout;
}
