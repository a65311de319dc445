/** The command line from arguments to exit code. Nothing here reads or ends the process: all of it comes in through `io`. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { EngineEvent, Session } from '../engine/contract.js';
import { pruneText, statusText } from './commands/engine-command.js';
import { runCommand } from './commands/run-command.js';
import { chooseEngine, findDaggerBinary } from './engine-choice.js';
import { besideOf, documentOf, EXIT, exitCodeOf, InterruptedError, isExpected } from './exit-codes.js';
import { readFunctionTable } from './functions.js';
import type { Invocation, SessionFlags } from './invocation.js';
import { unobeyed } from './log-commands.js';
import { parseCommandLine } from './program.js';
import { type Progress, type ProgressStream, paletteFor, showProgress } from './progress.js';
import { loadLocalEngine, openSession, setUpLocalEngine } from './sessions.js';

export interface CommandLineIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: { write(text: string): unknown };
  readonly stderr: ProgressStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Aborted with reason 'SIGINT' or 'SIGTERM' when the work is to stop. */
  readonly signal: AbortSignal;
}

/** Takes the arguments after the program's name, does what they ask for, and returns the exit code. Never throws. */
export async function run(argv: readonly string[], given: CommandLineIo): Promise<number> {
  const io = unobeyed(given);
  try {
    const table = readFunctionTable();
    return await perform(parseCommandLine(argv, table, packageVersion()), io);
  } catch (error) {
    return report(error, io, []);
  }
}

async function perform(invocation: Invocation, io: CommandLineIo): Promise<number> {
  switch (invocation.kind) {
    case 'text':
      io[invocation.stream].write(invocation.text);
      return invocation.code;
    case 'setup':
      if (invocation.session.engine !== 'dagger') await setUpLocalEngine(io.env);
      return EXIT.ok;
    case 'engine-status': {
      const status = await (await loadLocalEngine()).engineStatus();
      io.stdout.write(invocation.json ? `${JSON.stringify(status)}\n` : statusText(status));
      return EXIT.ok;
    }
    case 'engine-prune': {
      const engine = await loadLocalEngine();
      const onEvent = (event: EngineEvent): void => {
        if (event.kind === 'notice') io.stderr.write(`${event.text}\n`);
      };
      io.stdout.write(pruneText(await engine.prune({ maxBytes: invocation.maxBytes, onEvent })));
      return EXIT.ok;
    }
    case 'session':
      return inSession(invocation.session, io, async session => {
        io.stdout.write(`${JSON.stringify({ port: session.port, session_token: session.token })}\n`);
        await endOf(io.stdin);
        return EXIT.ok;
      });
    case 'run':
      return inSession(invocation.session, io, session => runCommand(invocation.command, session, io), {
        awaitWork: true,
      });
    case 'call':
      return callInSession(invocation, io);
  }
}

async function callInSession(given: Extract<Invocation, { kind: 'call' }>, io: CommandLineIo): Promise<number> {
  const { checkDeliverable, remarkOnOutput, textFile, withOutput } = await import('./results.js');
  const call = withOutput(given, io.cwd);
  const interactive = io.stdin.isTTY === true;
  await checkDeliverable(call, { cwd: io.cwd, interactive });
  const remark = remarkOnOutput(call, io.cwd);
  return inSession(call.session, withTextIn(textFile(call, io.cwd), io), async (session, progress, secrets) => {
    if (remark !== undefined) progress.notice(remark);
    const [{ withClient }, { callFunction }] = await Promise.all([import('./client.js'), import('./call.js')]);
    await withClient(session, io.env, () =>
      callFunction(call, readFunctionTable(), {
        cwd: io.cwd,
        env: io.env,
        interactive,
        stdout: { write: text => io.stdout.write(redact(text, secrets)) },
        notice: text => progress.notice(text),
        suspendProgress: () => progress.suspend(),
        ask: question => {
          progress.suspend();
          return ask(question, io);
        },
        onSecret: value => secrets.push(value),
      }),
    );
    return EXIT.ok;
  });
}

