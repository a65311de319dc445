/** Everything detection reads of an app, read once: pyproject.toml, the Python files, the configuration. */
import type { Config } from '../config/schema.js';
import type { Origins } from '../source/config-place.js';
import { relativePath } from '../source/paths.js';
import type { Sourced } from '../source/sourced.js';
import type { TomlFile } from '../source/toml-file.js';
import type { Tree } from '../source/tree.js';
import type { PythonModule } from './code/module.js';

export interface Project {
  /** The app's own directory: what is written in Python, its packages and its tests. */
  readonly tree: Tree;
  /** The app's directory with what lies beside it in the source: its frontend, its compose file. */
  readonly source: Tree;
  /** The app's directory in the source; '' for the source itself. */
  readonly root: string;
  /** Where the lock file lies: the app's own directory, or the workspace around it, with its place in the source. */
  readonly locked: Tree;
  readonly lockedIn: string;
  readonly config: Config;
  /** Where that is written. */
  readonly origins: Origins;
  /** The app's own pyproject.toml: the root's, or that of the workspace member that is the app. */
  readonly pyproject?: TomlFile;
  readonly workspace?: Workspace;
  /** Directories that imports of the workspace's members start from, relative to the app's directory. */
  readonly memberRoots?: readonly string[];
  readonly packageRoot?: Sourced<string>;
  /** Files that are there by a copy of others alone, by paths of the source that was asked for. */
  readonly copies?: readonly (Omit<Sourced<never>, 'value'> & { readonly from: string; readonly to: string })[];
  /** All Python files of the app and its tests, without vendored and generated ones. */
  readonly modules: readonly PythonModule[];
}

/** Path of a file at the top of the source, relative to the app's directory as all other places in it. */
export function aroundApp({ root }: Pick<Project, 'root'>, path: string): string {
  return relativePath(root, path);
}

/** One project of a workspace beside its root. */
export interface Member {
  readonly name: string;
  readonly directory: string;
  /** Directory that imports of it start from. */
  readonly root: string;
  readonly file: TomlFile;
}

/** The members, and the one that is the app when the root is not. */
export interface Workspace {
  readonly members: readonly Member[];
  /** Its name, found in its own pyproject.toml. */
  readonly member?: Sourced<string>;
  /** The app's own pyproject.toml. */
  readonly app: TomlFile;
  /** Whether the members only lie in the source, and have no part in the lock but that the app depends on them. */
  readonly isLoose?: true;
}
