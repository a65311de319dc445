/** A Dockerfile's instructions: comments, continuations and here-documents taken apart, variables put in. */
import { defined } from '../../source/defined.js';

/** A command as a Dockerfile writes it: words that are run as they are, or a text for the stage's shell. */
export type ImageCommand =
  | { readonly form: 'exec'; readonly words: readonly string[] }
  | { readonly form: 'shell'; readonly text: string };

/** A command as one text: the words of those that are run as they are, with blanks between. */
export function commandText(command: ImageCommand): string {
  return command.form === 'exec' ? command.words.join(' ') : command.text;
}

/** What an instruction says. Those that nothing is read from are `other`. */
export type InstructionBody =
  | { readonly kind: 'from'; readonly image: string; readonly name?: string }
  | { readonly kind: 'arg'; readonly name: string; readonly value?: string }
  | { readonly kind: 'env'; readonly values: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'volume'; readonly paths: readonly string[] }
  | { readonly kind: 'copy'; readonly from: readonly string[]; readonly to: string }
  /** What is copied from another stage or image. */
  | { readonly kind: 'take'; readonly stage: string; readonly from: readonly string[]; readonly to: string }
  | { readonly kind: 'cmd' | 'entrypoint' | 'run'; readonly command: ImageCommand }
  | { readonly kind: 'other'; readonly keyword: string; readonly text: string };

/** An instruction with the line that it begins on, from 1. */
export type DockerInstruction = InstructionBody & { readonly line: number };

