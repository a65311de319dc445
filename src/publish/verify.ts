/** From an image in a registry to whether this source gives it. */
import type { Platform, Secret } from '@dagger.io/dagger';
import type { App } from '../dagger/app.js';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { printable } from '../diagnostics/printable.js';
import type { AppImage } from '../plan/look-up.js';
import { appImages } from '../plan/look-up.js';
import { repositoryOf } from '../registry/address.js';
import { openRepository, type RepositoryClient } from '../registry/repository.js';
import { PLATFORMS } from '../support/platforms.js';
import { archivedImages } from './build.js';
import { credentialsOf } from './credentials.js';
import { imageDifferences } from './differences.js';
import { labelsOf, platformName } from './documents.js';
import { type PublishedIndex, platformsOf, readImage, readIndex, readVouched } from './published.js';
import { type Origin, originIn, requireSameSource } from './same-source.js';
import { withScratch } from './scratch.js';
import { isImageTime } from './tags.js';
import { type Voucher, type VoucherOptions, voucherOf } from './vouchers.js';

export interface VerifyOptions extends VoucherOptions {
  /** Repository with a tag or a digest. */
  readonly address: string;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  /** The commit of the source, as far as it is known. */
  readonly revision: string | undefined;
}

/** How many differences are told. */
const MOST = 20;

/**
 * Builds an image again that was published, by what its provenance says, and compares.
 * @returns what was verified, in words; rejects with a DiagnosticError when the image cannot be verified with this source, and one of the
 * run (7xx) when it is not signed by who has to have signed it or is not what the source gives
 */
export async function verifyPublished(app: App, options: VerifyOptions): Promise<string> {
  const { repository, reference, digest } = await openPublished(app, options);
  const voucher = await voucherOf(options);
  const index = await readIndex(repository, reference);
  if (index === undefined || index.digest !== (digest ?? index.digest) || !isPublished(index))
    throw new DiagnosticError([diagnose('QS930', { image: options.address })]);
  const image = `${repository.address}@${index.digest}`;
  const vouched = await readVouched(repository, index.digest, voucher);
  const origin = originIn(vouched.statements);
  if (voucher !== undefined && !(vouched.isSigned && origin !== undefined)) {
    const missing = vouched.isSigned ? 'provenance' : 'signature';
    throw new DiagnosticError([diagnose('QS731', { image, missing, by: nameOf(voucher) })]);
  }
  if (origin === undefined) throw new DiagnosticError([diagnose('QS931', { image })]);
  const component = componentOf(app, repository.address, origin);
  await requireSameSource(app, component, { image, origin, revision: options.revision });
  await compare(app, component, { repository, index, image, revision: origin.revision });
  const signed = voucher === undefined ? [] : [`${image}: signed by ${nameOf(voucher)}, and so is where it comes from`];
  const commit = origin.revision === undefined ? 'this source' : origin.revision;
  return printable(
    [...signed, `${image}: built again from ${commit}, it is the same (${platformsOf(index).join(', ')})`].join('\n'),
  );
}

async function openPublished({ plan }: App, options: VerifyOptions) {
  const { address } = options;
  const [, name = address, tag, digest] =
    /^(.*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(address) ?? [];
  const repository = repositoryOf(name);
  if ('problem' in repository) throw new DiagnosticError([diagnose('QS902', { address, problem: repository.problem })]);
  const reference = digest ?? tag;
  if (reference === undefined) throw new DiagnosticError([diagnose('QS932', { address })]);
  const credentials = await credentialsOf(repository, options);
  return {
    repository: openRepository(repository, { credentials, dryRun: true, tokenServer: plan.publish?.tokenServer }),
    reference,
    digest,
  };
}

/** Whether an index is one that `publish` may have written: known platforms, each once, and a time that is one. */
function isPublished(index: PublishedIndex): boolean {
  const names = platformsOf(index);
  const created = index.annotations['org.opencontainers.image.created'];
  const isKnown = names.every(name => PLATFORMS.some(known => known === name));
  return (
    names.length > 0 &&
    isKnown &&
    new Set(names).size === names.length &&
    (created === undefined || isImageTime(created))
  );
}

function nameOf(voucher: Voucher): string {
  return voucher.kind === 'key' ? 'the key' : `${voucher.signer.identity}, whom ${voucher.signer.issuer} knows`;
}

/** The image of the app that an address is that of: the provenance names none, but what was told, and images have the app's address with an ending. */
function componentOf({ plan }: App, address: string, { component }: Origin): AppImage {
  const images = appImages(plan);
  const named = images.find(image => image.component === component);
  const ending = (image: AppImage) => image.name.slice(plan.name.length);
  const byEnding = images
    .filter(image => ending(image) !== '' && address.endsWith(ending(image)))
    .toSorted((a, b) => ending(b).length - ending(a).length);
  return named ?? byEnding[0] ?? images[0]!;
}

interface Published {
  readonly repository: RepositoryClient;
  readonly index: PublishedIndex;
  /** With its digest. */
  readonly image: string;
  /** The commit that its provenance names. */
  readonly revision: string | undefined;
}

async function compare(app: App, component: AppImage, published: Published): Promise<void> {
  const { repository, index, image, revision } = published;
  const { annotations, entries } = index;
  const said = (name: string) => annotations[`org.opencontainers.image.${name}`];
  // What else the index says is no part of what was published.
  const labels = labelsOf({ created: said('created'), revision, source: said('source'), version: said('version') });
  const platforms = platformsOf(index) as readonly string[] as readonly Platform[];
  const wanted = { platforms, images: [component], labels, isStarted: false };
  return withScratch(async directory => {
    const state = { created: said('created'), revision };
    const images = await archivedImages(app, wanted, { directory, state });
    const found = [];
    for (const [at, entry] of entries.entries()) {
      const built = images[at]!.archived;
      if (built.manifest.digest === entry.digest) continue;
      const differences = await imageDifferences(await readImage(repository, entry), built, MOST);
      found.push(diagnose('QS730', { image, platform: platformName(entry.platform), differences, most: MOST }));
    }
    if (found.length > 0) throw new DiagnosticError(found);
  });
}
