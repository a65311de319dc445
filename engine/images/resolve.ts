/** From a reference to a file tree: out of a registry, or as a stand-in when no registry answers and a recipe is there. */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InfrastructureError, SourceError } from '../errors.js';
import { hashFile } from '../fs/content-hash.js';
import { sha256 } from '../objects/digest.js';
import { defineOp } from '../objects/op.js';
import { importArchive } from '../oci/import.js';
import type { PulledImage } from '../oci/pull.js';
import { formatReference, parseReference } from '../oci/registry-reference.js';
import { remembered } from '../remembered.js';
import type { EngineContext } from '../solve/context.js';
import { whileDoing } from '../solve/steps.js';
import { roomIn } from '../store/state-limit.js';
import { lookUp, storageOf } from './lookup.js';
import { nearestStandIn } from './nearest.js';
import { openPulledLayers, type PulledLayers } from './pulled-layers.js';
import { listStandIns, loadRecipes, type Recipe, resolveStandIn, type StandIn } from './recipe.js';
import type { ResolvedImage, ResolveImage } from './resolved-image.js';
import { isMadeFor, madeFor, standInImage } from './stand-in.js';
import { fromStored } from './stored-config.js';

const recipesDir = fileURLToPath(new URL('../../images', import.meta.url));

/** What a session asks of images. */
export interface Images extends Pick<PulledLayers, 'originalLayer'> {
  readonly resolveImage: ResolveImage;
}

/** Opens the images of a session. The same reference is looked up once per session, and a fresh answer is used again by the next. */
export function openImages(context: EngineContext): Images {
  const session = new Map<string, Promise<ResolvedImage>>();
  const explain = standInNotices(context);
  const pulled = openPulledLayers(context);
  // All of them are read to know one, since each may be built on another.
  let recipes: readonly Recipe[] | undefined;
  const resolve: ResolveImage = async (address, platform) => {
    const parsed = parseReference(address);
    const full = formatReference(parsed);
    const result = await whileDoing(context, `looking for image ${full}`, () =>
      lookUp(context, { reference: parsed, platform }),
    );
    switch (result.kind) {
      case 'pulled': {
        const image = await pulledImage(context, result);
        pulled.note({ reference: image.reference, platform, layers: layersOf(result) });
        return image;
      }
      case 'absent':
        throw new SourceError(`image ${full} (${platform}): ${result.reason}`);
      case 'unreachable': {
        recipes ??= loadRecipes(recipesDir);
        const standIn = findStandIn(recipes, { reference: full, platform, reason: result.reason });
        explain(standIn);
        return standInImage(standIn, platform);
      }
    }
  };
  return {
    resolveImage: (address, platform) =>
      remembered(session, `${address} ${platform}`, () => resolve(address, platform)),
    originalLayer: pulled.originalLayer,
  };
}

/**
 * Reads an image out of an archive.
 * @param archive path of the file
 * @param tag which of several images is meant; empty for the only one
 */
export async function importImage(
  context: EngineContext,
  archive: string,
  { tag, platform }: { readonly tag: string; readonly platform: string },
): Promise<ResolvedImage> {
  const { dirs, env, sessionId } = context;
  const content = await hashFile(archive);
  const room = { prefix: join(dirs.work, `${sessionId}-archive-`), room: await roomIn(dirs.work, env) };
  const image = await importArchive({ path: archive, content, tag }, room, storageOf(context, platform));
  return pulledImage(context, {
    kind: 'pulled',
    digest: sha256(`${content} ${tag} ${platform}`),
    reference: tag,
    ...image,
  });
}

async function pulledImage({ store }: EngineContext, image: PulledImage): Promise<ResolvedImage> {
  const layers = layersOf(image);
  await Promise.all(image.layerDirs.map((directory, i) => store.linkLayer(layers[i]!, directory)));
  return {
    reference: image.reference,
    rootfs: defineOp({ kind: 'layers', origin: 'image', content: image.digest, layers }),
    config: fromStored(image.config),
  };
}

/** The layers of the state that lead to those of a pulled image. */
function layersOf({ layerDirs }: PulledImage): readonly string[] {
  return layerDirs.map(directory => sha256(directory).slice(0, 16));
}

/** What no registry gave, and why. */
interface Missing {
  readonly reference: string;
  readonly platform: string;
  readonly reason: string;
}

/** @throws InfrastructureError when there is none, or none for the platform */
function findStandIn(recipes: readonly Recipe[], { reference, platform, reason }: Missing): StandIn {
  const standIn = resolveStandIn(recipes, reference) ?? nearestStandIn(recipes, reference);
  const silence = `image ${reference}: no registry answers (${reason})`;
  if (standIn === undefined) {
    const tags = listStandIns(recipes, reference);
    const known = tags.length > 0 ? `for these tags alone: ${tags.join(', ')}` : 'for none of its tags';
    throw new InfrastructureError(`${silence}, and ${basename(recipesDir)}/ has recipes for stand-ins ${known}`);
  }
  if (!isMadeFor(platform))
    throw new InfrastructureError(
      `${silence}, and a stand-in can be made for ${madeFor.join(' or ')} only, not for ${platform}`,
    );
  return standIn;
}

/** Makes what tells the user of each stand-in; what a stand-in is need not be said twice. */
function standInNotices({ emit }: EngineContext): (standIn: StandIn) => void {
  let explained = false;
  return ({ reference, note }) => {
    const why = explained ? undefined : 'no registry answers, so it is made of Debian, PyPI and npm packages';
    explained = true;
    emit({
      kind: 'notice',
      text: [`stand-in for ${reference}`, why, note].filter(part => part !== undefined).join(': '),
    });
  };
}
