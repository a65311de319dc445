/** What Quayside knows of a tool that Python projects keep their dependencies with. */
import type { Diagnostic } from '../../../diagnostics/diagnostic.js';
import type { Place } from '../../../diagnostics/place.js';
import type { TomlFile } from '../../../source/toml-file.js';
import type { Dependency } from '../../dependency.js';
import type { Marker } from '../../pep508/marker.js';
import type { Supported } from '../../supported.js';

/** A command with its words, and the file that takes its output. */
export interface ManagerCommand {
  readonly words: readonly string[];
  readonly output?: { readonly file: string; readonly mode: 'write' | 'append' };
}

/** A package of a lock, under one of the conditions that it is locked with. */
export interface LockedPackage {
  readonly name: string;
  /** Absent where the lock has none: for code that lies in a directory. */
  readonly version?: string;
  readonly marker?: Marker;
  /** Where its files come from when that is no package index, and nothing in the lock says what is in them. */
  readonly from?:
    | { readonly kind: 'git'; readonly commit?: string }
    | { readonly kind: 'directory'; readonly path: string };
  /** Worked out when it is asked for: a lock has hundreds of packages. */
  readonly place: Place;
}

/** A file that declares dependencies, with its project's directory as the lock names it: `.` for its own. */
export interface LockedManifest {
  readonly file: TomlFile;
  readonly directory: string;
}

/** Why a lock may not belong to what the project declares: only its manager knows. */
export interface LockDoubt {
  readonly reason: string;
  readonly place: Place;
}

/** One word of an option such as `--no-binary cffi`: a package's name, `:all:`, or `:none:`, which takes earlier ones back. */
export interface BuildRule {
  readonly name: string;
  readonly from: 'source' | 'wheel';
  readonly place: Place;
}

/** Names of groups and extras that a manifest gives. */
export interface GroupNames {
  readonly groups: readonly string[];
  readonly extras: readonly string[];
}

/** Projects that share one lock: patterns of the directories of its members, and of those left out. */
export interface WorkspacePatterns {
  readonly members: readonly string[];
  readonly exclude: readonly string[];
}

/** A package index, and the variables that its manager reads credentials for it from. */
export interface PackageIndex {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Whether the lists that the manager exports do without its address, also where it needs no credentials. */
  readonly unlisted?: true;
  /** Whether it stands in the place of the usual one. */
  readonly primary?: true;
  /** Whether the manager encodes what it takes from variables before it becomes part of the address. */
  readonly encodes?: true;
  /** Whether it is asked by plain HTTP, which pip has to be told. */
  readonly isPlain?: true;
}

/** Which of the locked packages a list is made of. */
export interface ListRequest {
  /** Whether the app's own dependencies are in it. */
  readonly main: boolean;
  /** Groups and extras beside them, or in place of them. */
  readonly groups: readonly string[];
  readonly extras: readonly string[];
  /** Whether the lock is that of a workspace, and the member that is the app when its root is not. */
  readonly workspace: boolean;
  readonly member?: string | undefined;
  /** The file to write. */
  readonly file: string;
}

/** A manager as a program, and the packages that it is installed from. */
export interface ManagerTool {
  readonly program: string;
  readonly packages: readonly string[];
  /** The last ones for Pythons that its newest one does not run on, by minor version. */
  readonly last?: Readonly<Record<string, readonly string[]>>;
  /** Pythons that no release of it runs on, each with the one that it runs on in their place: what is in a lock does not depend on who reads it. */
  readonly instead?: Readonly<Record<string, string>>;
}

/** How the packages of a lock become a list for pip, with their hashes. */
export type LockExport =
  /** By the tool itself, which ends with exit code 1 when the lock does not fit what the project declares. */
  | (ManagerTool & {
      readonly by: 'tool';
      words(request: ListRequest): readonly string[];
      /** Variables that it runs with, such as how often it asks a server again. */
      readonly env?: Readonly<Record<string, string>>;
    })
  /** By docker/lock-requirements.py, which needs no tool. The tool is there for a lock in doubt: `check` ends as said above. */
  | {
      readonly by: 'reader';
      /** What the lock calls the app's own dependencies. */
      readonly main: string;
      readonly check: ManagerTool & {
        readonly words: readonly string[];
        readonly env?: Readonly<Record<string, string>>;
      };
    };

/** What every manager has; `rank` is the order in which messages list them, and in which their files are looked for. */
interface NamedManager extends Supported {
  readonly rank: number;
  /** What messages call it, in a list of those that can be had. */
  readonly spoken: string;
}