/** The same, with what goes to standard output in a file, when there is one. */
function withTextIn(path: string | undefined, io: CommandLineIo): CommandLineIo {
  if (path === undefined) return io;
  const write = (text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  return { ...io, stdout: { write } };
}

type Work = (session: Session, progress: Progress, secrets: string[]) => Promise<number>;

/**
 * Opens a session, does the work and closes the session whatever happens. A signal ends the waiting at once, unless the work itself
 * is told of it (`awaitWork`). The closing line and an error come after all that the session still had to say, and before what is kept is held to its
 * limit.
 */
async function inSession(
  flags: SessionFlags,
  io: CommandLineIo,
  work: Work,
  { awaitWork = false } = {},
): Promise<number> {
  // A live line would be drawn into what the command itself writes.
  const mode = awaitWork && flags.progress === 'auto' ? 'plain' : flags.progress;
  const progress = showProgress({ stream: io.stderr, mode, env: io.env });
  const secrets: string[] = [];
  let session: Session | undefined;
  let code: number | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    const choice = chooseEngine({ requested: flags.engine, env: io.env, findDagger: () => findDaggerBinary(io.env) });
    session = await openSession(choice, { env: io.env, onEvent: event => progress.onEvent(event) });
    io.signal.throwIfAborted();
    const working = work(session, progress, secrets);
    // After a signal, what is still under way fails when its session closes; nobody waits for it.
    working.catch(() => {});
    code = await (awaitWork ? working : Promise.race([working, aborted(io.signal)]));
  } catch (error) {
    failure = { error: io.signal.aborted ? new InterruptedError(io.signal.reason) : error };
    if (io.signal.aborted) progress.notice('stopping: the session and its services are being removed');
  }
  progress.ending();
  try {
    await (session?.end?.() ?? session?.close());
  } catch (error) {
    failure ??= { error };
  }
  progress.finish();
  const exit = failure === undefined ? code! : report(failure.error, io, secrets);
  if (session !== undefined) await tidied(session, io, progress.notice);
  return exit;
}

/** How long nothing is said of what is still done, in milliseconds. */
const UNSAID = 3_000;

/** Waits until the rest of a session is done; a signal leaves that to the next one. */
async function tidied(session: Session, { signal }: CommandLineIo, notice: (text: string) => void): Promise<void> {
  const said = () => notice('what was not used for longest is being removed; Ctrl-C leaves the rest to the next run');
  const timer = setTimeout(said, UNSAID).unref();
  const left = new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
  await Promise.race([session.close(), left]).catch(() => undefined);
  clearTimeout(timer);
}

function report(error: unknown, io: CommandLineIo, secrets: readonly string[]): number {
  const { red } = paletteFor(io.env, io.stderr.isTTY === true);
  const document = documentOf(error);
  const beside = besideOf(error);
  if (document !== undefined) {
    io.stdout.write(redact(document, secrets));
    if (beside !== undefined) io.stderr.write(`${red('error:')} ${redact(beside, secrets)}\n`);
  } else if (!(error instanceof InterruptedError)) {
    const message = error instanceof Error ? error.message : String(error);
    const debug = io.env.QUAYSIDE_DEBUG !== undefined && io.env.QUAYSIDE_DEBUG !== '';
    const text = debug && error instanceof Error ? (error.stack ?? message) : message;
    io.stderr.write(`${red('error:')} ${redact(text, secrets).trimEnd()}\n`);
    if (!debug && !isExpected(error)) io.stderr.write('QUAYSIDE_DEBUG=1 shows where this came from\n');
  }
  return exitCodeOf(error);
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.filter(secret => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new InterruptedError(signal.reason));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function endOf(stdin: Readable): Promise<void> {
  return new Promise(resolve => {
    stdin
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
    stdin.resume();
  });
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/** Asks on standard error, as standard output may go elsewhere; no answer is a no. */
async function ask(question: string, { stdin, stderr }: CommandLineIo): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin });
  const answer = await new Promise<string>(resolve => {
    lines.once('line', resolve).once('close', () => resolve(''));
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
