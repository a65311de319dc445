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

/**
 * Builds an app's images for platforms, and calls a function with each as soon as it is there: while others are built, and while the app is started.
 * @returns what the function makes of each, platform by platform
 */
export async function eachBuilt<T>(
  app: App,
  { platforms, ...wanted }: Wanted,
  use: (built: BuiltImage) => Promise<T>,
): Promise<readonly T[]> {
  const own = await dag.defaultPlatform();
  // Each starts on empty databases of its own; on the engine's platform they are those of other functions, whose runs count.
  const apart = (platform: Platform) => (platform === own ? {} : { apart: platform.replaceAll('/', '-') });
  const used = platforms.map(platform => eachBuiltFor({ ...app, ...apart(platform) }, platform, { ...wanted, use }));
  return (await Promise.all(used)).flat();
}

async function eachBuiltFor<T>(
  app: App,
  platform: Platform,
  { images, labels, isStarted, use }: Omit<Wanted, 'platforms'> & { readonly use: (built: BuiltImage) => Promise<T> },
): Promise<readonly T[]> {
  const there = onPlatform(app, platform);
  const building = images.map(async (image): Promise<BuiltImage> => {
    const container = withLabels(await there.stage(image.stage), labels);
    return { app: there, image, platform, container };
  });
  const used = Promise.all(building.map(async built => use(await built)));
  const started = Promise.all(building).then(() => (isStarted ? startOnce(there) : undefined));
  const [made] = await Promise.all([used, started]);
  return made;
}

/** Where they are taken apart, and what they are made of. */
export interface Archiving {
  /** A directory of their own. */
  readonly directory: string;
  readonly state: Pick<SourceState, 'created' | 'revision'>;
}

/** An image as it was built, and what it consists of. */
export interface ArchivedBuild extends BuiltImage {
  readonly archived: ArchivedImage;
}

/** Builds images of an app and takes them apart, settled, platform by platform. The source is listed once for all, and a base that several have is read once. */
export async function archivedImages(
  app: App,
  wanted: Wanted,
  { directory, state }: Archiving,
): Promise<readonly ArchivedBuild[]> {
  const { plan, source } = app;
  const times = servedTimes(state);
  const { paths } = await directoryTree(source);
  const bases = new Map<string, Promise<ArchivedImage>>();
  const baseBelow = (one: BuiltImage): Promise<ArchivedImage> => {
    const name = `${imageBehind(plan, one.image.stage)} ${one.platform}`;
    const base = bases.get(name) ?? baseArchiveOf(one, directory).then(takenApart);
    bases.set(name, base);
    return base;
  };
  return eachBuilt(app, wanted, async one => {
    const kindOf = servedFiles(plan, one.image.stage, paths);
    const ownTimes: OwnTimes = path => times?.[kindOf(path) ?? 'other'];
    const [image, base] = await Promise.all([archiveOf(one, directory).then(takenApart), baseBelow(one)]);
    return { ...one, archived: await settledImage(image, { directory, created: state.created, ownTimes, base }) };
  });
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
