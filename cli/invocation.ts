/** What a command line asks for, once parsed. */

import type { EngineName } from './engine-choice.js';
import type { ModuleFunction } from './functions.js';
import type { ProgressMode } from './progress-lines.js';

/** Flag values by argument name, not yet turned into Dagger objects; a flag that was not given is absent. */
export type FlagValues = Readonly<Record<string, unknown>>;

export interface SessionFlags {
  readonly engine: EngineName;
  readonly progress: ProgressMode;
}

/** How an image is written, the default first: Podman takes a health check over from Docker's form only. */
export const IMAGE_FORMATS = ['docker', 'oci'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** What to do with a function's result. */
export interface ResultFlags {
  readonly output: string | undefined;
  readonly format: ImageFormat | undefined;
  readonly port: number | undefined;
  readonly reports: string | undefined;
  /** Of what is written into the source: whether that is done without asking. */
  readonly yes: true | undefined;
  /** Whether it is only compared with what is there. */
  readonly check: true | undefined;
}

export type Invocation =
  | {
      readonly kind: 'call';
      readonly function: ModuleFunction;
      readonly constructorValues: FlagValues;
      readonly values: FlagValues;
      readonly result: ResultFlags;
      readonly session: SessionFlags;
    }
  | { readonly kind: 'run'; readonly command: readonly string[]; readonly session: SessionFlags }
  | { readonly kind: 'session'; readonly session: SessionFlags }
  | { readonly kind: 'setup'; readonly session: SessionFlags }
  | { readonly kind: 'engine-status'; readonly json: boolean }
  | { readonly kind: 'engine-prune'; readonly maxBytes: number }
  /** Help, version, or what is wrong with the arguments. */
  | { readonly kind: 'text'; readonly text: string; readonly stream: 'stdout' | 'stderr'; readonly code: number };
