/** Packages of the system that the app's own image installs by name. */
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { imageRuns } from './dockerfile.js';
import { readOptions } from './options.js';
import { imagePrograms } from './web-command.js';

/** Options of apt that are followed by a value. */
const TAKING_VALUE = ['-o', '--option', '-t', '--target-release', '-c', '--config-file'];

/** Finds what apt installs in the stages that the last one is made from, each package without its version. */
export async function imagePackages(tree: Tree): Promise<readonly Sourced<readonly string[]>[]> {
  const found = (await imageRuns(tree)).map(async ({ value, place }) => {
    return (await imagePrograms(value)).flatMap(({ program, args }) => {
      if (!/^apt(-get|itude)?$/.test(program)) return [];
      const { operands } = readOptions(args, TAKING_VALUE);
      const [verb, ...names] = operands;
      const value = names.flatMap(({ text, isKnown }) => (isKnown ? [text.replace(/[=:/].*$/, '')] : []));
      return verb?.text === 'install' && value.length > 0 ? [{ value, place }] : [];
    });
  });
  return (await Promise.all(found)).flat();
}
