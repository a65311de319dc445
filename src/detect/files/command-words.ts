/** Commands as arguments of a process in the image. */
import type { CommandLine, ShellWord } from './command-line.js';
import { withoutManagers } from './runners.js';

/** A command line as arguments; one that needs a shell gets one. */
export function commandWords(line: CommandLine): readonly string[] {
  const [command, another] = line.commands;
  if (!line.isPlain || !command || another || command.directory !== '') return ['sh', '-c', shellText(line)];
  const words = withoutManagers(behindExec(command.words)).map(({ text }) => text);
  const variables = command.variables.map(({ name, value }) => `${name}=${value.text}`);
  return variables.length > 0 ? ['env', ...variables, ...words] : words;
}

/** The words behind the shell's own word for taking its place. */
function behindExec(words: readonly ShellWord[]): readonly ShellWord[] {
  return words[0]?.text === 'exec' ? words.slice(1) : words;
}

/** Words of the shell itself, which nothing can take its place with. */
const OWN_WORDS = /^(exec|exit|wait|return|eval|source|\.|:|true|false|test|\[)$/;

/**
 * The text without the tools that manage environments, which are not in the image. The command that it ends with takes the
 * shell's place, to get its signals.
 */
function shellText({ text, commands, last }: CommandLine): string {
  const removed = commands.flatMap(({ words }) => {
    const managed = behindExec(words);
    const [from, to] = [managed[0]?.at, withoutManagers(managed)[0]?.at];
    return from === undefined || to === undefined || from === to ? [] : [{ from, to, by: '' }];
  });
  const ending = commands.find(({ words }) => words[0]?.at === last)?.words[0];
  const takes = ending && !OWN_WORDS.test(ending.text) ? [{ from: ending.at, to: ending.at, by: 'exec ' }] : [];
  return [...removed, ...takes]
    .toSorted((a, b) => b.from - a.from || b.to - a.to)
    .reduce((result, { from, to, by }) => result.slice(0, from) + by + result.slice(to), text);
}
