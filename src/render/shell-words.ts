/** Commands of steps as the shell form of a Dockerfile's RUN has them. */
import type { StepOf } from '../plan/fold.js';
import { quoteWords } from '../source/quote-words.js';

/** The commands of a step, one text each. */
export function commandsOf(step: StepOf<'script'> | StepOf<'exec'>): readonly string[] {
  return step.kind === 'exec' ? [quoteWords(step.args)] : step.lines;
}

/** A command and those after it, as one for `sh -c` that ends with the first that fails. */
export function inOneShell(commands: readonly string[]): readonly string[] {
  // A failure on the left of && and || ends nothing by itself, so "set -e" means here what it means in a script.
  return commands.length === 1 ? commands : ['set -e', ...commands];
}
