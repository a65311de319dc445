/** What detection knows about an app's Python, its packages and where they come from. */
import type { Place } from '../diagnostics/place.js';
import type { Sourced } from '../source/sourced.js';
import type { Dependency } from '../support/dependency.js';
import type { PythonPackageManager } from '../support/managers/python/index.js';

/** What pip installs. */
export interface RequirementFiles {
  readonly main: Sourced<string>;
  readonly dev?: Sourced<string>;
  /** Every file that these read with -r and -c, themselves included. */
  readonly files: readonly string[];
  /** Lines such as `-e .`, which stand for code in the source, `-i` with the usual index, and those that read `absent`: left out. */
  readonly dropped?: readonly Place[];
  /** Files that the list for development reads and that are not there. */
  readonly absent?: readonly Sourced<string>[];
  /** What that code declares, in their place. */
  readonly declared?: readonly string[];
  /** Directories of such code whose files do not show all that it depends on, and the extras of it that are asked for. */
  readonly computed?: readonly { readonly directory: string; readonly extras: readonly string[] }[];
}

export interface PythonFacts {
  /** Minor version, such as `3.11`. */
  readonly version: Sourced<string>;
  /** Since when nobody mends it, where that is so, and what keeps the app on it. */
  readonly ended?: Sourced<string>;
  /** The newest of its releases that the project allows, when that is not the newest there is. */
  readonly release?: Sourced<string>;
  readonly packageManager: Sourced<PythonPackageManager>;
  /** The file that pins every version; absent only for plain requirements.txt. */
  readonly lockfile?: Sourced<string>;
  /** The lock file that is not there: the package manager makes it when the app is built. */
  readonly unlocked?: Sourced<string>;
  /** Directories, from the lock file's, of projects that its manager builds to know what they need. */
  readonly builtProjects?: readonly string[];
  /** Why the lock file may be stale. Its manager decides, when the lock is read. */
  readonly lockDoubt?: Sourced<string>;
  /** Directory of the lock file in the source, when that is a workspace around the app. */
  readonly lockedIn?: string;
  /** For pip: the requirements files to install, main and development. */
  readonly requirements?: RequirementFiles;
  /** Directory that imports start from, relative to the source, when it is not the source itself: `src`. */
  readonly packageRoot?: Sourced<string>;
  /** Directories of further packages in the source that imports start from: members of a workspace. */
  readonly memberRoots?: readonly Sourced<string>[];
  /** Name of the workspace member that is the app, when the root of the workspace is not. */
  readonly member?: Sourced<string>;
  /** Requirements that its own container installs by name, beside what is listed; absent: none. */
  readonly besides?: readonly Sourced<string>[];
  readonly dependencies: readonly Dependency[];
  /** What the app's code may import of installed packages, by the first parts of the names; absent: nothing. */
  readonly imports?: readonly string[];
  /** Groups and extras whose dependencies are the app's own as well. */
  readonly groups?: readonly Sourced<string>[];
  /** Names of extras, and those of them that are groups' as well: package managers tell the two apart. */
  readonly extras?: readonly string[];
  readonly sharedNames?: readonly string[];
  /** Name of the group that holds the test tools, when development dependencies are in a group. */
  readonly devGroup?: Sourced<string>;
  /** Packages, or `:all:`, that the package manager builds from source, which its lock file does not say. */
  readonly fromSource?: readonly Sourced<string>[];
  /** Secrets that the steps are given which install its packages. */
  readonly secrets?: readonly BuildSecret[];
  /** Package indexes that pip is told of beside its lists. */
  readonly indexes?: readonly IndexAddress[];
  /** Those that are asked without credentials. */
  readonly openIndexes?: readonly OpenIndexFact[];
  /** Where the app's own code imports pkg_resources, which nothing that it names brings. */
  readonly pkgResources?: Sourced<string>;
  /** Packages that are built from commits of repositories. */
  readonly fromGit?: readonly Sourced<string>[];
}

/** A secret of the build by its name. */
export interface BuildSecret extends Sourced<string> {
  /** Where it is a file; else it is a variable. */
  readonly file?: string;
  /** Whether that is a key for git over ssh. */
  readonly isKey?: true;
}

/** A package index. */
export interface IndexAddress {
  /** As a shell reads it in quotes: variables in it as `${NAME}`. */
  readonly url: string;
  /** Secrets with the user and the password that its manager would take from variables, as they are. */
  readonly user?: string;
  readonly password?: string;
  /** Whether it stands in the place of the usual one. */
  readonly primary?: true;
  /** Whether variables before its host hold what is yet to be encoded. */
  readonly encodes?: true;
  /** Whether it is asked by plain HTTP all the same. */
  readonly isPlain?: true;
}

/** An index that is asked without credentials: where it is named, and the secrets that its manager would take them from. */
export interface OpenIndexFact {
  readonly host: string;
  readonly file: string;
  readonly line?: number;
  readonly secrets: readonly string[];
}

/** A package whose code lies in the source: the app, a member of its workspace, a directory that it depends on. */
export interface OwnPackage {
  readonly name: string;
  readonly place: Place;
  readonly version: Sourced<string>;
  readonly summary?: string;
  /** Names and what they stand for, `module:attribute`, by group: `console_scripts` are programs. */
  readonly entryPoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** File that a build hook writes the version to, relative to the app's directory. */
  readonly versionFile?: Sourced<string>;
}
