/** Recipes of make and just, by the names of their targets. */
import type { Tree } from '../../source/tree.js';
import type { ShellStep } from './workflow-steps.js';

const FILES: Readonly<Record<'make' | 'just', RegExp>> = {
  make: /^(GNUmakefile|[Mm]akefile)$/,
  just: /^\.?[Jj]ustfile$/,
};

/** The lines of a target's recipe, each a step of its own; those of the targets before it that it names as prerequisites come first. */
export async function recipeSteps(tree: Tree, tool: keyof typeof FILES, target: string): Promise<readonly ShellStep[]> {
  const file = tree.paths.find(path => FILES[tool].test(path));
  const text = file === undefined ? undefined : await tree.read(file);
  if (file === undefined || text === undefined) return [];
  const lines = text.split(/\r?\n/);
  const variables = variablesOf(lines);
  const steps = (name: string, seen: readonly string[]): readonly ShellStep[] => {
    const head = lines.findIndex(line => targetsOf(line)?.names.includes(name));
    if (head < 0 || seen.includes(name)) return [];
    const before = (targetsOf(lines[head]!)?.needs ?? []).flatMap(need => steps(need, [...seen, name]));
    const own = bodyBelow(lines, head).map(({ text: line, at }) => ({
      text: filled(line, variables),
      file,
      line: at + 1,
      env: {},
      directory: '',
    }));
    return [...before, ...own];
  };
  return steps(target, []);
}

/** The names of targets in a tree's files of make and just, in their order. */
export async function targetNames(tree: Tree, tool: keyof typeof FILES): Promise<readonly string[]> {
  const file = tree.paths.find(path => FILES[tool].test(path));
  const lines = ((file === undefined ? undefined : await tree.read(file)) ?? '').split(/\r?\n/);
  return lines.flatMap(line => targetsOf(line)?.names ?? []);
}

function targetsOf(line: string) {
  const [, names, needs = ''] =
    /^@?([\w./-]+(?:[ \t]+[\w./*='"-]+)*)[ \t]*::?(?!=)([^=]*)$/.exec(line.replace(/\s*#.*$/, '')) ?? [];
  if (names === undefined || names.startsWith('.')) return undefined;
  return { names: names.split(/\s+/), needs: needs.split(/\s+/).filter(word => /^[\w./-]+$/.test(word)) };
}

/** The lines below a target, those that end in a backslash with what continues them. */
function bodyBelow(lines: readonly string[], head: number): readonly { readonly text: string; readonly at: number }[] {
  const body: { text: string; at: number }[] = [];
  let open = false;
  for (let at = head + 1; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.trim() !== '' && !/^[\t ]/.test(line) && !/^\s*#/.test(line)) break;
    const text = line.trim().replace(/^[@+-]+/, '');
    if (open) body.at(-1)!.text += ` ${text.replace(/\\$/, '')}`;
    else if (text !== '' && !text.startsWith('#')) body.push({ text: text.replace(/\\$/, ''), at });
    open = /\\$/.test(text);
  }
  return body;
}

/** `PYTHON ?= python3`, at the top of the file. */
function variablesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap(line => {
      const [, name, value] = /^(?:export\s+)?([A-Za-z_]\w*)\s*[:?]*=\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value!.replace(/^(["'])(.*)\1$/, '$2')] as const];
    }),
  );
}

function filled(text: string, variables: ReadonlyMap<string, string>, depth = 4): string {
  const put = text.replaceAll(/\$[({](\w+)[)}]|\{\{\s*(\w+)\s*\}\}/g, (_, make?: string, just?: string) => {
    const value = variables.get(make ?? just ?? '');
    // What a recipe is given on the command line only a running shell knows.
    if (value === undefined || depth === 0) return just === undefined ? '' : '$UNKNOWN';
    return filled(value, variables, depth - 1);
  });
  return put.replaceAll('$$', '$');
}
