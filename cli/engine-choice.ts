/** Which engine a command runs on. Pure: the environment comes in as arguments. */

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from './exit-codes.js';

export const ENGINE_NAMES = ['auto', 'local', 'dagger'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export type EngineChoice =
  | { readonly kind: 'existing'; readonly port: number; readonly token: string }
  /** `required`: no falling back to the local engine when the binary reaches none. */
  | { readonly kind: 'dagger'; readonly binary: string; readonly required: boolean }
  | { readonly kind: 'local' };

export interface EngineQuestion {
  readonly requested: EngineName;
  readonly env: NodeJS.ProcessEnv;
  /** Looks for a `dagger` binary; called only when the answer depends on it. */
  readonly findDagger: () => string | undefined;
}

/**
 * Takes what was asked for and the environment, returns the choice: the session that is there, else Dagger's own engine through its
 * binary, else the local engine. Throws a UsageError when the wish and the environment contradict each other.
 */
export function chooseEngine({ requested, env, findDagger }: EngineQuestion): EngineChoice {
  if (requested === 'local') return { kind: 'local' };
  const port = env.DAGGER_SESSION_PORT;
  if (port !== undefined && port !== '') {
    const token = env.DAGGER_SESSION_TOKEN;
    if (token === undefined || token === '')
      throw new UsageError('DAGGER_SESSION_PORT is set, DAGGER_SESSION_TOKEN is not: set both or neither');
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535)
      throw new UsageError(`DAGGER_SESSION_PORT is not a port: ${port}`);
    return { kind: 'existing', port: Number(port), token };
  }
  const binary = findDagger();
  if (binary !== undefined) return { kind: 'dagger', binary, required: requested === 'dagger' };
  if (requested === 'dagger')
    throw new UsageError('--engine=dagger: no session in DAGGER_SESSION_PORT and no `dagger` in PATH');
  return { kind: 'local' };
}

/** Returns the `dagger` binary that the environment names or PATH holds; undefined when there is none. */
export function findDaggerBinary(env: NodeJS.ProcessEnv): string | undefined {
  const named = env._EXPERIMENTAL_DAGGER_CLI_BIN;
  if (named !== undefined && named !== '') return named;
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(dir => dir !== '')
    .map(dir => join(dir, 'dagger'))
    .find(isExecutableFile);
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
