/** Code in the source that requirements name by its directory (`-e .`, `./libs/money`): what it declares itself. */

import { isTomlFile, parseToml, stringsAt, tableAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import { readRequirement } from '../../support/pep508/requirement.js';
import { argumentsOf, callsIn, literalString } from '../code/module.js';
import { type PythonToken, readPython } from '../code/tokens.js';

/** A project in a directory of the source. */
export interface LocalProject {
  /** Directory that its imports start from. */
  readonly root: string;
  /** The requirements it declares, with those of the extras asked for. */
  readonly declared: readonly string[];
}

/** Reads a project's declared requirements; undefined when they cannot be read without running its code. */
export async function readLocalProject(
  tree: Tree,
  directory: string,
  extras: readonly string[],
): Promise<LocalProject | undefined> {
  const at = (path: string) => (directory === '' ? path : `${directory}/${path}`);
  const declared =
    (await fromPyproject(tree, at('pyproject.toml'), extras)) ??
    (await fromSetupCfg(tree, at('setup.cfg'), extras)) ??
    (await fromSetupPy(tree, at('setup.py'), extras));
  if (declared === undefined) return undefined;
  const isSrc = tree.paths.some(path => path.startsWith(at('src/')) && path.endsWith('.py'));
  return { root: isSrc ? at('src') : directory, declared };
}

async function fromPyproject(tree: Tree, path: string, extras: readonly string[]): Promise<string[] | undefined> {
  const text = await tree.read(path);
  const file = text === undefined ? undefined : parseToml(path, text, 'QS206');
  if (!file || !isTomlFile(file)) return undefined;
  const project = tableAt(file.data, 'project');
  const dynamic = stringsAt(project, 'dynamic');
  if (!('name' in project) || dynamic.includes('dependencies')) return undefined;
  return [
    ...stringsAt(project, 'dependencies'),
    ...extras.flatMap(extra => stringsAt(project, 'optional-dependencies', extra)),
  ];
}

async function fromSetupCfg(tree: Tree, path: string, extras: readonly string[]): Promise<string[] | undefined> {
  const text = await tree.read(path);
  if (text === undefined || !/^\[options\]/m.test(text)) return undefined;
  const section = (name: string) =>
    new RegExp(`^\\[${name}\\][^\\n]*\\n((?:(?!\\[)[^\\n]*\\n?)*)`, 'm').exec(text)?.[1] ?? '';
  const list = (name: string, key: string) =>
    (new RegExp(`^${key}\\s*=((?:[^\\n]*\\n?)(?:[ \\t]+[^\\n]*\\n?)*)`, 'm').exec(section(name))?.[1] ?? '')
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== '' && !line.startsWith('#'));
  const wanted = [
    ...list('options', 'install_requires'),
    ...extras.flatMap(extra => list('options\\.extras_require', extra)),
  ];
  return wanted.every(line => readRequirement(line)) ? wanted : undefined;
}

/** Literal lists in the call of setup(); a computed one is not guessed. */
async function fromSetupPy(tree: Tree, path: string, extras: readonly string[]): Promise<string[] | undefined> {
  const text = await tree.read(path);
  if (text === undefined) return undefined;
  for (const { tokens } of readPython(text).statements) {
    for (const call of callsIn(tokens).filter(({ callee }) => /(^|\.)setup$/.test(callee))) {
      const parts = argumentsOf(tokens, call.open);
      const requires = parts.find(({ keyword }) => keyword === 'install_requires');
      if (extras.length > 0 || parts.some(({ keyword }) => keyword === 'ext_modules')) return undefined;
      return requires === undefined ? [] : literalList(requires.tokens);
    }
  }
  return undefined;
}

function literalList(tokens: readonly PythonToken[]): string[] | undefined {
  if (tokens[0]?.text !== '[' || tokens.at(-1)?.text !== ']') return undefined;
  const items = argumentsOf(tokens, 0).map(part => literalString(part.tokens));
  return items.every(item => item !== undefined) ? (items as string[]) : undefined;
}
