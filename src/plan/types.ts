/**
 * The plan: how an app is built, run and tested, as immutable plain data with a stable JSON form. Whoever has it, and the app's
 * source, needs nothing else. No engine, no disk, no clock.
 */
import type { HealthCheck, ImagePin, OpenIndex, PlanFile, SourceRules, Stage } from './stages.js';

export type {
  CacheMount,
  CopySource,
  HealthCheck,
  PlanFile,
  Stage,
  Step,
  StepFailure,
  StepKind,
  StepSecret,
} from './stages.js';

/** What something is run for: the app's tests, a trial in front of a person, its development, production. */
export type Profile = 'test' | 'serve' | 'dev' | 'prod';

/** How something says that it can be used. */
export type Probe =
  | { readonly kind: 'http'; readonly port: number; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'exec'; readonly check: HealthCheck };

/** A part of a text that is only known where things run. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** Host name of what is needed. */
  | { readonly kind: 'host' }
  /** Its port: a process's own, the first of a service's. */
  | { readonly kind: 'port' }
  /** The password of the service. */
  | { readonly kind: 'password' };

/** A text with parts that are filled in where things run. */
export type Template = readonly TemplatePart[];

/** A service or a process that has to be within reach, and the variables that say where it is. */
export interface Need {
  readonly to: string;
  readonly env: Readonly<Record<string, Template>>;
}

/** What of a service differs by what it is run for. */
export interface ServiceProfile {
  /** Its arguments in place of the image's own. */
  readonly args?: readonly string[];
  /** Directories that are kept in memory: their files die with it. */
  readonly memory?: readonly string[];
  /** Files of the plan that its image reads beside its own. */
  readonly files?: readonly string[];
}

/** How an image takes its password from a file in place of a variable: neither settings of a container nor lists of processes show that. */
export type PasswordFile =
  /** A variable that names the file. */
  | { readonly kind: 'variable'; readonly name: string }
  /** The file is one of its settings, with the password in it, which it reads where that lies. */
  | { readonly kind: 'settings'; readonly path: string; readonly content: Template };

/** A database, cache, queue or mail server that the app needs. */
export interface ServiceSpec {
  /** Host name that it is reached by. */
  readonly id: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variable of its image that takes the password; absent: it has none. */
  readonly password?: string;
  /** How it takes that from a file; absent: by the variable alone. */
  readonly passwordFile?: PasswordFile;
  /** The one that the app uses first. */
  readonly ports: readonly number[];
  readonly probe: Probe;
  /** Directory of its data; absent: it keeps nothing. */
  readonly data?: string;
  /** Directories beside its data that it writes to while it runs, and nowhere else; absent: nobody knows. */
  readonly tmp?: readonly string[];
  /** Its arguments where it keeps its data, in place of its image's own. */
  readonly args?: readonly string[];
  /** Files of the plan that its image reads when it starts. */
  readonly files: readonly string[];
  /** Whether browser tests look into it, as into a mailbox. */
  readonly seenByBrowsers: boolean;
  readonly profiles: Readonly<Partial<Record<Profile, ServiceProfile>>>;
}

/** A directory of the source that lies over the image's, so that edits are seen where they are made. */
export interface SourceMount {
  /** Relative to the source. */
  readonly path: string;
  readonly to: string;
  /** Directories below `to` that stay the image's: installed packages. */
  readonly keep: readonly string[];
}

/** What of a process differs by what it is run for; what is not said here holds as the process says it, which is for production. */
export interface ProcessProfile {
  /** Stage whose image runs in place of the published one. */
  readonly image?: string;
  /** Its command in place of the process's own. */
  readonly command?: readonly string[];
  readonly mounts?: readonly SourceMount[];
  /** Whether it takes in edits by itself; otherwise it has to be started again. */
  readonly reloads?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Directories that are mounted, in place of all volumes. */
  readonly volumes?: readonly string[];
  /** What its image has in directories that volumes hide, and where that is to be seen. */
  readonly originals?: readonly { readonly path: string; readonly at: string }[];
  /** Lines for a POSIX shell that run before its image's entrypoint. */
  readonly prepare?: readonly string[];
  readonly debug?: Debugged;
}

