/** A stage of a Dockerfile as far as it has come, and what its instructions may use. */
import type { ContainerState } from '../../objects/container.js';
import type { TreeRef } from '../../objects/op.js';
import type { Api } from '../api.js';
import { expandWord, type Lookup } from './expand.js';
import type { Instruction } from './read.js';

/** What a build is given. */
export interface DockerBuild {
  readonly dockerfile: string;
  /** What .dockerignore leaves of the directory. */
  readonly context: TreeRef;
  /** That of the image, such as `linux/arm64`. */
  readonly platform: string;
  /** That of the machine. */
  readonly buildPlatform: string;
  /** A stage by its name or number; empty: the last. */
  readonly target: string;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Secrets by the names under which `RUN --mount=type=secret` asks for them. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** What an instruction may use. */
export interface Builder extends DockerBuild {
  readonly api: Api;
  readonly escaping: string;
  /** The files of another stage, or of an image. */
  filesOf(name: string): Promise<TreeRef>;
}

/** A stage as far as it has come. */
export interface StageState {
  readonly container: ContainerState;
  /** Values of ARG: variables of commands, and no part of the image. */
  readonly args: ReadonlyMap<string, string>;
  readonly shell: readonly string[];
  /** Whether CMD stands in this stage: ENTRYPOINT takes away the image's own. */
  readonly hasCommand: boolean;
}

/** Variables as an instruction sees them: those of the image before those of the build. */
export function lookupIn({ container, args }: StageState): Lookup {
  const env = new Map(container.config.env);
  return name => env.get(name) ?? args.get(name);
}

/** A text of an instruction with variables put in. */
export function expandIn({ escaping }: Builder, state: StageState, text: string): string {
  return expandWord(text, lookupIn(state), escaping);
}

/** The value of an instruction's flag; undefined where it is not there. */
export function flagOf({ flags }: Instruction, name: string): string | undefined {
  return flags.find(([flag]) => flag === name)?.[1];
}

/** @throws Error for a flag that is not one of these */
export function onlyFlags({ keyword, flags }: Instruction, known: readonly string[]): void {
  const other = flags.find(([name]) => !known.includes(name));
  if (other) throw new Error(`${keyword} --${other[0]} is not served by the local engine`);
}
