/** Containers as images: an archive on this machine, or a push to a registry. Layers are written here, and once. */
import { join } from 'node:path';
import { defined } from '../../defined.js';
import { checkExport } from '../../fs/export.js';
import { withTemporaryDirectory } from '../../fs/temporary.js';
import { platformOf } from '../../images/lookup.js';
import { toStored } from '../../images/stored-config.js';
import type { ContainerState } from '../../objects/container.js';
import { defineOp } from '../../objects/op.js';
import { sourceDateEpoch, type WritableImage, writeOciLayout } from '../../oci/image.js';
import type { LayerBlob } from '../../oci/kept-blobs.js';
import { layerBlob } from '../../oci/layer-tar.js';
import { RegistryError } from '../../oci/registry-failure.js';
import { formatReference, parseReference } from '../../oci/registry-reference.js';
import { skopeo } from '../../oci/skopeo.js';
import { push, toArchive } from '../../oci/transfer.js';
import { keepImage } from '../../podman/keep-image.js';
import { whileDoing } from '../../solve/steps.js';
import { keepFilled } from '../../store/filled-layers.js';
import type { Api, Args } from '../api.js';
import { refuseArguments } from '../api.js';
import { exportPath } from './trees.js';

/** The name that Dagger gives the tarball of a container. */
const TARBALL = 'container.tar';

async function writableImage(api: Api, container: ContainerState, isGzip: boolean): Promise<WritableImage> {
  const { layers } = await api.solver.solve(container.rootfs);
  return {
    platform: platformOf(container.platform),
    config: toStored(container.config),
    layers: await Promise.all(layers.map(id => api.context.compressing(() => blobOf(api, id, isGzip)))),
  };
}

/** What came from a registry stays as it is there, unless all has to be compressed with gzip; what was made here has settled times. */
async function blobOf({ context, originalLayer }: Api, id: string, isGzip: boolean): Promise<LayerBlob> {
  const { dirs, overlays, records, store } = context;
  const original = await originalLayer(id);
  if (original !== undefined && (!isGzip || original.compression === 'gzip')) return original;
  const times = (await store.isLinked(id)) ? 'kept' : 'settled';
  return layerBlob({ layer: await overlays.view([id]), records, blobsDir: dirs.blobs, key: id, times });
}

/** The containers of an image: this one unless it is empty, and the variants for other platforms. */
function variants(api: Api, container: ContainerState, args: Args): readonly ContainerState[] {
  const others = ((args.platformVariants ?? []) as string[]).map(id => api.registry.load(id, 'Container'));
  return container.rootfs.kind === 'empty' && others.length > 0 ? others : [container, ...others];
}

/** Writes the image's layout into a directory that `use` gets, and removes it afterwards. */
async function withLayout<T>(
  api: Api,
  container: ContainerState,
  args: Args,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  refuseArguments(
    'image output',
    { ...args, forcedCompression: args.forcedCompression === 'Gzip' ? undefined : args.forcedCompression },
    ['forcedCompression', 'registryService'],
  );
  const docker = args.mediaTypes === 'DockerMediaTypes' || args.mediaTypes === 'DOCKER';
  // Docker's media types know no other compression.
  const isGzip = docker || args.forcedCompression === 'Gzip';
  const images = await Promise.all(variants(api, container, args).map(c => writableImage(api, c, isGzip)));
  const prefix = join(api.context.dirs.work, `${api.context.sessionId}-layout-`);
  const written = async (dir: string): Promise<T> => {
    const annotations = Object.fromEntries(container.config.annotations);
    await writeOciLayout({
      dir,
      images: images as [WritableImage, ...WritableImage[]],
      created: sourceDateEpoch(api.context.env) ?? 0,
      ...(docker ? { mediaTypes: 'docker' as const } : { annotations }),
    });
    return use(dir);
  };
  return whileDoing(api.context, 'writing the image', () => withTemporaryDirectory(prefix, written));
}

/** Writes the container as an archive on this machine; returns the absolute path. */
export async function exportImage(api: Api, container: ContainerState, args: Args): Promise<string> {
  const target = exportPath(args.path);
  checkExport(target, 'file');
  await withLayout(api, container, args, dir => toArchive(dir, target, api.context.activity.signal));
  return target;
}

/** Gives the container to whoever keeps images on this machine, in Docker's media types, which hold all that a container says of itself. */
export async function loadImage(api: Api, container: ContainerState, args: Args): Promise<void> {
  const { env, activity, emit } = api.context;
  const parsed = parseReference(args.name);
  if (parsed.digest !== undefined)
    throw new Error(`cannot load an image as ${args.name}: its digest is what it has, name a tag`);
  if (variants(api, container, args).length > 1)
    throw new Error('exportImage: the local engine gives this machine an image for one platform only');
  const reference = formatReference(parsed);
  const { signal } = activity;
  const keeper = await withLayout(api, container, { ...args, mediaTypes: 'DockerMediaTypes' }, async dir => {
    const archive = join(dir, 'image.tar');
    const written = await skopeo('copy', ['--quiet', `oci:${dir}`, `docker-archive:${archive}:${reference}`], {
      signal,
    });
    if (!written.ok) throw new RegistryError(`cannot write the image ${reference}`, written.failure);
    return keepImage(archive, { env, signal });
  });
  emit({ kind: 'notice', text: `${reference} is among the images of ${keeper}` });
}

/** The container as an archive in a tree of its own. */
export async function imageTarball(api: Api, container: ContainerState, args: Args) {
  const id = await keepFilled(api.context.store, async directory => {
    await withLayout(api, container, args, dir => toArchive(dir, join(directory, TARBALL)));
    return directory;
  });
  return {
    op: defineOp({ kind: 'layers', origin: 'host', content: id, layers: [id] }),
    path: `/${TARBALL}`,
  };
}

/** Pushes the container, and its variants, to a registry; returns the reference with its digest. */
export async function publishImage(api: Api, container: ContainerState, args: Args): Promise<string> {
  const { registry } = parseReference(args.address);
  const login = container.registryAuth.find(a => a.address === registry || a.address.startsWith(`${registry}/`));
  const auth = login && { username: login.username, password: await api.context.secrets.plaintext(login.secret) };
  const digest = await withLayout(api, container, args, dir =>
    push(dir, args.address, { signal: api.context.activity.signal, ...defined({ auth }) }),
  );
  return `${args.address}@${digest}`;
}
