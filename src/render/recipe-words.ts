/** Words of a command in a recipe of a Makefile. */
import { quoteWords } from '../source/quote-words.js';

/** Quotes words for the shell of a recipe: make fills in dollars, and takes each line for a command of its own. */
export function recipeWords(words: readonly string[]): string {
  return words
    .map(word => (word.includes('\n') ? printed(word) : quoteWords([word])))
    .join(' ')
    .replaceAll('$', '$$$$');
}

/** A word of several lines, as the shell has it printed; without line breaks at its end. */
function printed(word: string): string {
  return `"$(printf ${quoteWords([word.replaceAll(/[\\%]/g, '$&$&').replaceAll('\n', '\\n')])})"`;
}
