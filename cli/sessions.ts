/** Opens the session that an engine choice stands for. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EngineEvent, LocalEngine, Session } from '../engine/contract.js';
import { wordsOf } from '../src/dagger/titles.js';
import type { EngineChoice } from './engine-choice.js';
import { InfrastructureError } from './exit-codes.js';

/** How long a `dagger` binary may take to reach an engine before the local engine steps in; pulling the engine's image takes a while. */
const DAGGER_PATIENCE_MS = 120_000;
const CLOSE_PATIENCE_MS = 30_000;

export interface SessionSetting {
  readonly env: NodeJS.ProcessEnv;
  readonly onEvent: (event: EngineEvent) => void;
}

/** Takes the choice, returns a running session. Throws an InfrastructureError when the chosen engine cannot be reached. */
export async function openSession(choice: EngineChoice, setting: SessionSetting): Promise<Session> {
  switch (choice.kind) {
    case 'existing':
      return { port: choice.port, token: choice.token, close: async () => {} };
    case 'local':
      return openLocalSession(setting);
    case 'dagger':
      try {
        return await openDaggerSession(choice.binary, setting, choice.required ? undefined : DAGGER_PATIENCE_MS);
      } catch (error) {
        if (choice.required) throw error;
        if (!mayRunLocally(setting.env))
          throw new InfrastructureError(
            `${(error as Error).message}; without root, ask for the local engine: --engine=local`,
          );
        setting.onEvent({ kind: 'notice', text: `${(error as Error).message}; the local engine takes over` });
        await setUpLocalEngine(setting.env);
        return openLocalSession(setting);
      }
  }
}

/** Without root the local engine has to be started in a namespace, which the launcher does where it expects that engine. */
function mayRunLocally(env: NodeJS.ProcessEnv): boolean {
  return process.getuid?.() === 0 || env._CONTAINERS_USERNS_CONFIGURED !== undefined;
}

/** Loads the local engine: only the commands that need it pay for it. */
export async function loadLocalEngine(): Promise<LocalEngine> {
  return import('../engine/index.js');
}

/** Runs the launcher's set-up for the local engine, for the case that it did not expect it to be used. */
export async function setUpLocalEngine(env: NodeJS.ProcessEnv): Promise<void> {
  const launcher = fileURLToPath(new URL('../quayside', import.meta.url));
  const child = spawn(launcher, ['setup', '--engine=local'], { env, stdio: ['ignore', 2, 2] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new InfrastructureError(`setting up the local engine failed with exit code ${code}`);
}

async function openLocalSession({ env, onEvent }: SessionSetting): Promise<Session> {
  const { startSession } = await loadLocalEngine();
  return startSession({ env, onEvent, fetches: command => wordsOf(command)?.fetches === true });
}

async function openDaggerSession(
  binary: string,
  { env, onEvent }: SessionSetting,
  patience: number | undefined,
): Promise<Session> {
  const child = spawn(binary, ['session', '--label', 'dagger.io/sdk.name:quayside'], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches us alone, and we end the session in order.
    detached: true,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-4096);
  });
  const exited = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  const close = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGTERM'), CLOSE_PATIENCE_MS).unref();
    if (child.exitCode === null && child.signalCode === null) await exited;
    clearTimeout(timer);
  };
  const line = new Promise<string>(resolve => createInterface({ input: child.stdout }).once('line', resolve));
  const first = await Promise.race([
    line.then(text => ({ text })),
    exited.then(reason => ({ reason })),
    ...(patience === undefined
      ? []
      : [after(patience).then(() => ({ reason: `no answer within ${patience / 1000} s` }))]),
  ]);
  if ('text' in first) {
    const params = parseSessionLine(first.text);
    if (params !== undefined) {
      onEvent({ kind: 'notice', text: `running on Dagger's engine through ${binary}` });
      return { ...params, close };
    }
  }
  child.kill('SIGTERM');
  const reason = 'reason' in first ? first.reason : `it answered ${JSON.stringify(first.text)}`;
  const last = complaint.trim().split('\n').at(-1);
  throw new InfrastructureError(`${binary} reaches no engine: ${reason}${last ? ` (${last})` : ''}`);
}

/** Takes the line that `dagger session` prints; undefined when it is not one. */
export function parseSessionLine(line: string): { port: number; token: string } | undefined {
  try {
    const { port, session_token: token } = JSON.parse(line) as { port?: unknown; session_token?: unknown };
    return typeof port === 'number' && typeof token === 'string' && token !== '' ? { port, token } : undefined;
  } catch {
    return undefined;
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds).unref());
}
