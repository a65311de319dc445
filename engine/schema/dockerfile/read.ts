/** A Dockerfile as instructions, grammar and here-documents taken apart by dockerfile-ast. */
import { type Copy, DockerfileParser, type ModifiableInstruction, type Instruction as Parsed } from 'dockerfile-ast';
import { defined } from '../../defined.js';

/** A text that a Dockerfile holds between two marks. */
export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** Whether variables in it are put in: its mark stands in no quotes. */
  readonly isExpanded: boolean;
}

/** One instruction, with nothing put in for variables yet. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  readonly flags: readonly (readonly [name: string, value: string])[];
  /** What stands behind the flags on the line, continuations joined and comments left out. */
  readonly text: string;
  /** The same where it is a list of strings in JSON. */
  readonly words?: readonly string[];
  readonly heredocs: readonly Heredoc[];
  /** From 1. */
  readonly line: number;
}

export interface Dockerfile {
  /** The character that takes the meaning from the next one: a backslash unless the first line says otherwise. */
  readonly escaping: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the instructions of a Dockerfile, in their order. Keywords are not judged. */
export function readDockerfile(text: string): Dockerfile {
  const parsed = DockerfileParser.parse(text);
  const escaping = parsed.getEscapeCharacter();
  return { escaping, instructions: parsed.getInstructions().map(instruction => read(instruction, text, escaping)) };
}

function read(parsed: Parsed, text: string, escaping: string): Instruction {
  const { getFlags } = parsed as Partial<ModifiableInstruction>;
  const heredocs = heredocsOf(parsed, text);
  const joined = joinLines(parsed.getRawArgumentsContent() ?? '', escaping);
  const line = heredocs.length > 0 ? joined.split('\n', 1)[0]! : joined;
  const flags = getFlags?.call(parsed).map(flag => [flag.getName(), flag.getValue() ?? ''] as const) ?? [];
  return {
    keyword: parsed.getKeyword(),
    flags,
    text: line.trim(),
    heredocs,
    line: parsed.getRange().start.line + 1,
    ...defined({ words: jsonWords(line.trim()) }),
  };
}

/** Copy, Add and Run have the same way to ask for them. */
function heredocsOf(parsed: Parsed, text: string): readonly Heredoc[] {
  const { getHeredocs } = parsed as unknown as Partial<Pick<Copy, 'getHeredocs'>>;
  const written = parsed.getRawArgumentsContent() ?? '';
  const lines = text.split(/\r?\n/);
  return (getHeredocs?.call(parsed as Copy) ?? []).map(heredoc => {
    const name = heredoc.getName();
    const [, dash, quote] = new RegExp(`<<(-?)(["']?)${name.replaceAll(/\W/g, '\\$&')}`).exec(written) ?? [];
    const within = heredoc.getContentRange();
    const content = within ? lines.slice(within.start.line, within.end.line + 1).map(line => `${line}\n`) : [];
    // A dash lets tabs before the text and its end go.
    const plain = dash === '-' ? content.map(line => line.replace(/^\t+/, '')) : content;
    return { name, content: plain.join(''), isExpanded: quote === '' };
  });
}

/** Lines that go on become one; comments and empty lines between them are no part of it. */
function joinLines(raw: string, escaping: string): string {
  const goesOn = new RegExp(`${escaping === '\\' ? '\\\\' : escaping}[ \\t]*$`);
  let joined = '';
  let isWithin = false;
  for (const line of raw.split(/\r?\n/)) {
    if (isWithin && /^\s*(?:#|$)/.test(line)) continue;
    const more = goesOn.test(line);
    joined += more ? line.replace(goesOn, '') : `${line}\n`;
    isWithin = more;
  }
  return joined.replace(/\n$/, '');
}

/** The words of a list in JSON; undefined for anything else, which is for the shell, as BuildKit has it. */
export function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(word => typeof word === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
