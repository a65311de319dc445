/** Files of variables as compose and dotenv read them: `NAME=value` lines, quotes around values, comments. */

/** Names that people give the example of their variables. */
export const EXAMPLE_NAMES =
  /^(\.?env[._-]((?:prod(?:uction)?|docker)[._-])?(example|sample|template|dist|defaults?)|\.?(example|sample|template)[._-]env)$/;

/** A line that gives a variable a value. */
export interface EnvLine {
  readonly name: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** Reads the lines that give values, in their order; what is no such line is left out. */
export function readEnvLines(text: string): readonly EnvLine[] {
  return text.split(/\r?\n/).flatMap((content, at) => {
    const [, name, written = ''] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*$/.exec(content) ?? [];
    return name === undefined ? [] : [{ name, value: unquoted(written), line: at + 1 }];
  });
}

function unquoted(written: string): string {
  const [, single, double] = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")\s*(?:#.*)?$/.exec(written) ?? [];
  return single ?? double?.replace(/\\(["\\$])/g, '$1') ?? written.replace(/(^|\s)#.*$/, '').trimEnd();
}
