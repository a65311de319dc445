/** Lines of requirements files, as pip reads them. */

/** A line with what continues it, without its comment. */
export interface RequirementLine {
  readonly text: string;
  /** Of its first line, 1-based. */
  readonly line: number;
}

/** The lines of a requirements file: those that end in a backslash go on in the next one, and a comment begins a word. */
export function requirementLines(text: string): readonly RequirementLine[] {
  // PowerShell writes UTF-16, which pip reads: in the ASCII of names every other byte is nothing.
  const written = text.replace(/[\0\ufffd\ufeff]/g, '').split(/\r?\n/);
  const lines: RequirementLine[] = [];
  let start: RequirementLine | undefined;
  for (const [index, part] of written.entries()) {
    const isComment = /^\s*#/.test(part);
    const whole = `${start?.text ?? ''}${isComment ? '' : part}`;
    const line = start?.line ?? index + 1;
    if (/\\$/.test(part) && !isComment) start = { text: whole.replace(/\\$/, ''), line };
    else {
      lines.push({ text: whole.replace(/(^|\s)#.*$/, ''), line });
      start = undefined;
    }
  }
  return start ? [...lines, start] : lines;
}

/** A requirement's line without the options that follow it, such as `--hash`. */
export function withoutOptions(text: string): string {
  return text.replace(/\s--?[a-z].*$/, '');
}
