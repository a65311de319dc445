/** Formatting: a run that leaves the files it changed in a directory. */

import { quoteWords } from '../source/quote-words.js';
import { CHANGED_DIR } from './paths.js';

/**
 * The command that formats in place and copies what changed.
 * @param command the formatter with its arguments
 * @param root where the working directory lies in the source, so that files come back under the paths they have there
 * @param built directory in it that is made of the source; none: nothing is built there
 */
export function formatCommand(command: readonly string[], root: string, built?: string): readonly string[] {
  const target = root === '' ? CHANGED_DIR : `${CHANGED_DIR}/${root}`;
  const made = built === undefined ? '' : ` -o -path ${quoteWords([`./${built}`])}`;
  const script = [
    'before=$(mktemp)',
    quoteWords(command),
    `mkdir -p ${quoteWords([target])}`,
    // Formatters write only the files that they change. Caches of tools are hidden, what tools made is nobody's to format.
    `find . \\( -name node_modules -o -name __pycache__ -o -name '.pnp.*' -o -name '.?*' -type d${made} \\) -prune -o -type f -newer "$before" -exec cp --parents {} ${quoteWords([target])} ';'`,
  ];
  return ['sh', '-ec', script.join('\n')];
}
