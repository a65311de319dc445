/** Files of variables, such as .env, by Dagger's rules: values are a shell's words, and may name variables anywhere in the file. */
import type { Pairs } from './image-config.js';
import { expandWord } from './shell/expand.js';
import { type Assignment, parseAssignment } from './shell/word.js';

/** Lines of `NAME=value`, as they were written. */
export interface EnvFile {
  readonly lines: readonly string[];
  /** Lines of variables that values may name, and that are not the file's own. */
  readonly context: readonly string[];
}

/** A file without variables. */
export const emptyEnvFile: EnvFile = { lines: [], context: [] };

/** What a name means where the file does not say it: a variable of whoever runs the engine. */
type Outside = (name: string) => string | undefined;

const withoutExport = (line: string): string => line.trim().replace(/^export\s+/, '');
const nameOf = (line: string): string => line.split('=', 1)[0]!;
const splitLine = (line: string): [name: string, value: string] => [nameOf(line), line.slice(nameOf(line).length + 1)];

/** Names and values as they are written; of a name that comes twice the later counts. */
function written(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines
      .map(withoutExport)
      .filter(line => line !== '')
      .map(splitLine),
  );
}

/** Reads a file: a line each, also those that say nothing of use, which only count when values are asked for. */
export function readEnvFile(text: string): EnvFile {
  const lines = text.split('\n').map(withoutExport);
  return lines.filter(line => line !== '').reduce((file, line) => withVariable(file, ...splitLine(line)), emptyEnvFile);
}

/** The file with a variable set; an existing one keeps its place. */
export function withVariable({ lines, context }: EnvFile, name: string, value: string): EnvFile {
  const line = `${name}=${value}`;
  const at = lines.findIndex(other => nameOf(other) === name);
  return { lines: at < 0 ? [...lines, line] : lines.with(at, line), context };
}

/** The file without a variable, however often it is set. */
export function withoutVariable({ lines, context }: EnvFile, name: string): EnvFile {
  return { lines: lines.filter(line => nameOf(line) !== name), context };
}

/** Whether a variable is set. */
export function hasVariable({ lines }: EnvFile, name: string): boolean {
  return written(lines).has(name);
}

/** The file's text. */
export function envFileText({ lines }: EnvFile): string {
  return lines.map(line => `${line}\n`).join('');
}

/** All variables as they are written, by name. */
export function rawVariables({ lines }: EnvFile): Pairs {
  return [...written(lines)].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Names that a value does not say, though they change what it means. */
const ownOnly: ReadonlySet<string> = new Set(['IFS', 'HOME']);
const simpleName = /^[A-Za-z_]\w*$/;
/** What only a shell's rules make sense of. */
const needsShell = /[`"'\\]|\$[A-Za-z_{(]/;

function assignmentOf(line: string): Assignment | undefined {
  const [name, value] = splitLine(line);
  const isSimple = line.includes('=') && simpleName.test(name) && !needsShell.test(value);
  return isSimple ? { name, words: [[{ kind: 'bare', text: value }]] } : parseAssignment(line);
}

/** Values of a file, each found once. @throws Error for a line that cannot be read */
function evaluator({ lines, context }: EnvFile, outside: Outside, strict: boolean): (name: string) => string {
  const assignments = new Map(
    [...context, ...lines]
      .map(withoutExport)
      .flatMap(line => assignmentOf(line) ?? [])
      .map(({ name, words }) => [name, words]),
  );
  const values = new Map<string, string>();
  const open = new Set<string>();
  const find = (name: string): string => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const words = assignments.get(name);
    if (words === undefined) return '';
    if (open.has(name)) throw new Error(`circular dependency detected: ${[...open, name].join(' -> ')}`);
    open.add(name);
    try {
      const value = words
        .map(word => {
          const isBare = word.length === 1 && word[0]?.kind === 'bare';
          return expandWord(word, { lookup: other => lookUp(other, isBare), strict });
        })
        .join(' ');
      values.set(name, value);
      return value;
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`);
    } finally {
      open.delete(name);
    }
  };
  const lookUp = (name: string, isBare: boolean): string => {
    if (!assignments.has(name)) return isBare || ownOnly.has(name) ? '' : (outside(name) ?? '');
    try {
      return find(name);
    } catch {
      // What went wrong there is said of the variable that is asked for: it names one without a value.
      return '';
    }
  };
  return find;
}

/** All variables with their values filled in, by name. @throws Error for a line that cannot be read, and for a variable that has no value */
export function expandedVariables(file: EnvFile, outside: Outside): Pairs {
  const find = evaluator(file, outside, true);
  return rawVariables(file).map(([name]) => [name, find(name)]);
}

/** A variable's value; undefined where it is not set. @throws Error as `expandedVariables` does */
export function expandedVariable(file: EnvFile, name: string, outside: Outside): string | undefined {
  return hasVariable(file, name) ? evaluator(file, outside, true)(name) : undefined;
}

/** @throws Error for a line that cannot be read, and for a value that cannot be made whatever is set */
export function checkEnvFile(file: EnvFile, outside: Outside): void {
  const find = evaluator(file, outside, false);
  for (const [name] of rawVariables(file)) find(name);
}

/** What names of a namespace may begin with. */
function prefixesOf(namespace: string): readonly string[] {
  const text = namespace.trim();
  const snake = text
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Z])(?=[0-9])/g, '_')
    .replace(/[ _.-]/g, '_');
  return [`${text.replace(/[^A-Za-z0-9]/g, '')}_`, snake.endsWith('_') ? snake : `${snake}_`];
}

/** The variables whose names begin with a namespace, without it; values may still name the others. */
export function inNamespace(file: EnvFile, namespace: string): EnvFile {
  const prefixes = prefixesOf(namespace).map(prefix => prefix.toLowerCase());
  let result: EnvFile = { lines: [], context: file.context };
  for (const [name, value] of rawVariables(file)) {
    const prefix = prefixes.find(candidate => name.toLowerCase().startsWith(candidate));
    result =
      prefix === undefined
        ? { lines: result.lines, context: [...result.context, `${name}=${value}`] }
        : withVariable(result, name.slice(prefix.length), value);
  }
  return result;
}
