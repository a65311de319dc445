/** The app's own .dockerignore: what its images are made without. */
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';

/** Reads the patterns as they are applied, the last that fits deciding; undefined when there are none. */
export async function readDockerignore(tree: Tree): Promise<Sourced<readonly string[]> | undefined> {
  const file = '.dockerignore';
  const lines = ((await tree.read(file)) ?? '').replace(/^\uFEFF/, '').split(/\r?\n/);
  const patterns = lines.flatMap(line => {
    const [, sign = '', path = ''] = /^(!?)\s*(.*?)\s*$/.exec(line.trim()) ?? [];
    // A slash at either end says nothing here: every pattern is for files and directories, from the top on.
    const pattern = path.replace(/^(\.?\/)+|\/+$/g, '');
    return pattern === '' || line.startsWith('#') ? [] : [`${sign}${pattern}`];
  });
  return patterns.length === 0 ? undefined : { value: patterns, place: { file }, why: 'left out of the image' };
}
