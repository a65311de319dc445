/** The plan: how an app is built and tested, as immutable plain data with a stable JSON form. No engine, no disk, no clock. */

/** Where copied files come from. */
export type CopySource =
  | {
      readonly kind: 'source';
      readonly path: string;
      readonly include?: readonly string[];
      readonly exclude?: readonly string[];
    }
  | { readonly kind: 'stage'; readonly stage: string; readonly path: string };

/** A file that Quayside brings itself, whole. */
export interface PlanFile {
  /** Where it lies in an image, absolute. */
  readonly path: string;
  readonly content: string;
  /** Permissions, such as 0o644. */
  readonly mode: number;
}

/** A download cache shared between runs; its contents never reach an image. */
export interface CacheMount {
  readonly key: string;
  readonly path: string;
}

/** How an image says that it is healthy. Durations as in Docker: `5s`, `500ms`. */
export interface HealthCheck {
  readonly args: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly startPeriod: string;
  readonly startInterval?: string;
  readonly retries: number;
}

export type Step =
  | { readonly kind: 'copy'; readonly from: CopySource; readonly to: string }
  /** Lays a file of the plan where it belongs. */
  | { readonly kind: 'file'; readonly file: string }
  /** Commands for a POSIX shell, run in one process; the first that fails ends it. */
  | {
      readonly kind: 'script';
      /** Words for people: "install Python dependencies". Not part of the plan's digest. */
      readonly title: string;
      readonly lines: readonly string[];
      readonly caches?: readonly CacheMount[];
    }
  /** One program, run without a shell. */
  | {
      readonly kind: 'exec';
      readonly title: string;
      readonly args: readonly string[];
      readonly caches?: readonly CacheMount[];
    }
  | { readonly kind: 'env'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'expose'; readonly port: number }
  | { readonly kind: 'healthcheck'; readonly check: HealthCheck }
  | { readonly kind: 'entrypoint'; readonly args: readonly string[]; readonly command: readonly string[] }
  | { readonly kind: 'labels'; readonly values: Readonly<Record<string, string>> };

export type StepKind = Step['kind'];

/** One stage of the image graph. */
export interface Stage {
  readonly id: string;
  readonly base:
    | { readonly kind: 'image'; readonly reference: string }
    | { readonly kind: 'stage'; readonly stage: string };
  /** `build`: runs once on the build machine's platform, its output is the same for every target. */
  readonly platform: 'build' | 'target';
  readonly steps: readonly Step[];
}

/** A service of the catalogue as the app needs it. */
export interface ServiceSpec {
  /** Host name the app reaches it by, and name of its file in compose/. */
  readonly id: string;
  /** Image reference: the catalogue's, or with the version that the configuration asks for. */
  readonly image: string;
  /** Environment variable that gets the address, or a part of it. */
  readonly variable: string;
  /** What it gets, with the place {password} when that is in it: an address with its scheme, or a part of one. */
  readonly value: string;
}

/** A process of the app beside its web server. */
export interface Component {
  readonly id: string;
  /** `worker`: the app's code with its services, started before the web server. `frontend`: in front of it. `gateway`: in front of both. */
  readonly role: 'worker' | 'frontend' | 'gateway';
  /** Stage of the image that runs. */
  readonly stage: string;
  /** Stage of the image that is published, when a trial run adds something to it. */
  readonly published?: string;
  /** Its command in that image; absent: the image's own. */
  readonly args?: readonly string[];
  /** Port that it answers on; absent: nobody calls it. */
  readonly port?: number;
  /** Environment of a trial run. */
  readonly env?: Readonly<Record<string, string>>;
  /** How it says that it is ready; absent: as its image does. */
  readonly health?: HealthCheck;
}

/** A group of tests with what it needs. */
export interface Suite {
  /** Its kind, or with `-node` when another suite has that name already. */
  readonly id: string;
  readonly kind: 'unit' | 'e2e' | 'lint' | 'typecheck' | 'format';
  readonly stage: string;
  /** Directory it runs in; absent: the one of its stage. */
  readonly workdir?: string;
  readonly args: readonly string[];
  /** Ids of services bound while it runs. */
  readonly services: readonly string[];
  /** Run the app's migrations in this suite's own database first. */
  readonly migrate: boolean;
  /** Start the production image as a service under this host name; the address browsers open goes into the variable. */
  readonly app?: { readonly alias: string; readonly variable: string; readonly url: string };
  readonly env: Readonly<Record<string, string>>;
  /** Files and directories the run writes, absolute: report kind to path. */
  readonly reports: Readonly<Record<string, string>>;
}

export interface Plan {
  readonly planVersion: 1;
  readonly name: string;
  /** The files that stages bring, by the names that steps call them. */
  readonly files: Readonly<Record<string, PlanFile>>;
  readonly stages: readonly Stage[];
  readonly services: readonly ServiceSpec[];
  /** In the order in which they start. */
  readonly components: readonly Component[];
  readonly suites: readonly Suite[];
  readonly app: {
    readonly stage: string;
    readonly port: number;
    readonly migrate?: readonly string[];
    /** Variables that get a random value for a test or serve run. */
    readonly secrets: readonly string[];
    /** Directories whose files the web server and the workers have in common; absent when it runs alone. */
    readonly shared?: readonly string[];
    /** Variables that a test or serve run sets, and the image does not. */
    readonly trialEnv?: Readonly<Record<string, string>>;
  };
}
