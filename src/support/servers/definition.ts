/** What Quayside knows of a server for Python web apps. */
import type { AppObject, Protocol } from '../app-object.js';
import type { Supported } from '../supported.js';

/** A server: one that production images run, or one that is only known by name. */
export type ServerDefinition = RunServer | KnownServer;

interface AnyServer extends Supported {
  readonly rank: number;
  /** Packages that bring it. */
  readonly packages: readonly string[];
  /** What it was made for, whatever else it serves; absent: both alike. */
  readonly madeFor?: Protocol;
}

/** A server that is known and not run: an app that has no other is told so. */
export interface KnownServer extends AnyServer {
  readonly runs: false;
}

/** A server that production images run. */
export interface RunServer extends AnyServer {
  readonly runs: true;
  /** What it serves, and how soon it is taken when several servers are there. */
  readonly serves: Readonly<Partial<Record<Protocol, Fit>>>;
  /** How its own command line is read. */
  readonly command: CommandGrammar;
  /** Function that starts it from code, of which the first argument names the app: `uvicorn.run`. */
  readonly starter?: string;
  /** How it is told to call a factory: as Python writes the call, or by an option, and then without arguments; it may not know how. */
  readonly factory: 'call' | 'option' | 'none';
  readonly start: ServerStart;
  /** How it is started so that it takes in edits; absent: it cannot. */
  readonly develops?: (app: AppObject, port: number) => readonly string[];
  readonly bring: BroughtPackages;
  readonly workers?: WorkerClasses;
  readonly settings?: SettingsFile;
}

/** What is installed of a server for an app that has none: docker/servers.json has its versions with their hashes. */
export interface BroughtPackages {
  /** The extra of its package that is asked for. */
  readonly extra?: string;
  /** What that brings and the image has no use for. */
  readonly without?: readonly string[];
  /** The oldest version that is known by its hashes; absent: the newest alone is, since its files are many. */
  readonly oldest?: string;
}

/** How well a server fits apps of one protocol. */
export interface Fit {
  /** Lowest first. */
  readonly rank: number;
  /** Whether it is taken when nothing but its package speaks for it. */
  readonly taken: 'when there' | 'when asked for';
}

/** What an option of a server's command line says. Options that only suit one machine, such as ports, mean nothing here. */
export type OptionMeaning =
  | 'workers'
  | 'worker class'
  | 'directory'
  | 'settings'
  | 'factory'
  /** The app as `module:attribute`, the file that it is in, its attribute, and one behind a path: `/shop=shop.wsgi:app`. */
  | 'app'
  | 'app file'
  | 'attribute'
  | 'mounted app';

/** How a server's command line is read: options in any order, and one word that names the app. */
export interface CommandGrammar {
  /** Names that it is called by, as a program and to `python -m`. */
  readonly programs: readonly string[];
  /** Options, short and long, that are followed by a value. All others are none or have it in the same word. */
  readonly takingValue: readonly string[];
  /** Whether a long option may be written with its first letters alone, as argparse takes it: `--conf`. */
  readonly abbreviates?: true;
  readonly means: Readonly<Record<string, OptionMeaning>>;
  /** Options for where it listens, which the image decides. */
  readonly address: readonly string[];
  /**
   * Options that only suit the place they were written for: users, files of the process and logs in files, encryption, reloading,
   * and how long it takes to end. All others say how the app is served, and are kept.
   */
  readonly local: readonly string[];
  /** What it takes in a module that is named without an attribute; absent: that is an error. */
  readonly attribute?: string;
  /** The section of an INI file that has such options, and names that it is given where nothing names it. */
  readonly settings?: { readonly section: string; readonly usual: readonly string[] };
}

/** What decides how a server starts. */
export interface StartOptions {
  readonly workerClass?: string;
  /** Path in the image of a file of docker/. */
  readonly fileOf: (name: string) => string;
}

/** How the production image starts a server. */
export interface ServerStart {
  /**
   * Who starts it and sees to it that it ends in time: the server itself, or docker/serve.py, which fills in `{port}`, `{workers}`
   * and `{grace}` (seconds for open requests) when it starts.
   */
  readonly by: 'itself' | 'serve.py';
  /** The signal that makes it end in order; absent: SIGTERM. */
  readonly stop?: 'INT';
  /** The files of docker/ that the image needs for it. */
  readonly files: readonly string[];
  /** Variables for apps whose answers stay open: each keeps a thread. */
  readonly streaming?: Readonly<Record<string, string>>;
  /** Options in `words` that not every release has, by the first one that is known to. */
  readonly since?: Readonly<Record<string, string>>;
  /** The command line, its program first and the app last. */
  readonly words: (app: AppObject, options: StartOptions) => readonly string[];
}

/** Classes of workers that a server is told to use. */
export interface WorkerClasses {
  /** By name, in the order in which people are told of them. */
  readonly classes: Readonly<Record<string, WorkerClass>>;
  /** What the configuration's documentation says of them. */
  readonly doc: string;
  /** Classes that serve a protocol which the server's own do not, by the package that brings them; the first one there is taken. */
  readonly adapters: Readonly<Partial<Record<Protocol, readonly WorkerAdapter[]>>>;
}

/** A class of workers. */
export interface WorkerClass {
  /** The package that asks for it; an extra of the server of that name does as well. */
  readonly package?: string;
  /** The major version of the server that has it no more, the last version that has it, and what takes its place. */
  readonly dropped?: { readonly in: number; readonly last: string; readonly by: string };
}

/** A class of workers that another package brings. */
export interface WorkerAdapter {
  /** The package, or the server, that brings it. */
  readonly from: { readonly package: string } | { readonly server: string };
  readonly workerClass: string;
}

/** A Python file with the app's own settings of the server. */
export interface SettingsFile {
  /** The file that the server reads when it is not told of another. */
  readonly path: string;
  /** The name in it that sets the class of workers. */
  readonly workerClass: string;
  /** The variable by which the image's own settings find it. */
  readonly variable: string;
}
