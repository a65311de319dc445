/** From an app to the lists of what its images consist of. */
import { createHash } from 'node:crypto';
import { type Container, dag, ExistsType, type File, type Platform } from '@dagger.io/dagger';
import { cycloneDx } from './attest/cyclonedx.js';
import { type BuiltFrom, type ImageInventory, parseInventory } from './attest/inventory.js';
import { type SoftwarePart, softwareParts } from './attest/parts.js';
import type { Material } from './attest/provenance.js';
import { spdx } from './attest/spdx.js';
import type { AttestedImage } from './attest/subject.js';
import { type App, onPlatform } from './dagger/app.js';
import { lookInto } from './dagger/inventory.js';
import { diagnose } from './diagnostics/diagnose.js';
import { DiagnosticError } from './diagnostics/error.js';
import { readPackaged } from './packaged.js';
import { stageInputs } from './plan/fold.js';
import { type AppImage, appImages } from './plan/look-up.js';
import type { Plan, Stage } from './plan/types.js';
import type { NodeManagerDefinition } from './support/managers/node/definition.js';
import { NODE_MANAGERS } from './support/managers/node/index.js';

/** The formats, and what a file in one is called. */
const FORMATS = {
  cyclonedx: { file: 'sbom.cdx.json', make: cycloneDx },
  spdx: { file: 'sbom.spdx.json', make: spdx },
} as const;

export type SbomFormat = keyof typeof FORMATS;

/** The format of a name; throws a DiagnosticError when it is none. */
export function sbomFormat(name: string): SbomFormat {
  if (Object.hasOwn(FORMATS, name)) return name as SbomFormat;
  throw new DiagnosticError([diagnose('QS920', { format: name, known: Object.keys(FORMATS) })]);
}

/** What an image consists of, whatever it is told as. */
export interface ImageParts {
  readonly release: ImageInventory['release'];
  readonly parts: readonly SoftwarePart[];
}

/**
 * Finds what an image consists of: what its package managers left in it, and what the lock files name that something in it was built from.
 * @param app the app, with its stages for the image's platform
 * @param stage the stage that the image is
 * @param image the image, built
 */
export async function partsOf(app: App, stage: string, image: Container): Promise<ImageParts> {
  const locks = locksBehind(app.plan, stage);
  const [text, packages] = await Promise.all([
    lookInto(app, image, readPackaged('docker/inventory.py'), locks),
    Promise.all(locks.map(lock => lockedBy(app, lock))),
  ]);
  const inventory = parseInventory(text);
  const builtFrom: readonly BuiltFrom[] = locks.map(({ path }, at) => ({
    path,
    packages: packages[at]!,
    installed: inventory.built[at] ?? [],
  }));
  return { release: inventory.release, parts: await softwareParts(inventory, builtFrom) };
}

/** The document about an image in a format. */
export async function sbomText(
  { parts, release }: ImageParts,
  format: SbomFormat,
  image: AttestedImage,
): Promise<string> {
  return FORMATS[format].make(parts, release, image);
}

/** Which image a list is wanted of, and in which format. */
export interface SbomOptions {
  readonly format: SbomFormat;
  readonly platform: Platform | undefined;
  readonly component: string | undefined;
}

/** The list of what an image of an app consists of, as a file; rejects with a DiagnosticError when there is no such image. */
export async function sbomOf(app: App, options: SbomOptions): Promise<File> {
  const { format } = options;
  const image = appImage(app.plan, options.component);
  const platform = options.platform ?? (await dag.defaultPlatform());
  const there = onPlatform(app, options.platform);
  const parts = await partsOf(there, image.stage, await there.stage(image.stage));
  const text = await sbomText(parts, format, { name: image.name, platform });
  const { file } = FORMATS[format];
  return dag.directory().withNewFile(file, text).file(file);
}

/** The image of a component, by default that of the web server; throws a DiagnosticError when the app has none. */
export function appImage(plan: Plan, component: string | undefined): AppImage {
  const images = appImages(plan);
  const image = component === undefined ? images[0] : images.find(candidate => candidate.component === component);
  if (!image)
    throw new DiagnosticError([
      diagnose('QS310', { component: component ?? 'web', known: images.map(candidate => candidate.component) }),
    ]);
  return image;
}

/** A lock file of Node packages, where it lies in a stage and in the source. */
interface StageLock {
  readonly stage: string;
  readonly directory: string;
  readonly file: string;
  readonly path: string;
}

const MANAGERS: readonly NodeManagerDefinition[] = Object.values(NODE_MANAGERS);
const LOCK_FILES = new Set(MANAGERS.flatMap(({ lockFiles }) => lockFiles));

/** The stages that a stage comes from, itself among them. */
function stagesBehind({ stages }: Pick<Plan, 'stages'>, id: string): readonly Stage[] {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const stage = stages.find(candidate => candidate.id === name);
    if (!stage || reached.has(name)) return;
    reached.add(name);
    for (const input of stageInputs(stage)) visit(input);
  };
  visit(id);
  return stages.filter(stage => reached.has(stage.id));
}

/** Files of the source that stages name one by one, such as what packages are installed by. */
function filesBehind(plan: Pick<Plan, 'stages'>, id: string): readonly StageLock[] {
  return stagesBehind(plan, id).flatMap(stage =>
    stage.steps.flatMap(step => {
      if (step.kind !== 'copy' || step.from.kind !== 'source') return [];
      const { path, include = [] } = step.from;
      return include
        .filter(file => !/[*?[]/.test(file))
        .map(file => ({ stage: stage.id, directory: step.to, file, path: path === '' ? file : `${path}/${file}` }));
    }),
  );
}

/** The lock files by which packages of Node were installed in the stages that a stage comes from. */
function locksBehind(plan: Pick<Plan, 'stages'>, id: string): readonly StageLock[] {
  return filesBehind(plan, id).filter(({ file }) => LOCK_FILES.has(file));
}

/** What an image is made of, beside the commit: the images that its stages start from, and the files of the source that packages are installed by. */
export async function materialsOf({ plan, source }: App, stage: string): Promise<readonly Material[]> {
  const bases = stagesBehind(plan, stage).flatMap(({ base }) => (base.kind === 'image' ? [base.reference] : []));
  const images = [...new Set(bases)].map(reference => ({
    kind: 'image' as const,
    reference,
    digest: plan.images[reference]?.digest,
  }));
  const paths = [...new Set(filesBehind(plan, stage).map(({ path }) => path))];
  const files = await Promise.all(
    paths.map(async path => {
      if (!(await source.exists(path, { expectedType: ExistsType.RegularType }))) return [];
      const digest = createHash('sha256')
        .update(await source.file(path).contents())
        .digest('hex');
      return [{ kind: 'file' as const, path, digest: `sha256:${digest}` }];
    }),
  );
  return [...images, ...files.flat()];
}

/** What a lock file names, as it was when packages had been installed by it: where the source has none, it was made then. */
async function lockedBy({ stage }: App, { stage: id, directory, file }: StageLock): Promise<BuiltFrom['packages']> {
  const place = (await stage(id)).directory(directory);
  if (!(await place.exists(file))) return [];
  const text = await place.file(file).contents();
  const manager = MANAGERS.find(({ lockFiles, owns }) => lockFiles.includes(file) && (owns?.(text) ?? true));
  return manager?.allLocked(text) ?? [];
}
