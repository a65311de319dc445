/** The images of an app, built for platforms and taken apart: the same source and plan give the same bytes. */
import { rm } from 'node:fs/promises';
import { dag, type Platform } from '@dagger.io/dagger';
import { type App, onPlatform } from '../dagger/app.js';
import { archiveOf, type BuiltImage, baseArchiveOf, withLabels } from '../dagger/archives.js';
import { startOnce } from '../dagger/suites.js';
import { directoryTree } from '../dagger/tree.js';
import { type AppImage, imageBehind } from '../plan/look-up.js';
import { type ArchivedImage, readArchive } from '../registry/layout.js';
import type { OwnTimes, Times } from '../registry/settled-layer.js';
import { type ServedFile, servedFiles } from './served-files.js';
import { settledImage } from './settle.js';
import { isChanged, type SourceState } from './tags.js';

/** What is built. */
export interface Wanted {
  readonly platforms: readonly Platform[];
  readonly images: readonly AppImage[];
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the app is started on each platform: it has to answer there. */
  readonly isStarted: boolean;
}

/** Builds an app's images for platforms. */
export async function builtImages(app: App, { platforms, ...wanted }: Wanted): Promise<readonly BuiltImage[]> {
  const own = await dag.defaultPlatform();
  // Each starts on empty databases of its own; on the engine's platform they are those of other functions, whose runs count.
  const apart = (platform: Platform) => (platform === own ? {} : { apart: platform.replaceAll('/', '-') });
  const built = platforms.map(platform => buildFor({ ...app, ...apart(platform) }, platform, wanted));
  return (await Promise.all(built)).flat();
}

async function buildFor(
  app: App,
  platform: Platform,
  { images, labels, isStarted }: Omit<Wanted, 'platforms'>,
): Promise<readonly BuiltImage[]> {
  const there = onPlatform(app, platform);
  const built = await Promise.all(
    images.map(async image => ({
      app: there,
      image,
      platform,
      container: withLabels(await there.stage(image.stage), labels),
    })),
  );
  if (isStarted) await startOnce(there);
  return built;
}

/** Where they are taken apart, and what they are made of. */
export interface Archiving {
  /** A directory of their own. */
  readonly directory: string;
  readonly state: Pick<SourceState, 'created' | 'revision'>;
}

/** Takes images of an app apart, settled; in the order in which they are given. The source is listed once for all, and a base that several have is read once. */
export async function archivedImages(
  { plan, source }: App,
  built: readonly BuiltImage[],
  { directory, state }: Archiving,
): Promise<readonly ArchivedImage[]> {
  const times = servedTimes(state);
  const { paths } = await directoryTree(source);
  const bases = new Map<string, Promise<ArchivedImage>>();
  const baseBelow = (one: BuiltImage): Promise<ArchivedImage> => {
    const name = `${imageBehind(plan, one.image.stage)} ${one.platform}`;
    const base = bases.get(name) ?? baseArchiveOf(one, directory).then(takenApart);
    bases.set(name, base);
    return base;
  };
  return Promise.all(
    built.map(async one => {
      const kindOf = servedFiles(plan, one.image.stage, paths);
      const ownTimes: OwnTimes = path => times?.[kindOf(path) ?? 'other'];
      const image = await takenApart(await archiveOf(one, directory));
      return settledImage(image, { directory, created: state.created, ownTimes, base: await baseBelow(one) });
    }),
  );
}

const DAY = 86_400;

/**
 * The times of files that a server may hand out: of the source that of the commit; of what was built of it, which changes more seldom, a second of the day before that of the
 * commit, so that it is the same layer for all commits of a day. None where there is no commit: what is not committed has no time that would tell it from
 * another state.
 */
function servedTimes({
  created,
  revision,
}: Archiving['state']): Readonly<Partial<Record<ServedFile | 'other', Times>>> | undefined {
  if (created === undefined || isChanged({ revision })) return undefined;
  const time = Math.floor(Date.parse(created) / 1000);
  const day = time - (time % DAY);
  return { source: { from: time, span: 1 }, built: { from: Math.max(0, day - DAY), span: DAY } };
}

async function takenApart(archive: string): Promise<ArchivedImage> {
  try {
    return await readArchive(archive, `${archive}.blobs`);
  } finally {
    await rm(archive);
  }
}
