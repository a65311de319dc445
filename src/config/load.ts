/** Finds and reads the configuration of a source directory, following `root` to the app once. */
import { findAppDirectories } from '../detect/app/directory.js';
import type { Tree } from '../detect/facts.js';
import { resolvePath } from '../detect/paths.js';
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
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

/**
 * Reads quayside.yaml of the source, or `given` in its place. With `root` in it, or when only one directory has a web app,
 * that directory is the app and its own quayside.yaml is read too; a key of the outer file replaces the same key there.
 * No file at all is an empty configuration.
 */
export async function loadConfig(tree: Tree, given?: string): Promise<LoadedConfig> {
  const outer = parseConfig(given ?? (await tree.read(CONFIG_FILE)) ?? '');
  if (!outer.config) return { root: '', diagnostics: outer.diagnostics };
  const root = normaliseDirectory(outer.config.root ?? (await onlyAppDirectory(tree)));
  if (root === '') return { config: outer.config, root, diagnostics: [] };
  const place = { file: CONFIG_FILE, key: 'root' };
  if (!tree.paths.some(path => path.startsWith(`${root}/`))) {
    const missing = diagnose('QS104', {
      place,
      problem: `there are no files in "${root}"`,
      expected: 'the directory of the app, relative to quayside.yaml',
      fix: 'correct root, or remove it when the app lies beside quayside.yaml',
    });
    return { root, diagnostics: [missing] };
  }
  const file = `${root}/${CONFIG_FILE}`;
  const inner = parseConfig((await tree.read(file)) ?? '', file);
  if (!inner.config) return { root, diagnostics: inner.diagnostics };
  if (inner.config.root !== undefined) {
    const twice = diagnose('QS105', {
      place: { file, key: 'root' },
      problem: `root leads to "${root}", whose own quayside.yaml has a root again`,
      expected: 'root in one of the two files only',
      fix: `write the whole path in ${CONFIG_FILE} and remove root from ${file}`,
    });
    return { root, diagnostics: [twice] };
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

async function onlyAppDirectory(tree: Tree): Promise<string> {
  const [only, second] = await findAppDirectories(tree);
  return second === undefined ? (only ?? '') : '';
}

function normaliseDirectory(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/');
}
