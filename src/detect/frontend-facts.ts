/** What detection knows about an app's frontends, and packages of Node. */
import type { Place } from '../diagnostics/place.js';
import type { Sourced } from '../source/sourced.js';
import type { FrontendKind } from '../support/frontends/index.js';
import type { NodePackageManager } from '../support/managers/node/index.js';
import type { BuildSecret } from './python-facts.js';

/** A package.json whose packages are installed from a lock file. */
export interface NodeProject {
  /** Directory of package.json, relative to the source; '' for the source itself. */
  readonly root: string;
  readonly packageManager: Sourced<NodePackageManager>;
  /** Exact version of the package manager; absent: the one that comes with Node. */
  readonly packageManagerVersion?: Sourced<string>;
  /** Major version, such as `22`. */
  readonly nodeVersion: Sourced<string>;
  readonly lockfile: Sourced<string>;
  /** Whether there is no such file yet: two builds may differ. */
  readonly unlocked?: true;
  /** Directory of the lock file, when it is a workspace around `root`. */
  readonly workspace?: string;
  /** Debian packages that installing its packages and building it takes; absent: those of Node's image do. */
  readonly systemPackages?: readonly Sourced<string>[];
  /** Secrets that the step is given which installs the packages. */
  readonly secrets?: readonly BuildSecret[];
  /** Variables that the package manager's settings name, which have to be there whenever it runs. */
  readonly namedVariables?: readonly string[];
}

export interface FrontendFacts extends NodeProject {
  readonly buildScript: Sourced<string>;
  /** The command of its tool that builds anew at each edit, as words; absent: none does. */
  readonly watch?: readonly string[];
  /** Commands of a shell that are run in place of scripts; absent: scripts are run. */
  readonly commands?: Sourced<readonly string[]>;
  /** Scripts that are run after it; absent: none. */
  readonly moreScripts?: readonly Sourced<string>[];
  /** Packages beside its own whose programs the build runs, as npm is told to install them; absent: none. */
  readonly tools?: readonly Sourced<string>[];
  /** Directory that the build writes to, relative to the source. */
  readonly output: Sourced<string>;
  /** Patterns of what in that directory is made; absent: all of it. */
  readonly made?: readonly string[];
  /** Whether files of the source lie in that directory too, which the build may read: they stay. */
  readonly isShared?: true;
  /** Whether modules of the app lie in its directory, as in a Django app with pages of React: it is a part of the app. */
  readonly hasCode?: true;
  /** The server that the build makes and that answers browsers itself; absent: the app serves files. */
  readonly server?: Sourced<FrontendKind>;
  /** Whether the directory of files that a server hands out as they are lies beside its package.json. */
  readonly publicFiles?: boolean;
  /** Variable that the frontend reads the app's address from, when it has a server. */
  readonly apiVariable?: Sourced<string>;
  /** The package that hashes as only older versions of OpenSSL do without being told: the build tells Node to let it. */
  readonly oldHashes?: Sourced<string>;
  /** Variables whose values end up in the built files. */
  readonly variables?: readonly BakedVariable[];
  /** Values that the app's own image gives variables while it builds this. */
  readonly given?: readonly Sourced<GivenVariable>[];
  /** Where the app's own image has what is built, when that is elsewhere. */
  readonly placed?: readonly Sourced<PlacedFiles>[];
  /** The line of the app that hands the built files to browsers, when there is no server of its own. */
  readonly served?: Sourced<string>;
  /** What says that the built files are published without the app: they are built, and no part of its image. */
  readonly apart?: Sourced<string>;
}

/** A variable with its value. */
export interface GivenVariable {
  readonly name: string;
  readonly value: string;
}

/** Files of a directory that are copied to another one. */
export interface PlacedFiles {
  /** Relative to the source. */
  readonly path: string;
  /** Patterns of them; absent: all. */
  readonly include?: readonly string[];
  /** Relative to the source, or absolute in the image. */
  readonly to: string;
}

/** A variable that a frontend's build takes in, and where the source has a value for it. */
export interface BakedVariable {
  readonly variable: Sourced<string>;
  readonly set?: Place;
}
