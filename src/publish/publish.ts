/** From an app to its images in a registry, under tags that say what they are. */
import { dag, type Platform, type Secret } from '@dagger.io/dagger';
import type { App } from '../dagger/app.js';
import { notify } from '../dagger/notices.js';
import { findServices } from '../dagger/suites.js';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { appImages } from '../plan/look-up.js';
import { type Repository, repositoryOf } from '../registry/address.js';
import { openRepository } from '../registry/repository.js';
import { appImage } from '../sbom.js';
import { PLATFORMS } from '../support/platforms.js';
import { type AttachOptions, attachedTo, signerOf } from './attached.js';
import { openBeside, repositoriesBeside } from './beside.js';
import { archivedImages } from './build.js';
import { credentialsOf } from './credentials.js';
import { provenanceLabels } from './documents.js';
import type { Publication, PublishedImage } from './publication.js';
import { push, type Shipment } from './push.js';
import { withScratch } from './scratch.js';
import { defaultTags, type ImageTag, isChanged, isImageTime, isTag, namedTags, type SourceState } from './tags.js';

export interface PublishOptions {
  readonly address: string | undefined;
  /** Names; none: those of the source's state. */
  readonly tags: readonly string[];
  /** None: those of quayside.yaml, else the engine's own. */
  readonly platforms: readonly string[];
  readonly component: string | undefined;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  /** Nothing is written to the registry; all else is done. */
  readonly dryRun: boolean;
  readonly state: SourceState;
  readonly attach: AttachOptions;
}

/**
 * Builds the images of an app for all platforms, starts them, and pushes them.
 * @returns what was published; rejects with a DiagnosticError before anything is built when what is asked for cannot be, or before anything
 * is pushed when a tag is taken, and with a RegistryFailure when the registry does not do its part
 */
export async function publishApp(app: App, options: PublishOptions): Promise<Publication> {
  const { plan } = app;
  const base = targetOf(options.address ?? plan.publish?.address);
  const tags = tagsOf(options);
  const platforms = await platformsOf(
    options.platforms.length > 0 ? options.platforms : (plan.publish?.platforms ?? []),
  );
  requireTime(options.state);
  const images = options.component === undefined ? appImages(plan) : [appImage(plan, options.component)];
  const labels = provenanceLabels(options.state);
  const credentials = await credentialsOf(base, options);
  const opened = await signerOf(options.attach);
  // What is signed without a key stays in a public log, and whoever only tries writes nothing.
  const signer = options.dryRun && opened?.kind === 'keyless' ? undefined : opened;
  await findServices(app);
  const wanted = { platforms, images, labels, isStarted: true };
  const how = { ...options, tags: tags.map(({ name }) => name), platforms, signer };
  return withScratch(async directory => {
    const built = await archivedImages(app, wanted, { directory, state: options.state });
    const beside = await openBeside(app, base);
    const shipments: Shipment[] = [];
    for (const image of images) {
      const repository = { ...base, name: `${base.name}${image.name.slice(plan.name.length)}` };
      const own = built.filter(one => one.image === image);
      const besideOf = beside.of(image, shipments.at(-1)?.repository.address);
      const shipped = own.map(({ archived }) => archived);
      const { dryRun } = options;
      const access = { credentials, dryRun, tokenServer: plan.publish?.tokenServer };
      const client = openRepository(repository, { ...access, beside: repositoriesBeside(shipped, besideOf) });
      shipments.push({
        component: image.component,
        repository: client,
        besideOf,
        platforms: shipped,
        annotations: labels,
        attached: attachedTo({ app, image, built: own, repository: client }, how),
      });
    }
    const published = await push(shipments, tags);
    if (!options.dryRun) await beside.remember(shipments);
    for (const line of describe(published, options.dryRun)) notify(line);
    const sent = published.flatMap(image => image.platforms).reduce((sum, platform) => sum + platform.sent, 0);
    return { images: published, sent, dryRun: options.dryRun };
  });
}

function targetOf(address: string | undefined): Repository {
  if (address === undefined) throw new DiagnosticError([diagnose('QS901', {})]);
  const repository = repositoryOf(address);
  if ('problem' in repository) throw new DiagnosticError([diagnose('QS902', { address, problem: repository.problem })]);
  return repository;
}

function tagsOf({ tags: names, state }: PublishOptions): readonly ImageTag[] {
  const wrong = names.filter(name => !isTag(name));
  if (wrong.length > 0) throw new DiagnosticError(wrong.map(tag => diagnose('QS903', { tag })));
  const tags = names.length > 0 ? namedTags(names) : defaultTags(state);
  if (tags.length === 0) throw new DiagnosticError([diagnose('QS905', { changed: isChanged(state) })]);
  return tags;
}

/** Throws a DiagnosticError when the time of the source's state is none. */
function requireTime({ created }: SourceState): void {
  if (created !== undefined && !isImageTime(created)) throw new DiagnosticError([diagnose('QS908', { created })]);
}

async function platformsOf(names: readonly string[]): Promise<readonly Platform[]> {
  if (names.length === 0) return [await dag.defaultPlatform()];
  const usual = names.map(name => name.replace(/^linux\/arm64\/v8$/, 'linux/arm64'));
  const problems = usual.flatMap((platform, at) => {
    const reason = !PLATFORMS.some(known => known === platform)
      ? 'unknown'
      : usual.indexOf(platform) < at
        ? 'twice'
        : undefined;
    return reason === undefined ? [] : [diagnose('QS904', { platform, known: PLATFORMS, reason })];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
  return usual as readonly string[] as readonly Platform[];
}

function describe(images: readonly PublishedImage[], dryRun: boolean): readonly string[] {
  return images.map(({ address, digest, tags, platforms }) => {
    const written = tags.filter(({ fate }) => fate === 'written').map(({ name }) => name);
    const sent = platforms.reduce((sum, platform) => sum + platform.sent, 0);
    const done = dryRun ? 'would be ' : '';
    const nothing = sent === 0 && written.length === 0;
    return nothing
      ? `${address}@${digest}: is there with all its tags, nothing was pushed`
      : `${address}@${digest}: ${(sent / 1e6).toFixed(1)} MB of layers ${done}sent; tags ${done}written: ${written.join(', ') || 'none'}`;
  });
}
