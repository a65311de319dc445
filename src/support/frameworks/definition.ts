/** What Quayside knows of a web framework. */
import type { AppObject, Protocol } from '../app-object.js';
import type { Supported } from '../supported.js';

export interface FrameworkDefinition extends Supported {
  /** Which of several frameworks among the dependencies is taken to be the app's, lowest first. */
  readonly rank: number;
  /** Packages that make a project an app of this framework. */
  readonly packages: readonly string[];
  /** Packages that are nothing without it and bring it along, beside those that are called by its name: Wagtail is none without Django. */
  readonly broughtBy?: readonly string[];
  /** What its apps speak unless their own code says otherwise. */
  readonly protocol: Protocol;
  /** Classes and functions that make an app, by their dotted names. */
  readonly makers: Readonly<Record<string, Protocol>>;
  /** What its apps spoke before a major version of its package. */
  readonly older?: { readonly package: string; readonly before: number; readonly protocol: Protocol };
  /** The app of another framework that its apps are made on, by their attribute for that. */
  readonly inner?: { readonly attribute: string; readonly framework: string; readonly protocol: Protocol };
  /** What makes an app of another one, which is served through it. */
  readonly wrappers?: readonly string[];
  /** What apps are usually served as, when the code has both. */
  readonly usual: AppObject['call'];
  /** Whether apps of other frameworks beside a project of this one are services of their own. */
  readonly leads?: boolean;
  /** How a maker is called, for people. */
  readonly example: string;
  /** How an app hands out the files of a directory, for people. */
  readonly handsOut: (directory: string) => string;
  /** Servers that come with it, by the servers' packages. */
  readonly brings?: readonly BroughtServer[];
  /** Packages beside which its apps are meant to be served over ASGI. */
  readonly asgiPackages?: readonly string[];
  /** Variables that its programs find the app by, in the production image. */
  readonly env?: (app: AppObject, settings: string | undefined) => Readonly<Record<string, string>>;
  /** Variables of browser tests that run with the app's code. */
  readonly browserTestsEnv?: Readonly<Record<string, string>>;
  /** Variable that names the module with the settings of a project. */
  readonly settingsVariable?: string;
  /** How a URL names the driver of a service: as the framework's own parsers do, or as everybody does. */
  readonly spelling: 'django' | 'general';
  readonly migrations?: FrameworkMigrations;
  /** Its own server for development, which takes in edits; absent, or for apps of other protocols: that of the app's server. */
  readonly develops?: DevelopmentServer;
  /** What of a project names the app for the framework's own programs. */
  readonly namesApp?: AppNaming;
  /** Its own program that starts an app, and how that is told which one. */
  readonly program?: FrameworkProgram;
  /** Where its own programs look for the app when nothing names it, as its documentation says. */
  readonly finds?: AppDiscovery;
  /** Functions that give one app to another under a path: `starlette.routing.Mount`. */
  readonly mounts?: readonly string[];
  /** How routes are declared by functions of the framework itself, and not by those of an app or a router. */
  readonly routes?: RouteFunctions;
  /** Names of what keeps connections open when an app is made of it: they tie clients to one process. */
  readonly openConnections?: readonly string[];
}

/** Functions that declare a route by decorating what answers it, the path first, and classes that put such routes under a path. */
export interface RouteFunctions {
  readonly decorators: readonly string[];
  readonly routers: readonly string[];
}

/** A server that is installed with a package of the framework. */
export interface BroughtServer {
  readonly server: string;
  readonly package: string;
  /** When it comes: always, or with one of these extras, which a version may have had without being asked. */
  readonly when: 'always' | { readonly extras: readonly string[]; readonly version?: string };
}

/** Migrations that belong to the framework: scripts that are there, or a program of the project that knows them. */
export type FrameworkMigrations =
  | {
      readonly kind: 'scripts';
      readonly package: string;
      /** The file in the directory of scripts that gives it away. */
      readonly file: string;
      readonly directory: string;
      /** The command, for scripts in the usual directory or in another one. */
      readonly command: (directory: string | undefined) => readonly string[];
      readonly why: string;
    }
  | {
      readonly kind: 'program';
      readonly package: string;
      /** The command of a project whose program lies at a path. */
      readonly command: (program: string) => readonly string[];
      readonly why: string;
    };

/** Where a project names its app: a variable, set in a file of variables or wherever the app is started, or a key of a TOML file. */
export type AppNaming =
  | { readonly kind: 'variable'; readonly file: string; readonly variable: string }
  | { readonly kind: 'toml'; readonly file: string; readonly table: readonly string[]; readonly key: string };

/** A program such as `flask --app shop run` or `fastapi run shop/main.py`. */
export interface FrameworkProgram {
  readonly name: string;
  /** Options that name the app. */
  readonly options: readonly string[];
  /** The words behind which a path names the module; absent: none does. */
  readonly verbs?: readonly string[];
  readonly takingValue: readonly string[];
  /** What of an app decorates the functions that its own commands are: `cli.command`. */
  readonly registers?: string;
}

/** Where an app is looked for: the first of the files that has one decides. */
export interface AppDiscovery {
  readonly files: readonly string[];
  /** Names of objects, in their order. */
  readonly objects: readonly string[];
  /** What is taken where no object has such a name: the first of all, or the only one. */
  readonly otherwise: 'first' | 'only';
  /** Names of factories, which are called where there is no object. */
  readonly factories: readonly string[];
}

/** A server for development that a framework brings. */
export interface DevelopmentServer {
  /** The protocol of the apps that it serves. */
  readonly protocol: Protocol;
  /** The command; `program` is the project's own where the framework has one, such as manage.py. */
  readonly command: (port: number, program: string | undefined) => readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>>;
}
