/** From an app to its lock files: what tags of images mean now, versions of Debian packages, and those that the app's package manager chooses. */
import { type Directory, dag, type Platform } from '@dagger.io/dagger';
import { LOCK_FILE, type Locked, lockFileText } from './config/lock-file.js';
import { lockFiles } from './dagger/app.js';
import { digestOfImage } from './dagger/container.js';
import { debianVersions } from './dagger/debian-versions.js';
import { notify } from './dagger/notices.js';
import { diagnose } from './diagnostics/diagnose.js';
import { DiagnosticError } from './diagnostics/error.js';
import { readPackaged } from './packaged.js';
import { type Given, loadApp } from './pipeline.js';
import { debianPackages, hasVersion } from './plan/debian.js';
import type { Plan } from './plan/types.js';

/**
 * Locks what is not locked.
 * @param upgrade whether images and packages that are locked are looked up again as well
 * @returns the files that belong into the source; rejects with a DiagnosticError when there is nothing to write
 */
export async function lockApp(given: Given, upgrade: boolean): Promise<Directory> {
  const app = await loadApp({ ...given, frozen: false });
  const { plan } = app;
  const images = await lockedImages(plan, upgrade);
  const packages = await lockedPackages(plan, images, upgrade);
  const isWritten = Object.keys(images).length + Object.keys(packages).length > 0;
  if (!isWritten && plan.lock === undefined) throw new DiagnosticError([diagnose('QS215', {})]);
  const written = isWritten
    ? dag.directory().withNewFile(LOCK_FILE, lockFileText({ images, packages }))
    : dag.directory();
  return plan.lock === undefined ? written : written.withDirectory('', await lockFiles(app));
}

async function lockedImages({ images }: Plan, upgrade: boolean): Promise<Locked['images']> {
  const looked = await Promise.all(
    Object.entries(images).map(async ([reference, { digest }]) => {
      const known = upgrade ? undefined : digest;
      return [reference, known ?? (await digestOfImage(reference)) ?? digest] as const;
    }),
  );
  const without = looked.filter(([, digest]) => digest === undefined).map(([reference]) => reference);
  if (without.length > 0)
    notify(
      `${LOCK_FILE} leaves out what no registry answers for, since a stand-in has no digest: ${without.join(', ')}`,
    );
  return Object.fromEntries(
    looked.flatMap(([reference, digest]) => (digest === undefined ? [] : [[reference, digest]])),
  );
}

/** Versions for the platforms that images are published for, the engine's own, and those that have some. */
async function lockedPackages(plan: Plan, digests: Locked['images'], upgrade: boolean): Promise<Locked['packages']> {
  const wanted = [...debianPackages(plan)];
  if (wanted.length === 0) return {};
  const own = await dag.defaultPlatform();
  const at = new Date().toISOString();
  const entries = wanted.map(async ([image, names]) => {
    const before = plan.images[image]?.packages ?? {};
    const platforms = [...new Set([own, ...(plan.publish?.platforms ?? []), ...Object.keys(before)])].sort();
    const digest = digests[image];
    const address = digest === undefined ? image : `${image}@${digest}`;
    const locked = platforms.map(async platform => {
      const known = before[platform] ?? {};
      if (!upgrade && names.every(name => hasVersion(known, name))) return [platform, known] as const;
      const found = await debianVersions({ address, platform: platform as Platform, names, at }, program());
      return [platform, upgrade ? found : { ...found, ...known }] as const;
    });
    return [image, Object.fromEntries(await Promise.all(locked))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const program = (): string => readPackaged('docker/debian-versions.sh');
