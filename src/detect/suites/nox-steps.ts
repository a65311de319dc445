/** What nox runs in its sessions. */
import type { Tree } from '../../source/tree.js';
import { argumentsOf, callsIn, literalString } from '../code/module.js';
import { readPython } from '../code/tokens.js';
import type { ShellStep } from '../files/workflow-steps.js';

const FILE = 'noxfile.py';

/** The commands of a session by its name, or of all: what is given to them on nox's own command line is left out. */
export async function noxSteps(tree: Tree, session?: string): Promise<readonly ShellStep[]> {
  const text = tree.paths.includes(FILE) ? await tree.read(FILE) : undefined;
  let inside: string | undefined;
  return readPython(text ?? '').statements.flatMap(({ tokens, indent, line }) => {
    if (indent === 0) inside = tokens[0]?.text === 'def' ? tokens[1]?.text : undefined;
    if (session !== undefined && inside !== session.replaceAll('-', '_')) return [];
    return callsIn(tokens)
      .filter(({ callee }) => /^\w+\.run(_always)?$/.test(callee))
      .flatMap(({ open, callee }): readonly ShellStep[] => {
        const parts = argumentsOf(tokens, open);
        const words = parts
          .filter(({ keyword }) => keyword === undefined)
          .flatMap(part => literalString(part.tokens) ?? []);
        const env = parts.find(({ keyword }) => keyword === 'env')?.tokens ?? [];
        const isRun = callee.endsWith('.run') && words.length > 0;
        return isRun
          ? [{ text: words.map(quoted).join(' '), file: FILE, line, env: literalPairs(env), directory: '' }]
          : [];
      });
  });
}

function quoted(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `{"NAME": "value"}`. */
function literalPairs(tokens: Parameters<typeof argumentsOf>[0]): Readonly<Record<string, string>> {
  if (tokens[0]?.text !== '{') return {};
  const pairs = argumentsOf(tokens, 0).flatMap(({ tokens: pair }) => {
    const colon = pair.findIndex(({ text, kind }) => kind === 'op' && text === ':');
    const [name, value] = [literalString(pair.slice(0, Math.max(colon, 0))), literalString(pair.slice(colon + 1))];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}
