/** Scripts of recipes, which run in containers for a moment: their failures are the machine's, since nobody else wrote them. */
import type { ExecOp } from './op.js';

const DIRECTORY = '/dev/.quayside/';

/** Where a script is mounted while it runs. */
export function ownScriptPath(name: string): string {
  return `${DIRECTORY}${name}`;
}

/** The name of the script that an exec runs; undefined for any other command. */
export function ownScriptOf({ mounts, args }: Pick<ExecOp, 'mounts' | 'args'>): string | undefined {
  const script = mounts.find(({ path }) => path.startsWith(DIRECTORY) && args.includes(path));
  return script?.path.slice(DIRECTORY.length);
}