/** How a process is debugged by whoever asks for that. */
export interface Debugged {
  /** Stage whose image runs then, with the same command. */
  readonly image: string;
  /** Where a debugger attaches. */
  readonly port: number;
}

/** What a process may do. */
export interface Security {
  /** Number of the user that it runs as. */
  readonly user: string;
  /** Whether nothing but volumes and `tmp` has to be written. */
  readonly readOnly: boolean;
  readonly tmp: readonly string[];
}

/** A process of the app. */
export interface Process {
  /** Host name that it is reached by. */
  readonly id: string;
  /**
   * `web`: the app's server. `worker`: its code beside that. `frontend`: the frontend's own server. `gateway`: in front of all. `assets`:
   * builds the frontend's files anew as their sources change.
   */
  readonly role: 'web' | 'worker' | 'frontend' | 'gateway' | 'assets';
  /** What it is run for; absent: for everything. */
  readonly only?: readonly Profile[];
  /** Stage of the image that is published. */
  readonly image: string;
  /** Its command in that image; absent: the image's own. */
  readonly command?: readonly string[];
  /** Port that it answers on; absent: nobody calls it. */
  readonly port?: number;
  /** What it needs to speak TLS on that port: the directory in which it finds cert.pem and key.pem; absent: it speaks none. */
  readonly tls?: {
    readonly certificates: string;
    /** Where it answers without TLS as well. */
    readonly plainPort?: number;
  };
  /** Variable that moves it to another port; absent: it cannot be moved. */
  readonly portVariable?: string;
  readonly probe: Probe;
  readonly needs: readonly Need[];
  /** Processes that are ready before it starts. */
  readonly after: readonly string[];
  /** Whether it brings the database to the newest schema before it starts. */
  readonly migrates: boolean;
  /** Variables of the plan that hold secrets of its own. */
  readonly secrets: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Directories whose files outlive it, and are the same for all processes that name them. */
  readonly volumes: readonly string[];
  /** Such directories of others that it only reads; absent: none. */
  readonly reads?: readonly string[];
  /** Whether there is one of it at any time: a second one would start everything twice, as a scheduler does. Absent: there may be more. */
  readonly alone?: true;
  /** Address, with a slash at both ends, of what it answers in place of the process that people open; absent: it does so nowhere. */
  readonly below?: string;
  readonly security: Security;
  readonly stop: { readonly signal: string; readonly seconds: number };
  readonly profiles: Readonly<Partial<Record<Profile, ProcessProfile>>>;
}

