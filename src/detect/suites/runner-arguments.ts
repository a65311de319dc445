/** The arguments of a command that runs tests, as far as they say what is tested and how. */

import { RUNNER_OPTIONS, type RunnerOption } from '../../support/test-tools/runner-options.js';
import type { ShellWord } from '../files/command-line.js';
import type { TestRunner } from './test-commands.js';

/** The arguments of a command. */
export interface RunnerArguments {
  /** Options with their values, as words. */
  readonly options: readonly string[];
  /** What is tested: paths, names of modules. */
  readonly targets: readonly string[];
  /** Options that are no part of what is meant, or that nothing here knows. */
  readonly left: readonly string[];
  /** The expression of pytest's marks. */
  readonly marks?: string;
}

/** What decides about options. */
export interface OptionSources {
  readonly hasPackage: (name: string) => boolean;
  /** Whether the tests' own code has an option of this name. */
  readonly isOwn: (name: string) => boolean;
  /** A path as it is to be written where the tests run; undefined where there is no such path. */
  readonly pathOf: (written: string) => string | undefined;
}

/** Reads arguments; undefined where a part that decides what is tested is only known to a running shell. */
export function readArguments(
  runner: TestRunner,
  args: readonly ShellWord[],
  sources: OptionSources,
): RunnerArguments | undefined {
  const options: string[] = [];
  const targets: string[] = [];
  const left: string[] = [];
  let marks: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const { text, isKnown } = args[at]!;
    if (!text.startsWith('-') || text === '--') {
      // What the service fills in, such as a part of a matrix, is left to the runner's settings.
      if (isKnown && text !== '--' && text !== '.' && text !== './') targets.push(text);
      continue;
    }
    const { name, value, option } = optionIn(text, RUNNER_OPTIONS[runner]);
    const next = args[at + 1];
    const follows = value === undefined && takesNext(option, runner, next);
    if (follows) at++;
    const given = value ?? (follows ? next : undefined);
    const words = value === undefined ? [text, ...(follows ? [next!.text] : [])] : [text];
    // How a report is written is not for the tests to say.
    if (!isTaken(option, name, sources) || (name === '-o' && textOf(given).startsWith('junit'))) {
      if (option === undefined || typeof option.is === 'object') left.push(...words);
      continue;
    }
    const isOpen = !isKnown || (follows && !next!.isKnown);
    if (isOpen) return undefined;
    if (runner === 'pytest' && name === '-m') marks = textOf(given);
    else if (option?.isPath) {
      const path = sources.pathOf(textOf(given));
      if (path !== undefined)
        options.push(name.startsWith('--') ? `${name}=${path}` : name, ...(name.startsWith('--') ? [] : [path]));
    } else options.push(...words);
  }
  return { options, targets, left, ...(marks === undefined ? {} : { marks }) };
}

function textOf(value: string | ShellWord | undefined): string {
  return typeof value === 'string' ? value : (value?.text ?? '');
}

/** `--ds=x` and `-n4` have their values in the same word, and `-xm` takes one behind it. */
function optionIn(text: string, options: readonly RunnerOption[]) {
  const [, long, inLong] = /^(--[\w-]+)=(.*)$/s.exec(text) ?? [];
  if (long !== undefined) return { name: long, value: inLong, option: options.find(({ names }) => names.test(long)) };
  const whole = options.find(({ names }) => names.test(text));
  if (whole || text.startsWith('--')) return { name: text, value: undefined, option: whole };
  const short = text.slice(0, 2);
  const withValue = options.find(({ names, takesValue }) => takesValue && names.test(short));
  if (withValue) return { name: short, value: text.slice(2), option: withValue };
  const last = `-${text.at(-1)}`;
  const behind = options.find(({ names, takesValue }) => takesValue && names.test(last));
  return { name: behind ? last : text, value: undefined, option: behind };
}

function takesNext(option: RunnerOption | undefined, runner: TestRunner, next: ShellWord | undefined): boolean {
  if (next === undefined || next.text.startsWith('-')) return false;
  if (option === undefined) return false;
  // `--parallel auto` and `--parallel 4`, but not `--parallel shop.tests`.
  if (runner === 'django' && option.is === 'left' && option.takesValue) return /^(auto|\d+)$/.test(next.text);
  return option.takesValue;
}

function isTaken(option: RunnerOption | undefined, name: string, { hasPackage, isOwn }: OptionSources): boolean {
  if (option === undefined) return isOwn(name);
  return option.is === 'kept' || (typeof option.is === 'object' && hasPackage(option.is.package));
}
