/** Variables that the code gives itself out of a file that it names, and that is in the image as it is in the source: `load_dotenv("conf/app.env")`. */
import { parentOf, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { mentioning, withAliases } from '../code/mentions.js';
import { argumentsOf, callsIn, type PythonModule } from '../code/module.js';
import { resolvedName } from '../code/names.js';
import { readEnvLines } from '../files/env-file.js';
import type { Project } from '../project.js';

/** What reads such a file: python-dotenv's function, and the methods of environ and environs. */
const LOADS = /^dotenv(\.main)?\.load_dotenv$|\.read_env$/;

/** Files that are in no image, whatever the code says. */
const NEVER = /(^|\/)\.env(\.[^/]*)?$/;

/** Finds the names of those with values. */
export async function loadedVariables({
  tree,
  modules,
}: Pick<Project, 'tree' | 'modules'>): Promise<readonly string[]> {
  const loading = mentioning(modules, withAliases(['load_dotenv', 'read_env'], modules));
  const files = new Set(loading.filter(({ isTest }) => !isTest).flatMap(module => filesIn(module, modules, tree)));
  const texts = await Promise.all([...files].map(file => tree.read(file)));
  return texts.flatMap(text => readEnvLines(text ?? '').flatMap(({ name, value }) => (value === '' ? [] : [name])));
}

function filesIn(module: PythonModule, modules: readonly PythonModule[], { paths }: Tree): readonly string[] {
  return module.statements.flatMap(({ tokens }) =>
    callsIn(tokens).flatMap(({ callee, open }) => {
      if (!LOADS.test(resolvedName(module, callee, modules))) return [];
      const parts = argumentsOf(tokens, open);
      const given = parts.find(({ keyword }) => keyword === undefined || /^(dotenv_path|env_file|path)$/.test(keyword));
      // Of a path that is put together the last part: `BASE_DIR / "conf" / "app.env"`.
      const text = given?.tokens.findLast(({ kind, formatted }) => kind === 'string' && !formatted)?.text;
      if (text === undefined || NEVER.test(text)) return [];
      const own = [resolvePath('', text), resolvePath(parentOf(module.path), text)].find(path => paths.includes(path));
      const called = paths.filter(path => path.endsWith(`/${text}`));
      return own === undefined ? (called.length === 1 ? called : []) : [own];
    }),
  );
}
