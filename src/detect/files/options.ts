/** Options of a command line, read by the grammar of the program that takes them. */
import { defined } from '../../source/defined.js';
import type { ShellWord } from './command-line.js';

/** An option with its value, when it takes one; the value is missing where only a running shell knows it. */
export interface ReadOption {
  readonly name: string;
  readonly value?: ShellWord;
}

/** What a command line says: options in their order, and the words that are none. */
export interface ReadOptions {
  readonly options: readonly ReadOption[];
  readonly operands: readonly ShellWord[];
}

/**
 * Reads options as POSIX and GNU write them: `-w 1`, `-w1`, `-Dw1`, `--workers 1`, `--workers=1`; behind `--` there are none.
 * @param takingValue the options, short and long, that are followed by a value
 */
export function readOptions(words: readonly ShellWord[], takingValue: readonly string[]): ReadOptions {
  const options: ReadOption[] = [];
  const operands: ShellWord[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word.text === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!word.text.startsWith('-') || word.text === '-') {
      operands.push(word);
      continue;
    }
    const read = word.text.startsWith('--') ? longOption(word) : shortOptions(word, takingValue);
    const last = read.at(-1)!;
    const isOpen = last.value === undefined && takingValue.includes(last.name);
    if (isOpen) at++;
    const value = isOpen ? words[at] : undefined;
    options.push(...read.slice(0, -1), value ? { name: last.name, value } : last);
  }
  return { options, operands };
}

function longOption(word: ShellWord): readonly ReadOption[] {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(word.text) ?? [];
  if (name === undefined || text === undefined) return [{ name: word.text }];
  return [{ name, value: { ...word, text, ...defined({ assumed: word.assumed?.slice(name.length + 1) }) } }];
}

/** The value that a word has behind an option's letter. */
function afterLetter(word: ShellWord, at: number): ShellWord {
  const rest = (text: string) => text.slice(at).replace(/^=/, '');
  return { ...word, text: rest(word.text), ...defined({ assumed: word.assumed && rest(word.assumed) }) };
}

/** `-kgevent` is one option with its value, `-DR` two without. */
function shortOptions(word: ShellWord, takingValue: readonly string[]): readonly ReadOption[] {
  const options: ReadOption[] = [];
  for (let at = 1; at < word.text.length; at++) {
    const name = `-${word.text[at]}`;
    const rest = word.text.slice(at + 1);
    if (!takingValue.includes(name)) options.push({ name });
    else return [...options, rest === '' ? { name } : { name, value: afterLetter(word, at + 1) }];
  }
  return options;
}
