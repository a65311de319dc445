/** What Quayside knows of a tool that builds frontends. */
import type { Place } from '../../diagnostics/place.js';
import type { Step } from '../../plan/types.js';
import type { Finding } from '../../source/finding.js';
import type { ScriptFile } from '../../source/script-file.js';
import type { Sourced } from '../../source/sourced.js';
import type { Supported } from '../supported.js';

export interface FrontendDefinition extends Supported {
  /** Which tool decides where several are there: frameworks before the bundlers that they bring along. */
  readonly rank: number;
  /** Packages that say by being a dependency that this tool builds. */
  readonly packages: readonly string[];
  /** Its programs, as scripts call them. */
  readonly commands: readonly string[];
  /** Packages that tell a frontend from a package which only runs the scripts of others. */
  readonly makers: readonly string[];
  /** Whether an option such as `--outDir` in the script may be its own. */
  readonly takesOutOption: boolean;
  /** Its place among the tools that messages name as examples; absent: it is not named. */
  readonly example?: number;
  /** The variables whose values end up in the built files. */
  readonly bakes?: BakedNames;
  /** Where the build writes, by the configuration; a finding without a value: that does not show it. */
  output(built: BuiltPackage): Promise<Finding<BuildOutput>>;
  /** How a server that the build makes is run; absent: it makes none that is. */
  readonly server?: FrontendServer;
}

/** Names of variables, by what they begin with. */
export interface BakedNames {
  readonly prefix: string;
  /** A module that they are imported from by name, besides being read from the environment. */
  readonly module?: string;
}

/** The package whose build script runs the tool. */
export interface BuiltPackage {
  /** Directory of its package.json in the source. */
  readonly root: string;
  /** Path of its package.json. */
  readonly path: string;
  /** What the build script says. */
  readonly command: string;
  /** All scripts of package.json. */
  readonly scripts: Readonly<Record<string, unknown>>;
  /** Whether a package is a dependency of any kind. */
  has(name: string): boolean;
  /** The locked version of a dependency, else the lowest that its range allows; undefined for what is neither. */
  versionOf(name: string): string | undefined;
  /** The place in package.json that a path of keys leads to. */
  placeOf(...keys: readonly string[]): Place;
  /** A configuration file beside package.json by its name without ending. */
  config(name: string): Promise<ScriptFile | undefined>;
  /** Text of a file beside package.json. */
  read(name: string): Promise<string | undefined>;
}

/** The build's result. */
export interface BuildOutput {
  /** Directory that it writes to, relative to the source. */
  readonly output: Sourced<string>;
  /** What says that it is a server and no files for browsers. */
  readonly server?: Place;
  /** The script that makes it, when it is another than the one asked for. */
  readonly buildScript?: Sourced<string>;
}

/** How a server that a tool has built becomes an image. */
export interface FrontendServer {
  /** Environment of the build that makes it. */
  readonly buildEnv: Readonly<Record<string, string>>;
  /** Directories beside package.json that the tool writes to and that hold no source. */
  readonly made: readonly string[];
  /** Directory beside package.json whose files the server hands out as they are. */
  readonly publicDirectory: string;
  /** What is in the image beside Node. */
  image(site: FrontendServerSite): FrontendServerImage;
}

/** Where things lie while the image is made. Paths are absolute. */
export interface FrontendServerSite {
  /** The stage that the frontend was built in, and where the package, and what was built, lie there. */
  readonly stage: string;
  readonly directory: string;
  readonly built: string;
  /** Where the source, and the package in it, lie in the server's image; what was built, as seen from the package. */
  readonly app: string;
  readonly at: string;
  readonly output: string;
  /** Whether there is a directory of public files. */
  readonly hasPublicFiles: boolean;
  readonly port: number;
  /** Id of the user that it runs as. */
  readonly user: number;
}

/** The parts of an image that only the tool can tell. */
export interface FrontendServerImage {
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** A program that ends with 0 when the server answers. */
  readonly probe: readonly string[];
  readonly command: readonly string[];
}
