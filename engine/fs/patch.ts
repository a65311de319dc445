/** Patches as Git writes them. */
import { dirname } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';

/**
 * Puts a patch onto a directory, with the machine's own git as Dagger does with its own. An empty one changes nothing.
 * @throws Error with git's words when it does not fit
 */
export async function applyPatch(directory: string, patch: string): Promise<void> {
  const done = await execa('git', ['apply', '--allow-empty', patch], {
    cwd: directory,
    // The state may lie inside somebody's repository, which is none of the patch's business.
    env: { GIT_CEILING_DIRECTORIES: dirname(directory) },
    reject: false,
  });
  if (done.exitCode === undefined)
    throw new InfrastructureError(`git is needed to apply a patch: ${done.shortMessage}`);
  if (done.failed) throw new Error(`git apply: ${done.stderr}`);
}
