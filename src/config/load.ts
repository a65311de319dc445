/** Finds and reads the configuration of a source directory, following `root` to the app once. */

import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { resolvePath } from '../source/paths.js';
import type { Tree } from '../source/tree.js';
import { parseConfig } from './parse.js';
import type { Config } from './schema.js';

/** Name of the configuration file. */
export const CONFIG_FILE = 'quayside.yaml';

/** The configuration and the app's directory in the source ('' for the source itself); no config: diagnostics say why. */
export interface LoadedConfig {
  readonly config?: Config;
  readonly root: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds the only directory of a source with a web app; undefined when that is the source itself, or there are several. */
export type FindApp = (tree: Tree) => Promise<string | undefined>;

/**
 * Reads quayside.yaml of the source, or `given` in its place. With `root` in it, or when only one directory has a web app,
 * that directory is the app and its own quayside.yaml is read too; a key of the outer file replaces the same key there.
 * No file at all is an empty configuration.
 * @param findApp finds that one directory
 */
export async function loadConfig(tree: Tree, findApp: FindApp, given?: string): Promise<LoadedConfig> {
  const outer = parseConfig(given ?? (await tree.read(CONFIG_FILE)) ?? '');
  if (!outer.config) return { root: '', diagnostics: outer.diagnostics };
  const root = normaliseDirectory(outer.config.root ?? (await findApp(tree)) ?? '');
  if (root === '') return { config: outer.config, root, diagnostics: [] };
  const place = { file: CONFIG_FILE, key: 'root' };
  if (!tree.paths.some(path => path.startsWith(`${root}/`))) {
    return { root, diagnostics: [diagnose('QS104', { directory: root }, place)] };
  }
  const file = `${root}/${CONFIG_FILE}`;
  const inner = parseConfig((await tree.read(file)) ?? '', file);
  if (!inner.config) return { root, diagnostics: inner.diagnostics };
  if (inner.config.root !== undefined) {
    const data = { directory: root, outer: CONFIG_FILE, inner: file };
    return { root, diagnostics: [diagnose('QS105', data, { file, key: 'root' })] };
  }
  return { config: { ...fromAround(inner.config, root), ...outer.config }, root, diagnostics: [] };
}

/** The app's own configuration with its frontend, which the outer one names relative to the source, named in the same way. */
function fromAround(config: Config, root: string): Config {
  const { frontend } = config;
  if (!frontend) return config;
  return {
    ...config,
    frontend: {
      ...frontend,
      ...(frontend.root !== undefined && { root: resolvePath(root, frontend.root) }),
      ...(frontend.output !== undefined && { output: resolvePath(root, frontend.output) }),
    },
  };
}

function normaliseDirectory(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/');
}
