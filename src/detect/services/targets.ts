/** What the values of variables are called in the code. */
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';

/** The names and keys that the value of a read is assigned to. */
export function targetsOf({ path, line, name }: EnvRead, modules: readonly PythonModule[]): readonly string[] {
  const module = modules.find(candidate => candidate.path === path);
  return (module?.statements ?? []).flatMap(({ tokens, line: start }) => {
    if (start > line || (tokens.at(-1)?.line ?? 0) < line) return [];
    const [first, second] = tokens;
    if (first?.kind === 'name' && second?.text === ':' && tokens.length > 2) return [first.text];
    const equals = tokens.findIndex(({ kind, text }) => kind === 'op' && text === '=');
    const target = tokens[equals - 1]?.text === ']' ? tokens[equals - 2] : tokens[equals - 1];
    const reads = tokens.some(({ text }) => text === name);
    return equals > 0 && reads && target && /^\w+$/.test(target.text) ? [target.text] : [];
  });
}

/** The same where that value is all that is assigned: `REDIS_URL = os.getenv("REDISTOGO_URL")`, and no text that it is put into. */
export function wholeTargetsOf(read: EnvRead, modules: readonly PythonModule[]): readonly string[] {
  const module = modules.find(candidate => candidate.path === read.path);
  const isPut = (module?.statements ?? []).some(
    ({ tokens, line }) =>
      line <= read.line &&
      (tokens.at(-1)?.line ?? 0) >= read.line &&
      tokens.some(
        ({ kind, text, formatted }) => formatted || (kind === 'op' && /^[+%]$/.test(text)) || text === 'format',
      ),
  );
  return isPut ? [] : targetsOf(read, modules);
}
