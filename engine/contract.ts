/** What the command line and the local engine agree on. The command line imports this and engine/index.ts, nothing else of the engine. */

/** What a session tells whoever started it, while it works. Secrets in texts are already replaced by ***. */
export type EngineEvent =
  | {
      readonly kind: 'step';
      /** The same for all events of one operation. */
      readonly id: string;
      /** What a person reads where nobody has better words: `exec npm ci`. */
      readonly name: string;
      /** The command that the step runs, if it runs one. */
      readonly command?: readonly string[];
      /** `cancelled`: it did not end by itself, since another step failed or the session ends. */
      readonly status: 'started' | 'cached' | 'done' | 'failed' | 'cancelled';
      /** Wall time; with `done`, `failed` and `cancelled`. */
      readonly seconds?: number;
      /** The tail of standard output and error; with `failed`. */
      readonly output?: string;
      /** The step that failed, where that is known to have ended this one; with `cancelled`. */
      readonly because?: string;
    }
  /** What a step that runs has printed since the last event of this kind. */
  | {
      readonly kind: 'output';
      /** The step's. */
      readonly id: string;
      readonly lines: readonly string[];
      /** Lines before these that are left out: there were too many at once. */
      readonly omitted: number;
      /** A line that has not ended yet. */
      readonly rest: string;
    }
  /** What else takes time, and is no step of the work: it begins with words, and is over without. */
  | { readonly kind: 'doing'; readonly id: string; readonly what?: string }
  | { readonly kind: 'notice'; readonly text: string };

export interface SessionOptions {
  readonly onEvent?: (event: EngineEvent) => void;
  /** Whether a command gets what others publish: it is ended soon where nobody answers. Default: none does. */
  readonly fetches?: (command: readonly string[]) => boolean;
  /** Where snapshots, caches and images are kept; default: the engine's own choice. */
  readonly stateDir?: string;
  /** Default: process.env. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What a GraphQL server answers. */
export interface SessionAnswer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/** A running GraphQL server on 127.0.0.1. */
export interface Session {
  readonly port: number;
  readonly token: string;
  /** Asks the server without the network, where it is in this process: a call means hundreds of questions. */
  readonly ask?: (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<SessionAnswer>;
  /** Stops and removes everything that the session started, where `close` has more to do than that: whoever waits for an answer need not wait for the rest. */
  end?(): Promise<void>;
  /** Ends the session, and holds what is kept to its limit, which takes as long as there is much. Calling it twice is allowed. */
  close(): Promise<void>;
}

export interface EngineStatus {
  readonly stateDir: string;
  readonly bytes: number;
  /** Files and directories. */
  readonly files: number;
  /** How many bytes may be held; null where there is no limit. */
  readonly limit: number | null;
  /** Those that work with it now. */
  readonly sessions: number;
  readonly snapshots: number;
  readonly caches: number;
  readonly images: number;
  /** What is where. */
  readonly parts: readonly { readonly name: string; readonly bytes: number; readonly entries: number }[];
}

export interface PruneOptions {
  /** Least recently used results are removed until this much is left; default 0: all that is not in use. */
  readonly maxBytes?: number;
  readonly stateDir?: string;
  readonly onEvent?: (event: EngineEvent) => void;
}

export interface PruneResult {
  readonly removed: number;
  readonly bytes: number;
}

/** The functions that engine/index.ts exports. */
export interface LocalEngine {
  startSession(options: SessionOptions): Promise<Session>;
  engineStatus(stateDir?: string): Promise<EngineStatus>;
  prune(options: PruneOptions): Promise<PruneResult>;
}
