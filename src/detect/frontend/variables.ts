/** Variables that end up in a frontend's files when it is built, as browsers have none: VITE_API_URL, NEXT_PUBLIC_SITE. */
import { defined } from '../../source/defined.js';
import { joinPath } from '../../source/paths.js';
import { lineAt, withoutComments } from '../../source/script-file.js';
import type { Tree } from '../../source/tree.js';
import type { FrontendDefinition } from '../../support/frontends/definition.js';
import { FRONTENDS } from '../../support/frontends/index.js';
import type { BakedVariable } from '../facts.js';

/** How tools tell such variables by their names. */
const BAKED = Object.values(FRONTENDS).flatMap(({ bakes }: FrontendDefinition) => bakes ?? []);

const NAME = `(?:${[...new Set(BAKED.map(({ prefix }) => prefix))].join('|')})\\w+`;

const MODULES = BAKED.flatMap(({ module }) => (module === undefined ? [] : [module.replaceAll('$', '\\$')]));

/** The ways to read one: a property, a part of a pattern, a module of the tool, a placeholder in a page. */
const READS = [
  new RegExp(`\\b(?:import\\.meta|process)\\.env(?:\\??\\.|\\[["'\`])(${NAME})`, 'g'),
  /\{([^{}]*)\}\s*=\s*(?:import\.meta|process)\.env\b/g,
  new RegExp(`\\bimport\\s*\\{([^{}]*)\\}\\s*from\\s*["'](?:${MODULES.join('|')})["']`, 'g'),
  new RegExp(`%(${NAME})%`, 'g'),
];

const OBJECTS = BAKED.flatMap(({ object }) => object ?? []);
const OF_OBJECT = new RegExp(`\\benv\\??\\.(${NAME})`, 'g');

/** Files that hold defaults of a production build, the first that has one counting. */
const DEFAULTS = ['.env.production', '.env'];

const SOURCES = /\.(m?[jt]sx?|cjs|vue|svelte|astro|html)$/;
const NOT_BUILT = /(^|\/)(node_modules|dist|build|out|coverage|__tests__|e2e|\.\w+)\/|\.(test|spec|config|d)\.\w+$/;

/** Files read at the same time: each read is a request when the tree is a Dagger directory. */
const PARALLEL_READS = 16;

/** Variables that tools read without anybody naming them. */
const OF_TOOLS =
  /^(PUBLIC_URL|BUILD_PATH|GENERATE_SOURCEMAP|INLINE_RUNTIME_CHUNK|DISABLE_ESLINT_PLUGIN|TSC_COMPILE_ON_ERROR|CI|NODE_OPTIONS|SKIP_ENV_VALIDATION)$/;

/** Those of some variables that a frontend's files name, or a text does, or that tools read by themselves. */
export async function namedVariables(
  tree: Tree,
  root: string,
  names: readonly string[],
  text: string,
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const prefix = joinPath(root, '');
  const paths = tree.paths.filter(path => {
    const inside = path.slice(prefix.length);
    return (
      path.startsWith(prefix) && SOURCES.test(path) && !/(^|\/)(node_modules|dist|build|out|coverage)\//.test(inside)
    );
  });
  const found = new Set(names.filter(name => OF_TOOLS.test(name)));
  const look = (words: string) => {
    for (const name of names) if (new RegExp(`\\b${name}\\b`).test(words)) found.add(name);
  };
  look(text);
  for (let at = 0; at < paths.length && found.size < names.length; at += PARALLEL_READS) {
    const batch = paths.slice(at, at + PARALLEL_READS);
    for (const words of await Promise.all(batch.map(path => tree.read(path)))) look(words ?? '');
  }
  return found;
}

/** Finds the variables that the code in a frontend's directory reads, each where it is read first. */
export async function bakedVariables(tree: Tree, root: string): Promise<readonly BakedVariable[]> {
  const prefix = joinPath(root, '');
  const paths = tree.paths.filter(
    path => path.startsWith(prefix) && SOURCES.test(path) && !NOT_BUILT.test(path.slice(prefix.length)),
  );
  const found = new Map<string, BakedVariable>();
  const defaults = await defaultsIn(tree, root);
  for (let at = 0; at < paths.length; at += PARALLEL_READS) {
    const batch = paths.slice(at, at + PARALLEL_READS);
    const texts = await Promise.all(batch.map(async path => withoutComments((await tree.read(path)) ?? '')));
    batch.forEach((path, index) => {
      for (const { name, line } of readsIn(texts[index]!)) {
        if (found.has(name)) continue;
        found.set(name, defined({ variable: { value: name, place: { file: path, line } }, set: defaults.get(name) }));
      }
    });
  }
  return [...found.values()];
}

function readsIn(text: string): readonly { readonly name: string; readonly line: number }[] {
  const whole = new RegExp(`\\b${NAME}\\b`, 'g');
  const reads = OBJECTS.some(name => text.includes(name)) ? [...READS, OF_OBJECT] : READS;
  return reads.flatMap(pattern =>
    [...text.matchAll(pattern)].flatMap(match => {
      const line = lineAt(text, match.index);
      return [...match[1]!.matchAll(whole)].map(([name]) => ({ name, line }));
    }),
  );
}

async function defaultsIn(tree: Tree, root: string): Promise<ReadonlyMap<string, { file: string; line: number }>> {
  const set = new Map<string, { file: string; line: number }>();
  for (const name of DEFAULTS) {
    const file = joinPath(root, name);
    ((await tree.read(file)) ?? '').split(/\r?\n/).forEach((text, index) => {
      const variable = /^\s*(?:export\s+)?([A-Z]\w*)\s*=/.exec(text)?.[1];
      if (variable !== undefined && !set.has(variable)) set.set(variable, { file, line: index + 1 });
    });
  }
  return set;
}
