/** Brings what was written to disk. */
import { execa } from 'execa';

/** Waits until all that was written to the file system of a directory is on disk. @throws Error when that failed */
export async function syncFileSystem(directory: string): Promise<void> {
  // Node has no syncfs. A group of its own: Ctrl-C is ours to hear.
  await execa('sync', ['--file-system', directory], { detached: true });
}
