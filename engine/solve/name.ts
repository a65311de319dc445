/** What a person reads for an operation. */
import { posix } from 'node:path';
import type { Op } from '../objects/op.js';

const longest = 100;

/** Where the scripts of image recipes are mounted while they run. */
const recipeScript = /^\/dev\/\.quayside\/(.+)\.sh$/;

/** The command as a person would type it: the program without its directory, and a recipe's script as what it makes. */
function commandLine([program = '', ...words]: readonly string[]): string {
  const [, recipe] = recipeScript.exec(words[1] ?? '') ?? [];
  if (recipe !== undefined) return `stand-in ${[recipe, ...words.slice(2)].join(' ')}`;
  return `exec ${[posix.basename(program), ...words].join(' ')}`;
}

/** Names an operation that takes time; undefined for those that do not deserve a line. */
export function stepName(op: Op): string | undefined {
  switch (op.kind) {
    case 'exec': {
      const line = commandLine(op.args).replace(/\s+/g, ' ');
      return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
    }
    case 'bootstrap':
      return ['mmdebstrap', op.suite, op.architecture ?? ''].join(' ').trim();
    case 'npm':
      return `npm package ${op.package}@${op.version}`;
    case 'git-tree':
      return `git checkout ${op.name || op.sha.slice(0, 12)}`;
    default:
      return undefined;
  }
}