/** A manager that writes a lock file with the hash of everything. */
export interface LockingManager extends NamedManager {
  readonly pins: 'lock';
  readonly lock: {
    readonly path: string;
    /** Command that writes it anew, and what it is given where nobody can be asked. */
    readonly command: string;
    readonly options?: readonly string[];
    /** Whether it names the files of packages, which say what Python they are built for. */
    readonly namesFiles: boolean;
  };
  /** File in which the project declares its dependencies. */
  readonly manifest: 'pyproject.toml' | 'Pipfile';
  /** The manager to take up for a project whose files show none. */
  readonly suggested?: true;
  /** Whether a manifest without a lock shows that it is this manager's. */
  claims?(manifest: TomlFile): boolean;
  /** Dependencies in tables that are its own. */
  dependencies(manifest: TomlFile): readonly Dependency[];
  /** Names in such tables. */
  groupNames?(manifest: TomlFile): GroupNames;
  /** Keys that hold the project's name, in its own tables. */
  readonly projectName?: readonly string[];
  /** Keys of the range of Python versions in its own tables. */
  readonly pythonAt?: readonly string[];
  /** Where its own tables say that packages lie: keys of an array of tables with a `from`. */
  readonly packagesAt?: readonly string[];
  workspace?(manifest: TomlFile): WorkspacePatterns | undefined;
  /** Words behind its name by which it installs what the lock has, or exports it. */
  readonly installs: readonly string[];
  /** Package indexes that the manifest names beside the usual one. */
  indexes?(manifest: TomlFile): readonly PackageIndex[];
  /** Directories that the manifest names as the code of dependencies, as it writes them. */
  localDirectories?(manifest: TomlFile): readonly string[];
  /** How it runs a command in the project's environment: `poetry run COMMAND`. */
  readonly runs: { readonly verb: string; readonly takingValue: readonly string[] };
  /** Keys of the table in the manifest that has names for such commands. */
  readonly scriptsAt?: readonly string[];
  /** Reads the lock; a diagnostic for what it does not write itself, or not so that it can be installed from. */
  readLock(path: string, text: string): TomlFile | Diagnostic;
  lockedPackages(lock: TomlFile): readonly LockedPackage[];
  /**
   * The minor version of Python that a lock was written with, where its manager takes that for the project's own range when the project has
   * none: with another it would refuse the lock.
   */
  lockedWith?(lock: TomlFile): string | undefined;
  /** Names of the packages that one project of a workspace needs; undefined when the lock does not have the project. */
  neededPackages?(lock: TomlFile, project: string): ReadonlySet<string> | undefined;
  /** Says what shows that the lock is stale, as far as that can be told without the manager. */
  doubt(manifests: readonly LockedManifest[], lock: TomlFile): LockDoubt | undefined;
  /** File that says how packages are built, and what it says, in order. */
  readonly builds?: { readonly file: string; rules(file: TomlFile): readonly BuildRule[] };
  /** Whether it builds a project to know what that leaves for its build to say. */
  readonly buildsProjects?: true;
  /** Files that the lock is read with, in its directory. */
  lockFiles(workspace: boolean): readonly string[];
  readonly exported: LockExport;
}

/** What the requirements files of a project come down to. */
export interface RequirementsRequest {
  /** The lists to install, in order. */
  readonly lists: readonly string[];
  /** Lines that stand for code in the source, and what that code declares in their place. */
  readonly dropped: readonly Place[];
  readonly declared: readonly string[];
  /** Directory of the files, and that of the list to make of them. */
  readonly from: string;
  readonly to: string;
  readonly file: string;
}

/** A manager that installs what lists of requirements name. */
export interface ListingManager extends NamedManager {
  readonly pins: 'requirements';
  /** Files of the app's own requirements, the first that exists counts. */
  readonly mainFiles: readonly string[];
  /** What people call such a file otherwise: it counts where it is the only one with a web framework, and nothing else says what is needed. */
  readonly otherFiles: RegExp;
  /** Files of what tests and development need. */
  readonly devFiles: RegExp;
  /** What such a file is compiled from, and by which command. */
  readonly compiled: {
    input(path: string): string | undefined;
    /** Packages that are left out of what is compiled. */
    readonly unlisted: readonly string[];
    command(input: string, path: string, text: string): string;
  };
  /** Files that say what is needed and pin nothing, and are there to be compiled. */
  readonly inputs: readonly string[];
  /** Files in which packages say so that do not in pyproject.toml. */
  readonly setups: readonly string[];
  /** Commands that make one list. */
  commands(request: RequirementsRequest): readonly ManagerCommand[];
}

export type PythonManagerDefinition = LockingManager | ListingManager;
