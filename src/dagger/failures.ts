/** Failures of the engine, told apart by what they carry: the client's error classes cannot be imported inside Dagger. */
import { shortened } from '../diagnostics/shorten.js';

/** What a command that failed left behind. */
export interface ExecFailure {
  readonly cmd: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard error, or standard output when that is empty. */
  readonly output: string;
}

/** Reads the failed command out of an error; undefined when the error is of another kind. */
export function execFailure(error: unknown): ExecFailure | undefined {
  const extensions = (error as { extensions?: Record<string, unknown> } | undefined)?.extensions;
  if (extensions?._type !== 'EXEC_ERROR') return undefined;
  const { cmd, exitCode } = extensions;
  const [stdout = '', stderr = ''] = [extensions.stdout, extensions.stderr].map(text =>
    typeof text === 'string' ? text : '',
  );
  return {
    cmd: Array.isArray(cmd) ? cmd.map(String) : [],
    exitCode: typeof exitCode === 'number' ? exitCode : -1,
    stdout,
    stderr,
    output: [stderr, stdout].map(text => text.trim()).find(text => text !== '') ?? '',
  };
}

/** Outputs one after the other; an empty one is left out. */
export function together(...outputs: readonly string[]): string {
  return outputs.filter(text => text.trim() !== '').join('\n');
}

/** Puts a name before an error's message and keeps its kind and what it carries. */
export function nameFailure(error: unknown, name: string): unknown {
  if (error instanceof Error && !/^stage \S+?(?:, from \S+)?: /.test(error.message))
    error.message = `${name}: ${error.message}`;
  return error;
}

/** The last lines of an output, indented; empty for no output. */
export function lastLines(output: string, count = 15): string {
  const lines = output.trimEnd().split('\n');
  return output.trim() === ''
    ? ''
    : lines
        .slice(-count)
        .map(line => `    ${shortened(line)}`)
        .join('\n');
}
