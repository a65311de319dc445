/** Runs scripts in the images that recipes make, to see whether they keep the contract of the image they stand for. */
import { type Client, type Container, ReturnType } from '@dagger.io/dagger';
import { afterAll, beforeAll } from 'vitest';
import type { Session } from '../../../engine/contract.js';
import { startSession } from '../../../engine/index.js';
import { clientOf } from '../support/session.js';

export interface ScriptOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Files by path; a path that ends in ! is executable. */
  readonly files?: Readonly<Record<string, string>>;
  readonly user?: string;
  /** Directory on memory: what is written there need not reach a disk. */
  readonly temp?: string;
  /** What every script of a test file needs. */
  readonly prelude?: string;
}

export interface Images {
  container(reference: string): Container;
  /** Runs a bash script that stops at the first failing command; gives what it printed, or fails with all of it. */
  run(reference: string, script: string, options?: ScriptOptions): Promise<string>;
}

/** Opens a session for a test file, on the state that everything else uses: images that were made once are not made again. */
export function useImages(): Images {
  let session: Session;
  let client: Client;
  beforeAll(async () => {
    session = await startSession();
    client = clientOf(session);
  });
  afterAll(() => session.close());

  const container = (reference: string) => client.container().from(reference);
  return {
    container,
    run: async (reference, script, { env = {}, files = {}, user, temp, prelude = '' } = {}) => {
      const withFiles = Object.entries(files).reduce(
        (to, [path, text]) =>
          to.withNewFile(path.replace(/!$/, ''), text, { permissions: path.endsWith('!') ? 0o755 : 0o644 }),
        container(reference),
      );
      // a result of an earlier run would say nothing about the engine of today
      const told = Object.entries({ ...env, RUN: `${Date.now()}` }).reduce(
        (to, [name, value]) => to.withEnvVariable(name, value),
        user === undefined ? withFiles : withFiles.withUser(user),
      );
      const ready = temp === undefined ? told : told.withMountedTemp(temp);
      const ran = ready.withExec(['bash', '-euc', `${prelude}\n${script}`], { expect: ReturnType.Any });
      const [code, stdout, stderr] = [await ran.exitCode(), await ran.stdout(), await ran.stderr()];
      if (code !== 0) throw new Error(`exit code ${code}\n${stdout}\n${stderr}`);
      return stdout.trimEnd();
    },
  };
}
