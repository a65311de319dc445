/** Stages of images and the steps in them: the part of the plan that builds. */

/** What of the source counts, for whoever copies from it. */
export interface SourceRules {
  /** What .gitignore files of the source name is no part of it. */
  readonly gitignore: boolean;
  /** Patterns, as .gitignore writes them, of what no stage gets to see. */
  readonly exclude: readonly string[];
}

/** Where copied files come from. */
export type CopySource =
  | {
      readonly kind: 'source';
      readonly path: string;
      readonly include?: readonly string[];
      readonly exclude?: readonly string[];
    }
  | {
      readonly kind: 'stage';
      readonly stage: string;
      readonly path: string;
      readonly include?: readonly string[];
      readonly exclude?: readonly string[];
    };

/** A file that Quayside brings itself, whole. */
export interface PlanFile {
  /** Where it lies in an image, absolute. */
  readonly path: string;
  readonly content: string;
  /** Permissions, such as 0o644. */
  readonly mode: number;
}

/** What is known of an image beyond its reference. */
export interface ImagePin {
  /** `sha256:…` of the image or its index; absent: whatever the tag stands for. */
  readonly digest?: string;
  /** Versions of the Debian packages that steps install on it, by their names, for each platform; absent: those that there are. */
  readonly packages?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A download cache shared between runs; its contents never reach an image. */
export interface CacheMount {
  readonly key: string;
  readonly path: string;
}

/** How a container says that it is healthy. Durations as in Docker: `5s`, `500ms`. */
export interface HealthCheck {
  readonly args: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly startPeriod: string;
  readonly startInterval?: string;
  readonly retries: number;
}

/** What the failure of a step is about, when that is more than the step itself. */
export type StepFailure =
  | { readonly kind: 'packages' }
  /** It insists on versions of Debian packages. */
  | { readonly kind: 'debian' }
  /** It runs the app's own code. */
  | { readonly kind: 'app' }
  /** The lock file of the source, and the command of its manager that writes it anew. */
  | { readonly kind: 'lock'; readonly file: string; readonly command: string }
  /** The lock file that the source lacks, which its manager makes here. */
  | { readonly kind: 'unlocked'; readonly file: string; readonly command: string };

/**
 * A secret of whoever builds, by its name: a file at `file` that only root reads, else a variable of that name. Where it is a key for git over
 * ssh, the step says so itself.
 */
export interface StepSecret {
  readonly name: string;
  readonly file?: string;
}

/** A package index that nobody may be asked about without credentials, as far as anybody knows: where it is named, and what would hold them. */
export interface OpenIndex {
  readonly host: string;
  readonly file: string;
  readonly line?: number;
  /** Names of secrets to declare. */
  readonly secrets: readonly string[];
}

/**
 * `fetches` of a step: it gets what others publish, with the tool's own retries. What it says of a network that failed is no failure of the
 * app's.
 */
export type Step =
  | {
      readonly kind: 'copy';
      readonly from: CopySource;
      readonly to: string;
      /** `USER:GROUP`, by number, that what is copied belongs to; absent: root. */
      readonly owner?: string;
    }
  /** Lays a file of the plan where it belongs. */
  | { readonly kind: 'file'; readonly file: string }
  /** Commands for a POSIX shell, run in one process; the first that fails ends it. */
  | {
      readonly kind: 'script';
      /** Words for people: "install Python dependencies". Not part of the plan's digest. */
      readonly title: string;
      readonly lines: readonly string[];
      /** Debian packages that it installs: the names of each, divided by commas, of which the first that the release knows counts. */
      readonly debian?: readonly string[];
      readonly caches?: readonly CacheMount[];
      /** What the step is given of whoever builds, and nothing keeps. */
      readonly secrets?: readonly StepSecret[];
      readonly fails?: StepFailure;
      readonly fetches?: true;
      /** A file in which it leaves what whoever builds should hear; empty where there is nothing. */
      readonly tells?: string;
    }
  /** One program, run without a shell. */
  | {
      readonly kind: 'exec';
      readonly title: string;
      readonly args: readonly string[];
      readonly caches?: readonly CacheMount[];
      readonly secrets?: readonly StepSecret[];
      readonly fails?: StepFailure;
      readonly fetches?: true;
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
  /**
   * What its programs run on. `build`: the build machine's platform, once, since its output is the same for every target. `cross`: the
   * build machine's platform as well, but once for each target, whose architecture the variable TARGETARCH names. `target`: the target.
   */
  readonly platform: 'build' | 'cross' | 'target';
  readonly steps: readonly Step[];
}
