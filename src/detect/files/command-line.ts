/** Command lines as a shell reads them: the commands in a text, in order, each with its words and variables. */
import type { Assignment, CommandNode, PipelineNode, Script, Statement, Word, WordPart } from 'unbash';
import { defined } from '../../source/defined.js';
import { isWithin, resolvePath } from '../../source/paths.js';

/** A word as the program gets it. */
export interface ShellWord {
  /** Its text; where only a running shell knows a part of it, that part as it is written: `$PORT`. */
  readonly text: string;
  readonly isKnown: boolean;
  /** Where it begins in the text. */
  readonly at: number;
  /** What an unknown word is when every variable in it has the default that is written with it: `${PORT:-8000}`. */
  readonly assumed?: string;
}

/** A variable that a command is given. */
export interface CommandVariable {
  readonly name: string;
  readonly value: ShellWord;
}

/** One command with what is said of it around it. */
export interface ShellCommand {
  readonly variables: readonly CommandVariable[];
  readonly words: readonly ShellWord[];
  /** Where a shell has gone to before, relative to where it began; '' when it stays. */
  readonly directory: string;
  /** Line of the text that it begins on, from 0. */
  readonly line: number;
  /** The file that its output goes to. */
  readonly redirect?: ShellWord;
}

/** A text with the commands in it, those inside conditions, loops and functions as well. */
export interface CommandLine {
  /** As a shell understands it. */
  readonly text: string;
  readonly commands: readonly ShellCommand[];
  /** Whether a shell does nothing for it but splitting it into the words of one command. */
  readonly isPlain: boolean;
  /** Where the last command begins that nothing follows, and that so may take the shell's place. */
  readonly last?: number;
}

/** What is known of where a command runs. */
export interface CommandSurroundings {
  readonly variables?: Readonly<Record<string, string>>;
  /** Path that the source lies at. */
  readonly root?: string;
}

/** Where platforms that run Procfiles, and most images, have the source. */
export const USUAL_ROOT = '/app';

/** Reads a command line or a script. What no shell would understand is read as far as it makes sense. */
export async function readCommandLine(
  text: string,
  { variables = {}, root = USUAL_ROOT }: CommandSurroundings = {},
): Promise<CommandLine> {
  // Loaded here: only apps that have such files need it.
  const { parse } = await import('unbash');
  const direct = parse(text);
  const quoted = direct.errors ? withQuotedCalls(text) : text;
  const script = quoted === text ? direct : parse(quoted);
  const walk: Walk = { text: quoted, root, variables, directory: '' };
  const commands = statementsIn(script.commands, walk);
  const [first, second] = script.commands;
  const only = first && !second && isSimple(first) ? first.command : undefined;
  const isPlain =
    only?.type === 'Command' &&
    only.redirects.length === 0 &&
    commands.every(({ words, variables: given }) => [...words, ...given.map(({ value }) => value)].every(isKnownWord));
  return { text: quoted, commands, isPlain, ...defined({ last: lastCommand(script) }) };
}

/** A command of which the words are known already, as in the exec form of a Dockerfile. */
export function readWords(words: readonly string[]): CommandLine {
  const known = words.map(text => ({ text, isKnown: true, at: 0 }));
  return { text: words.join(' '), commands: [{ variables: [], words: known, directory: '', line: 0 }], isPlain: true };
}

function isKnownWord({ isKnown }: Pick<ShellWord, 'isKnown'>): boolean {
  return isKnown;
}

