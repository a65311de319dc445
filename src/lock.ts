/** From an app to its lock files: what tags of images mean now, and the versions that the app's package manager chooses. */
import { type Directory, dag } from '@dagger.io/dagger';
import { LOCK_FILE, type LockedImages, lockFileText } from './config/lock-file.js';
import { lockFiles } from './dagger/app.js';
import { digestOfImage } from './dagger/container.js';
import { notify } from './dagger/notices.js';
import { diagnose } from './diagnostics/diagnose.js';
import { DiagnosticError } from './diagnostics/error.js';
import { type Given, loadApp } from './pipeline.js';

/**
 * Locks what is not locked.
 * @param upgrade whether images that are locked are looked up again as well
 * @returns the files that belong into the source; rejects with a DiagnosticError when there is nothing to write
 */
export async function lockApp(given: Given, upgrade: boolean): Promise<Directory> {
  const app = await loadApp({ ...given, frozen: false });
  const { images, lock } = app.plan;
  const looked = await Promise.all(
    Object.entries(images).map(async ([reference, { digest }]) => {
      const known = upgrade ? undefined : digest;
      return [reference, known ?? (await digestOfImage(reference)) ?? digest] as const;
    }),
  );
  const locked: LockedImages = Object.fromEntries(
    looked.flatMap(([reference, digest]) => (digest === undefined ? [] : [[reference, digest]])),
  );
  const without = looked.filter(([, digest]) => digest === undefined).map(([reference]) => reference);
  if (without.length > 0)
    notify(
      `${LOCK_FILE} leaves out what no registry answers for, since a stand-in has no digest: ${without.join(', ')}`,
    );
  const isWritten = Object.keys(locked).length > 0;
  if (!isWritten && lock === undefined) throw new DiagnosticError([diagnose('QS215', {})]);
  const written = isWritten ? dag.directory().withNewFile(LOCK_FILE, lockFileText(locked)) : dag.directory();
  return lock === undefined ? written : written.withDirectory('', await lockFiles(app));
}
