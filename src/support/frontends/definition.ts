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
  /** Other tools' programs that run it where its package is a dependency: SvelteKit builds by `vite build`. */
  readonly through?: readonly string[];
  /** The first words behind its program, one of which makes it build; absent: it builds without any. */
  readonly verbs?: readonly string[];
  /** What makes its command build anew at each edit until it is stopped; absent: nothing does. */
  readonly watches?: readonly string[];
  /** What of its command line says where it writes. */
  readonly writes?: WrittenBy;
  /** Whether it counts only where no other tool builds: a compiler that only checks, mostly. */
  readonly isAlone?: true;
  /** The version of its first package from which its build needs none of the hashes that OpenSSL 3 counts among the old ones: MD4. */
  readonly oldHashesBefore?: string;
  /** Its place among the tools that messages name as examples; absent: it is not named. */
  readonly example?: number;
  /** The variables whose values end up in the built files. */
  readonly bakes?: BakedNames;
  /** Where the build writes, by the configuration; a finding without a value: that does not show it. */
  output(built: BuiltPackage): Promise<Finding<BuildOutput>>;
  /** How a server that the build makes is run; absent: it makes none that is. */
  readonly server?: FrontendServer;
}

/** How a command line says where its program writes. */
export interface WrittenBy {
  /** Options followed by a file. */
  readonly files?: readonly string[];
  /** Options followed by a directory. */
  readonly directories?: readonly string[];
  /** Further options with a value: what follows them is no operand. */
  readonly takingValue?: readonly string[];
  /** Whether the last of several operands is what is written, `in.scss out.css`, also as `in:out`. */
  readonly operands?: true;
}

/** Names of variables, by what they begin with. */
export interface BakedNames {
  readonly prefix: string;
  /** A module that they are imported from by name, besides being read from the environment. */
  readonly module?: string;
  /** A module that has them in its object `env` when the server that was built runs. */
  readonly object?: string;
}

/** The package whose build script runs the tool. */
export interface BuiltPackage {
  /** Directory of its package.json in the source. */
  readonly root: string;
  /** Path of its package.json. */
  readonly path: string;
  /** The tool's command line, as words. */
  readonly command: readonly string[];
  /** The words of it that are no options. */
  readonly operands: readonly string[];
  /** Variables that the script gives the tool. */
  readonly variables: ReadonlyMap<string, string>;
  /** All scripts of package.json. */
  readonly scripts: Readonly<Record<string, unknown>>;
  /** Whether a package is a dependency of any kind. */
  has(name: string): boolean;
  /** The locked version of a dependency, else the lowest that its range allows; undefined for what is neither. */
  versionOf(name: string): string | undefined;
  /** The place in package.json that a path of keys leads to. */
  placeOf(...keys: readonly string[]): Place;
  /** The value of an option in the command line; undefined where it has none, or one that only a running shell knows. */
  option(...names: readonly string[]): string | undefined;
  /** The configuration file that an option names, else the one beside package.json by its name without ending. */
  config(name: string, ...options: readonly string[]): Promise<ScriptFile | undefined>;
  /** A file of code as another one at `path` names it: `./webpack.common`. */
  script(path: string, name: string): Promise<ScriptFile | undefined>;
  /** Text of a file beside package.json. */
  read(name: string): Promise<string | undefined>;
}

/** The build's result. */
export interface BuildOutput {
  /** Directory that it writes to, relative to the source. */
  readonly output: Sourced<string>;
  /** Whether that is one file and no directory. */
  readonly isFile?: true;
  /** Whether other files lie in that directory too, which the build may read. */
  readonly isShared?: true;
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
  /** The command that serves the sources as they are edited. */
  readonly develops: (port: number) => readonly string[];
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
