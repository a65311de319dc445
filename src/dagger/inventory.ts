/** Looking into an image with a program of a container that it is mounted into: it need not be able to run anything itself. */
import { type Container, dag } from '@dagger.io/dagger';
import { imageAddress, imageBehind } from '../plan/look-up.js';
import type { App } from './app.js';
import { entitle } from './titles.js';

/** A directory in a stage of the plan. */
export interface StageDirectory {
  readonly stage: string;
  readonly directory: string;
}

/**
 * Runs a program of Python over the root file system of an image, and over directories of stages.
 * @param image what is looked at
 * @param program text of the program: its arguments are the file that it writes, the root and the directories
 * @returns what it wrote
 */
export async function lookInto(
  { plan, stage }: App,
  image: Container,
  program: string,
  beside: readonly StageDirectory[],
): Promise<string> {
  const web = plan.processes.find(({ role }) => role === 'web');
  const base = web && imageBehind(plan, web.image);
  if (base === undefined) throw new Error('the plan has no web server with an image');
  const directories = await Promise.all(beside.map(async one => (await stage(one.stage)).directory(one.directory)));
  const at = directories.map((_, index) => `/built/${index}`);
  const args = ['python', '-I', '-B', '/inventory.py', OUTPUT, '/image', ...at];
  entitle(args, { title: 'list the packages of the image' });
  const looking = dag
    .container()
    .from(imageAddress(plan, base))
    .withNewFile('/inventory.py', program)
    .withMountedDirectory('/image', image.rootfs());
  return directories
    .reduce((container, directory, index) => container.withMountedDirectory(at[index]!, directory), looking)
    .withExec(args)
    .file(OUTPUT)
    .contents();
}

const OUTPUT = '/inventory.json';
