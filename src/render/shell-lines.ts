/** Long commands of a shell on lines that people can read. */

/** As long as lines of code. */
const WIDTH = 117;

/**
 * Splits a command where a shell splits words, for lines that end in a backslash. Each ends in its second half if it can: after `;`, `&&`,
 * `||` or a pipe, else before an option, else where it is full.
 * @param indent how far the first line stands to the right; those after it stand four further
 * @returns the lines without indent; one that cannot be split is longer than it may be
 */
export function wrapped(command: string, indent = 4): readonly string[] {
  const lines: string[] = [];
  let rest = command;
  for (;;) {
    const room = WIDTH - indent - (lines.length === 0 ? 0 : 4);
    if (rest.length <= room) return [...lines, rest];
    const breaks = breaksOf(rest);
    const fitting = breaks.filter(({ at }) => at <= room);
    const late = fitting.filter(({ at }) => at > room / 2);
    const isBest = (kind: Break['kind']) => late.findLast(found => found.kind === kind);
    const at = (isBest('end') ?? isBest('option') ?? fitting.at(-1) ?? breaks[0])?.at;
    if (at === undefined) return [...lines, rest];
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
}

/** A blank outside quotes: a command ends before it, or an option stands behind it, or neither. */
interface Break {
  readonly at: number;
  readonly kind: 'end' | 'option' | 'word';
}

function breaksOf(text: string): readonly Break[] {
  const found: Break[] = [];
  // What stands open: quotes, and parentheses, in which quotes begin anew.
  const open: string[] = [];
  let escaped = -1;
  for (const { 0: token, index } of text.matchAll(/[\\"'() ]/g)) {
    const around = open.at(-1);
    if (index === escaped) continue;
    if (token === '\\' && around !== "'") escaped = index + 1;
    else if ((token === around && token !== '(') || (token === ')' && around === '(')) open.pop();
    else if (around === "'" || (around === '"' && !(token === '(' && text[index - 1] === '$'))) continue;
    else if (token === '"' || token === "'" || token === '(') open.push(token);
    // A line that begins with # is a comment of the Dockerfile, also in the middle of a command.
    else if (token === ' ' && !open.includes('"') && !/[\s#]/.test(text[index + 1] ?? ' '))
      found.push({ at: index, kind: kindOf(text.slice(0, index), text[index + 1]) });
  }
  return found;
}

function kindOf(before: string, next: string | undefined): Break['kind'] {
  if (/(?<!\\)(;|&&|\|)$/.test(before)) return 'end';
  return next === '-' ? 'option' : 'word';
}