/** Where something that uses the app's code or its services runs. */
export interface Bench {
  readonly stage: string;
  readonly workdir: string;
  readonly needs: readonly Need[];
  /** Variables of the plan that hold secrets. */
  readonly secrets: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What drives the tests of a suite. */
export type SuiteTool = 'pytest' | 'unittest' | 'django' | 'playwright' | 'command' | 'start';

/** The app as browser tests find it. */
export interface Opened {
  /** Processes within reach, the one that is opened first. */
  readonly processes: readonly string[];
  /** Services that the app has for these tests. */
  readonly services: readonly string[];
  /** Variable that the address goes into. */
  readonly variable: string;
  readonly url: string;
}

/** A group of tests with what it needs. */
export interface Suite extends Bench {
  /** Its kind, or with `-node` when another suite has that name already. */
  readonly id: string;
  /** `smoke`: the published image is started once, with its workers, and has to answer. */
  readonly kind: 'unit' | 'e2e' | 'lint' | 'typecheck' | 'format' | 'smoke';
  readonly tool: SuiteTool;
  /** Words for people: "pytest tests/unit". Not part of the plan's digest. */
  readonly title: string;
  readonly args: readonly string[];
  /** User that it runs as; absent: the one of its stage. */
  readonly user?: string;
  /** Run the app's migrations in this suite's own database first, in the same command. */
  readonly migrates: boolean;
  readonly opens?: Opened;
  /** What the run writes: the directory, and in it the files and directories of each kind of report. */
  readonly reports?: { readonly directory: string; readonly files: Readonly<Record<string, string>> };
  /** Directory in which the run leaves the files of the source that it changed. */
  readonly changes?: string;
  /** Why it cannot run: its tests start containers with a library, as a file shows. */
  readonly blocked?: { readonly library: string; readonly file: string; readonly line?: number };
}

/** A variable that the app reads. */
export interface Variable {
  readonly name: string;
  /** Whether its value is nobody else's to see. */
  readonly secret: boolean;
  /** Whether the app cannot start without it. */
  readonly required: boolean;
  /** What the code takes in its place. */
  readonly default?: string;
  /** Service whose address, or part of it, it holds. */
  readonly service?: string;
  /** What trials have in its place when nobody gives a value: it is of the right kind, and made up. */
  readonly trial?: string;
  /** What it says where developers look at the app, and nowhere else. */
  readonly developers?: string;
  /** What the app's own deployment gives it, where the code has something else in its place: all but its tests have that, unless somebody says otherwise. */
  readonly given?: string;
  /** What it says in production, where the code's own default is for developers. */
  readonly production?: string;
  /** Where it is read, seen from the top of the source. Not part of the plan's digest. */
  readonly read: readonly { readonly file: string; readonly line?: number }[];
}

/** How the database is brought to the newest schema. */
export interface Migration {
  readonly command: readonly string[];
  /** Variables that let the entrypoint of the app's images run it before anything else. */
  readonly env: Readonly<Record<string, string>>;
  /** Exit code of that entrypoint when it fails. */
  readonly failed: number;
}

/** The lock file that a stage makes because the source has none. */
export interface MadeLock {
  readonly stage: string;
  /** Where it lies in the stage. */
  readonly file: string;
  /** Where it belongs in the source. */
  readonly path: string;
}

/** Where images go when they are published; what is absent is said by whoever publishes. */
export interface Publishing {
  /** Repository of the web server's image, with its registry. Others stand beside it, with their names behind a hyphen. */
  readonly address?: string;
  readonly platforms?: readonly string[];
  /** Host that gives tokens for the registry, where its name does not say that it is the registry's. */
  readonly tokenServer?: string;
}

/** A vulnerability that a scan passes over, and why. */
export interface IgnoredVulnerability {
  /** Such as CVE-2026-1234, or any other name that it has. */
  readonly id: string;
  /** The package that it is ignored in; absent: in any. */
  readonly package?: string;
  readonly reason: string;
  /** The last day on which it is, such as 2026-12-31. */
  readonly expires: string;
}

/** How images are scanned for vulnerabilities. */
export interface Scanning {
  /** The scanner's image. */
  readonly image: string;
  /** From which severity on a vulnerability fails the scan. */
  readonly failOn: 'critical' | 'high' | 'medium' | 'low' | 'negligible' | 'never';
  /** Whether one for which there is no mended version fails nothing. */
  readonly onlyFixed: boolean;
  readonly ignore: readonly IgnoredVulnerability[];
}

export interface Plan {
  readonly planVersion: 2;
  readonly name: string;
  /** Other apps are likely to have the name as well: what one machine has of several is told apart by their directories. Absent: they are not. */
  readonly commonName?: boolean;
  readonly source: SourceRules;
  /** The files that stages and services bring, by the names that they call them. */
  readonly files: Readonly<Record<string, PlanFile>>;
  /** Every image that stages and services start from, by reference. */
  readonly images: Readonly<Record<string, ImagePin>>;
  readonly stages: readonly Stage[];
  readonly services: readonly ServiceSpec[];
  /** In the order in which they start. */
  readonly processes: readonly Process[];
  /** The process that people open. */
  readonly front: string;
  readonly suites: readonly Suite[];
  /** Where a person works with the app's code and its services, with the shell's command. */
  readonly shell: Bench & { readonly command: readonly string[] };
  readonly migration?: Migration;
  /** The database is SQLite's, in files among the app's data: all who open them are on one machine. Absent: there is none, or it is a server's. */
  readonly sqlite?: boolean;
  readonly lock?: MadeLock;
  /** Package indexes that are asked without credentials. They change no result: who is refused is told of them. */
  readonly openIndexes?: readonly OpenIndex[];
  readonly publish?: Publishing;
  /** Absent: as whoever scans has it. */
  readonly scan?: Scanning;
  readonly variables: readonly Variable[];
}
