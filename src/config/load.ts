/** Finds and reads the configuration of a source directory, following `root` to the app once. */

import { diagnose } from '../diagnostics/diagnose.js';
import { configPlace, NO_ORIGINS } from '../source/config-place.js';
import { defined } from '../source/defined.js';
import { type Finding, failed, found } from '../source/finding.js';
import { isWithin, joinPath, resolvePath } from '../source/paths.js';
import type { Tree } from '../source/tree.js';
import { type ParsedConfig, parseConfig } from './parse.js';
import type { Config } from './schema.js';

/** Name of the configuration file. */
export const CONFIG_FILE = 'quayside.yaml';

/** What is configured: all keys, where they are written, and the app's directory in the source ('' for the source itself). */
export interface Configured extends ParsedConfig {
  readonly root: string;
}

/** Nothing is configured, and the app is the source itself. */
export const NOT_CONFIGURED: Configured = { config: {}, origins: NO_ORIGINS, root: '' };

/** A configuration from elsewhere than the source, and the name to call it by. */
export interface GivenConfig {
  readonly name: string;
  readonly text: string;
}

/** Finds the only directory of a source with a web app; undefined when that is the source itself, or there are several. */
export type FindApp = (tree: Tree) => Promise<string | undefined>;

/**
 * Reads quayside.yaml of the source, or `given` in its place. With `root` in it, or when only one directory has a web app,
 * that directory is the app and its own quayside.yaml is read too; a key of the outer file replaces the same key there.
 * No file at all is an empty configuration.
 * @param findApp finds that one directory
 */
export async function loadConfig(tree: Tree, findApp: FindApp, given?: GivenConfig): Promise<Finding<Configured>> {
  const text = given?.text ?? (await tree.read(CONFIG_FILE)) ?? '';
  const outer = parseConfig(text, given?.name ?? CONFIG_FILE);
  if (outer.value === undefined) return failed(...outer.diagnostics);
  const root = normaliseDirectory(outer.value.config.root ?? (await findApp(tree)) ?? '');
  if (root === '') return found({ ...outer.value, root });
  if (!tree.paths.some(path => isWithin(path, root)))
    return failed(diagnose('QS104', { directory: root }, configPlace(outer.value.origins, 'root')));
  const file = joinPath(root, CONFIG_FILE);
  const inner = parseConfig((await tree.read(file)) ?? '', file);
  if (inner.value === undefined) return failed(...inner.diagnostics);
  if (inner.value.config.root !== undefined) {
    const data = { directory: root, outer: outer.value.origins.file, inner: file };
    return failed(diagnose('QS105', data, configPlace(inner.value.origins, 'root')));
  }
  return found({ ...laidOver(inner.value, outer.value, root), root });
}

/** The app's own configuration with each key of the one around it in the place of its own. */
function laidOver(inner: ParsedConfig, outer: ParsedConfig, root: string): ParsedConfig {
  const isReplaced = (key: string) => Object.hasOwn(outer.config, key.split('.')[0]!);
  const kept = [...inner.origins.keys].filter(([key]) => !isReplaced(key));
  return {
    config: { ...fromAround(inner.config, root), ...outer.config },
    origins: { file: outer.origins.file, keys: new Map([...kept, ...outer.origins.keys]) },
  };
}

/** The app's own configuration with its frontend, which the outer one names relative to the source, named in the same way. */
function fromAround(config: Config, root: string): Config {
  const { frontend } = config;
  if (!frontend) return config;
  const around = (path: string | undefined) => (path === undefined ? undefined : resolvePath(root, path));
  const named = { root: around(frontend.root), output: around(frontend.output) };
  return { ...config, frontend: { ...frontend, ...defined(named) } };
}

function normaliseDirectory(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/');
}
