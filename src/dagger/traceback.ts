/** Python's tracebacks in an output, as far as they say what went wrong and where in the app. */

/** A line of code on the way to an error. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  /** The code as the traceback shows it. */
  readonly code: string;
}

/** The last error of an output. */
export interface PythonError {
  /** `KeyError`, `pydantic_core._pydantic_core.ValidationError`. */
  readonly type: string;
  /** What it says, all lines of it. */
  readonly message: string;
  /** The outermost first. */
  readonly frames: readonly Frame[];
}

const HEAD = /^.*?Traceback \(most recent call last\):\s*$/;
const FRAME = /^(.*?) {2}File "([^"]+)", line (\d+)(?:, in .*)?$/;
/** A line of a log that comes after the traceback. */
const LOGGED = /^\[\d{4}-|^(INFO|ERROR|WARNING|CRITICAL)\b/;
const ERROR = /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: ?(.*))?$/;

/** How many tracebacks are looked at: what was caught and logged long before the end has nothing to do with it. */
const LATEST = 3;

/** Reads the latest tracebacks, the last one first. Lines may have a prefix of whoever logged them, each the same. */
export function latestErrors(output: string): readonly PythonError[] {
  const lines = output.split('\n').map(line => line.trimEnd());
  const heads = lines.flatMap((line, at) => (HEAD.test(line) ? [at] : []));
  return heads
    .slice(-LATEST)
    .reverse()
    .flatMap(head => errorAt(lines, head) ?? []);
}

function errorAt(lines: readonly string[], head: number): PythonError | undefined {
  const prefix = lines[head]!.slice(0, lines[head]!.indexOf('Traceback'));
  const own = lines.slice(head + 1).map(line => (line.startsWith(prefix) ? line.slice(prefix.length) : line));
  const at = own.findIndex(line => ERROR.test(line));
  if (at < 0) return undefined;
  const [, type = '', first = ''] = ERROR.exec(own[at]!) ?? [];
  const rest = own.slice(at + 1);
  const end = rest.findIndex(line => line === '' || HEAD.test(line) || LOGGED.test(line));
  const frames = own.slice(0, at).flatMap((line, index) => {
    const [, , file, number] = FRAME.exec(line) ?? [];
    return file === undefined ? [] : [{ file, line: Number(number), code: (own[index + 1] ?? '').trim() }];
  });
  return { type, message: [first, ...(end < 0 ? rest : rest.slice(0, end))].join('\n').trimEnd(), frames };
}