/** People write a factory's call without the quotes that a shell needs: `gunicorn shop:create_app()`. */
function withQuotedCalls(text: string): string {
  return text.replace(/(^|\s)([\w.]+:\w+\([^()"\n]*\))(?=\s|$)/g, '$1"$2"');
}

/** What is known where the walk is: variables and directory change on the way. */
interface Walk {
  readonly text: string;
  readonly root: string;
  variables: Readonly<Record<string, string>>;
  directory: string;
}

function statementsIn(statements: readonly Statement[], walk: Walk): ShellCommand[] {
  return statements.flatMap(({ command }) => nodesIn(command, walk));
}

function nodesIn(node: Statement['command'] | CommandNode | undefined, walk: Walk): ShellCommand[] {
  switch (node?.type) {
    case undefined:
      return [];
    case 'Command':
      return simpleCommand(node, walk);
    case 'AndOr':
    case 'Pipeline':
      return node.commands.flatMap((command: PipelineNode) => nodesIn(command, walk));
    case 'Subshell':
      return statementsIn(node.body.commands, { ...walk });
    case 'Redirected':
      return nodesIn(node.command, walk);
    case 'If':
      return [node.clause, node.then, ...node.elif.flatMap(elif => [elif.clause, elif.then]), node.else].flatMap(list =>
        statementsIn(list?.commands ?? [], walk),
      );
    case 'While':
      return [node.clause, node.body].flatMap(list => statementsIn(list.commands, walk));
    case 'For':
    case 'Select':
    case 'ArithmeticFor':
    case 'BraceGroup':
      return statementsIn(node.body.commands, walk);
    case 'Case':
      return node.items.flatMap(({ body }) => statementsIn(body.commands, walk));
    case 'Function':
    case 'Coproc':
      return node.body.type === 'CompoundList' ? statementsIn(node.body.commands, walk) : nodesIn(node.body, walk);
    case 'TestCommand':
    case 'ArithmeticCommand':
      return [];
  }
}

function simpleCommand(node: Extract<CommandNode, { type: 'Command' }>, walk: Walk): ShellCommand[] {
  const given = node.prefix.flatMap(part => (part.type === 'Assignment' ? variableOf(part, walk) : []));
  if (!node.name) {
    for (const { name, value } of given) setVariable(walk, name, value);
    return [];
  }
  const args = node.args.flatMap(part => (part.type === 'Word' ? wordsOf(part, walk) : variableWord(part, walk)));
  const words = [...wordsOf(node.name, walk), ...args];
  const [program, argument] = words;
  if (program?.text === 'export') for (const part of node.args) exportVariable(part, walk);
  if (program?.text === 'cd') {
    if (argument?.isKnown && !argument.text.startsWith('-')) walk.directory = gone(walk, argument.text);
    return [];
  }
  const line = walk.text.slice(0, node.pos).split('\n').length - 1;
  const [redirect] = node.redirects.flatMap(part => {
    const isOutput = part.type === 'Redirect' && /^>[>|]?$/.test(part.operator) && part.descriptor === undefined;
    return isOutput && part.target ? [wordOf(part.target, walk)] : [];
  });
  return [{ variables: given, words, directory: walk.directory, line, ...defined({ redirect }) }];
}

/** Where `cd` leads to; outside of the source is as good as nowhere. */
function gone({ root, directory }: Walk, path: string): string {
  if (!path.startsWith('/')) return resolvePath(directory, path);
  return isWithin(path, root) ? resolvePath('', path.slice(root.length)) : '';
}

/** `NAME=value` among the words of a command such as env or export. */
function variableWord(part: Assignment, walk: Walk): ShellWord[] {
  return variableOf(part, walk).map(({ name, value }) => ({ ...value, text: `${name}=${value.text}`, at: part.pos }));
}

function exportVariable(part: Word | Assignment, walk: Walk): void {
  const [, name, text] = /^([A-Za-z_]\w*)=(.*)$/s.exec(part.type === 'Word' ? part.value : '') ?? [];
  const assigned = part.type === 'Assignment' ? variableOf(part, walk) : [];
  for (const { name: own, value } of assigned) setVariable(walk, own, value);
  if (name !== undefined && text !== undefined && part.type === 'Word') {
    const { isKnown } = wordOf(part, walk);
    setVariable(walk, name, { text, isKnown, at: 0 });
  }
}

function setVariable(walk: Walk, name: string, { text, isKnown }: ShellWord): void {
  const { [name]: _, ...others } = walk.variables;
  walk.variables = isKnown ? { ...others, [name]: text } : others;
}

function variableOf(part: Assignment, walk: Walk): CommandVariable[] {
  if (part.value.type === 'ArrayValue' || part.append || part.index) return [];
  return [{ name: part.name, value: wordOf(part.value, walk) }];
}

/** The words that one becomes: a variable without quotes is split where its value has spaces. */
function wordsOf(word: Word, walk: Walk): ShellWord[] {
  const whole = wordOf(word, walk);
  const [part, another] = word.parts ?? [];
  const isVariable = part?.type === 'SimpleExpansion' || part?.type === 'ParameterExpansion';
  if (!whole.isKnown || another || !isVariable) return [whole];
  return whole.text.split(/\s+/).flatMap(text => (text === '' ? [] : [{ text, isKnown: true, at: word.pos }]));
}

function wordOf({ value, parts, text, pos: at }: Word, { variables }: Walk): ShellWord {
  const word = parts ? joined(parts.map(part => pieceOf(part, variables))) : { text: value, isKnown: true };
  // The user's home directory.
  return text.startsWith('~') ? { text: word.text, isKnown: false, at } : { ...word, at };
}

/** A word, or a part of one, wherever it stands. */
type Piece = Omit<ShellWord, 'at'>;

function joined(pieces: readonly Piece[]): Piece {
  const text = pieces.map(piece => piece.text).join('');
  if (pieces.every(isKnownWord)) return { text, isKnown: true };
  const guesses = pieces.map(piece => (piece.isKnown ? piece.text : piece.assumed));
  return { text, isKnown: false, ...defined({ assumed: guesses.includes(undefined) ? undefined : guesses.join('') }) };
}

function pieceOf(part: WordPart, variables: Walk['variables']): Piece {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return { text: part.value, isKnown: true };
    case 'DoubleQuoted':
      return joined(part.parts.map(inner => pieceOf(inner, variables)));
    case 'SimpleExpansion':
      return variablePiece(part.text, variables[part.text.slice(1)]);
    case 'ParameterExpansion':
      return parameterPiece(part, variables);
    case 'Glob':
      // A shell that finds no such file leaves it as it is.
      return { text: part.text, isKnown: false, assumed: part.text };
    default:
      return { text: part.text, isKnown: false };
  }
}

/** `${NAME}`, or with a default `${NAME:-value}`; anything else that a shell can do there is not followed. */
function parameterPiece(
  { text, parameter, prefix, index, operation }: Extract<WordPart, { type: 'ParameterExpansion' }>,
  variables: Walk['variables'],
): Piece {
  const value = variables[parameter];
  if (prefix !== undefined || index !== undefined) return { text, isKnown: false };
  if (operation === undefined) return variablePiece(text, value);
  if (operation.type !== 'Default' || !/^:?[-=]$/.test(operation.operator)) return { text, isKnown: false };
  return value ? { text: value, isKnown: true } : { text, isKnown: false, assumed: operation.operand.value };
}

function variablePiece(text: string, value: string | undefined): Piece {
  return value === undefined ? { text, isKnown: false } : { text: value, isKnown: true };
}

function isSimple({ background, command }: Statement): boolean {
  return !background && command.type === 'Command';
}

/** Where the last command of the text begins, behind its variables, when nothing but its end decides how the text ends. */
function lastCommand({ commands }: Script): number | undefined {
  const last = commands.at(-1);
  if (!last || last.background) return undefined;
  const command = last.command.type === 'AndOr' ? last.command.commands.at(-1) : last.command;
  return command?.type === 'Command' ? command.name?.pos : undefined;
}