/** An instruction's text on one line. */
interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/** Reads all instructions, in their order. */
export function readInstructions(dockerfile: string): readonly DockerInstruction[] {
  const instructions: DockerInstruction[] = [];
  const scope: Scope = { build: new Map(), stage: undefined, ended: new Map() };
  for (const { text, line } of logicalLines(dockerfile)) {
    const [, keyword = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(text) ?? [];
    const body = keyword === '' ? undefined : readBody(keyword.toLowerCase(), rest.trim(), scope);
    if (!body) continue;
    remember(body, scope);
    instructions.push({ ...body, line });
  }
  return instructions;
}

/** Variables where an instruction stands: those before the first stage, and those of the stage. */
interface Scope {
  readonly build: Map<string, string>;
  stage: { readonly name: string | undefined; readonly values: Map<string, string> } | undefined;
  readonly ended: Map<string, ReadonlyMap<string, string>>;
}

function remember(body: InstructionBody, scope: Scope): void {
  const values = scope.stage?.values ?? scope.build;
  if (body.kind === 'arg') {
    const value = body.value ?? (scope.stage && scope.build.get(body.name));
    if (value !== undefined && !values.has(body.name)) values.set(body.name, value);
  }
  if (body.kind === 'env') for (const [name, value] of body.values) values.set(name, value);
  if (body.kind !== 'from') return;
  const inherited = scope.ended.get(body.image.toLowerCase());
  const stage = { name: body.name?.toLowerCase(), values: new Map(inherited) };
  scope.stage = stage;
  if (stage.name !== undefined) scope.ended.set(stage.name, stage.values);
}

function readBody(keyword: string, text: string, { build, stage }: Scope): InstructionBody | undefined {
  const values = stage?.values ?? build;
  const filled = (word: string) => substituted(word, values);
  switch (keyword) {
    case 'from': {
      const words = text.split(/\s+/).filter(word => !word.startsWith('--'));
      const name = /^as$/i.test(words[1] ?? '') ? words[2] : undefined;
      return defined({ kind: 'from', image: substituted(words[0] ?? '', build), name } as const);
    }
    case 'arg': {
      const [, name, value] = /^(\w+)(?:=([\s\S]*))?$/.exec(wordsIn(text)[0] ?? '') ?? [];
      return name === undefined ? undefined : defined({ kind: 'arg', name, value: value && filled(value) } as const);
    }
    case 'env':
      return { kind: 'env', values: environment(text).map(([name, value]) => [name, filled(value)] as const) };
    case 'workdir':
      return { kind: 'workdir', path: filled(wordsIn(text)[0] ?? '') };
    case 'volume':
      return { kind: 'volume', paths: (execForm(text) ?? wordsIn(text)).map(filled) };
    case 'add':
    case 'copy': {
      const [options = ''] = /^(--\S+\s+)+/.exec(text) ?? [];
      const bare = text.slice(options.length);
      const paths = (execForm(bare) ?? wordsIn(bare)).map(filled);
      const [from, to] = [paths.slice(0, -1), paths.at(-1) ?? ''];
      const [, other] = /(?:^|\s)--from=(\S+)/.exec(options) ?? [];
      return other === undefined ? { kind: 'copy', from, to } : { kind: 'take', stage: filled(other), from, to };
    }
    case 'cmd':
    case 'entrypoint':
    case 'run': {
      const bare = keyword === 'run' ? text.replace(/^(--\S+\s+)+/, '') : text;
      const words = execForm(bare);
      return { kind: keyword, command: words ? { form: 'exec', words } : { form: 'shell', text: bare } };
    }
    default:
      return { kind: 'other', keyword, text };
  }
}

/** Joins lines that go on, without comments; a here-document stays with its instruction. */
function logicalLines(dockerfile: string): readonly LogicalLine[] {
  const lines = dockerfile.split(/\r?\n/);
  const continued = /^#\s*escape\s*=\s*`/im.test(dockerfile.split(/^[ \t]*[^#\s]/m)[0] ?? '') ? '`' : '\\';
  const joined: LogicalLine[] = [];
  let open: LogicalLine | undefined;
  for (let index = 0; index < lines.length; index++) {
    const text = lines[index]!.trim();
    if (text === '' || text.startsWith('#')) continue;
    const whole: LogicalLine = open ? { ...open, text: `${open.text} ${text}` } : { text, line: index + 1 };
    if (whole.text.endsWith(continued)) {
      open = { ...whole, text: whole.text.slice(0, -1).trimEnd() };
      continue;
    }
    open = undefined;
    const document = heredoc(whole.text, lines, index + 1);
    joined.push(document ? { ...whole, text: `${whole.text}\n${document.text}` } : whole);
    if (document) index = document.end;
  }
  return open ? [...joined, open] : joined;
}

/** The lines of the here-documents that a RUN or COPY begins, up to the word that ends the last one. */
function heredoc(text: string, lines: readonly string[], start: number): { text: string; end: number } | undefined {
  if (!/^(run|copy|add)\s/i.test(text)) return undefined;
  const words = [...text.matchAll(/<<-?\s*(["']?)([A-Za-z_]\w*)\1/g)].map(match => match[2]!);
  let end = start - 1;
  for (const word of words) {
    const found = lines.findIndex((line, index) => index > end && line.trim() === word);
    if (found < 0) return undefined;
    end = found;
  }
  return words.length > 0 ? { text: lines.slice(start, end + 1).join('\n'), end } : undefined;
}

/** `["a", "b"]`; undefined when the text is no such list. */
function execForm(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every(word => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

/** `NAME=value …`, or the old form `NAME the rest of the line`. */
function environment(text: string): readonly (readonly [string, string])[] {
  const [, name, rest] = /^([A-Za-z_]\w*)\s+([\s\S]+)$/.exec(text) ?? [];
  if (name !== undefined && rest !== undefined) return [[name, unquoted(rest)]];
  return wordsIn(text).flatMap(word => {
    const at = word.indexOf('=');
    return at > 0 ? [[word.slice(0, at), word.slice(at + 1)] as const] : [];
  });
}

/** Words as Docker splits them: quotes hold spaces together, a backslash keeps the character behind it. */
function wordsIn(text: string): readonly string[] {
  const words = text.match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/gs) ?? [];
  return words.map(unquoted);
}

function unquoted(text: string): string {
  return text.replace(/\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/gs, (_, kept?: string, double?: string, single?: string) => {
    return kept ?? double?.replace(/\\(["\\$])/g, '$1') ?? single ?? '';
  });
}

/** Puts values in for `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}`; what has no value stays as it is written. */
function substituted(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/g,
    (whole, plain: string | undefined, braced: string | undefined, operator: string | undefined, word = '') => {
      const value = values.get(plain ?? braced!);
      if (operator === '-') return value || word;
      if (operator === '+') return value ? word : '';
      return value ?? whole;
    },
  );
}
