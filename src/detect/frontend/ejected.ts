/** Create React App's own build as packages have it that were ejected from it: `node scripts/build.js`, with its paths in config/paths.js. */
import { joinPath, resolvePath } from '../../source/paths.js';
import { lineAt, readScript } from '../../source/script-file.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { PackageJson } from '../files/package-json.js';
import type { ScriptProgram } from '../files/package-scripts.js';

/** Its parts that are no longer a dependency of their own; scripts of other origin have none. */
const PARTS = ['react-dev-utils', 'babel-preset-react-app', 'eslint-config-react-app'];

/** `appBuild: resolveApp('build')`, of which later releases have a name: `resolveApp(buildPath)`. */
const OUTPUT = /\bappBuild:\s*resolveApp\(\s*(?:(["'])([^"']+)\1|(\w+))\s*\)/;

/** Finds where such a build writes. */
export async function ejectedOutput(
  tree: Tree,
  { root, dependencies }: PackageJson,
  programs: readonly ScriptProgram[],
): Promise<Sourced<string> | undefined> {
  const build = programs.find(
    ({ name, args }) => name === 'node' && args.some(({ text }) => /^(\.\/)?scripts\/build(\.js)?$/.test(text)),
  );
  if (build === undefined || !PARTS.some(part => dependencies.has(part))) return undefined;
  const paths = await readScript(tree, joinPath(root, 'config/paths.js'));
  const match = paths && OUTPUT.exec(paths.text);
  if (!match) return undefined;
  const [, , written, name] = match;
  const given = build.variables.find(variable => variable.name === 'BUILD_PATH')?.value;
  const value = written ?? (given ? given.text : namedIn(paths.text, name!));
  if (value === undefined || (given && !given.isKnown && !written)) return undefined;
  const place = { file: paths.path, line: lineAt(paths.text, match.index) };
  return { value: resolvePath(root, value), place, why: 'where the build of the ejected Create React App writes' };
}

/** `const buildPath = process.env.BUILD_PATH || 'build';` */
function namedIn(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}\\s*=\\s*(?:process\\.env\\.\\w+\\s*(?:\\|\\||\\?\\?)\\s*)?["']([^"']+)["']`).exec(
    text,
  )?.[1];
}
