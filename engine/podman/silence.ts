/** Notices that a process asks somebody who does not answer: packets that are dropped on their way give no error for minutes. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasSockets, outsideSockets, received, socketInodes } from './sockets.js';

/** What a look at the connections of a process found. */
interface NetworkLook {
  /** Something came in since the last look, or may have. */
  readonly heard: boolean;
  /** Who was asked and has not answered. */
  readonly waitsFor: readonly string[];
}

/** There is no process to look at. */
const NOTHING_SEEN: NetworkLook = { heard: true, waitsFor: [] };

/** Between two looks. */
const PAUSE_MS = 500;

/** How long nobody may answer: the fourth attempt to connect is made after seven seconds. */
export const patienceMs = 8_000;

/** Name servers answer at once or never. */
const NAMES = /:53$/;

/** Looks at all of a network namespace, by a process in it, whose number a file holds as soon as it is known. */
function lookInside(pidFile: string): () => NetworkLook {
  let before: number | undefined;
  return () => {
    const pid = numberIn(pidFile);
    const now = pid === undefined ? undefined : received(pid);
    const heard = now === undefined || now !== before;
    before = now;
    // Who is heard waits for nobody, whatever the tables say.
    if (pid === undefined || heard) return NOTHING_SEEN;
    if (!hasSockets(pid)) return { heard, waitsFor: [] };
    const waiting = outsideSockets(pid).filter(s => s.unanswered || (s.protocol === 'udp' && NAMES.test(s.remote)));
    return { heard, waitsFor: waiting.map(({ remote }) => remote) };
  };
}

/** Looks at the sockets of a process of this machine, and of those below it: what comes in for them alone is not counted anywhere. */
function lookAtTree(pid: number): () => NetworkLook {
  return () => {
    const inodes = socketInodes(pid);
    if (inodes.size === 0) return { heard: false, waitsFor: [] };
    const own = outsideSockets('self').filter(({ inode }) => inodes.has(inode));
    const asked = own.filter(s => s.unanswered || (s.protocol === 'udp' && NAMES.test(s.remote)));
    return {
      heard: own.some(socket => socket.protocol === 'tcp' && !socket.unanswered),
      waitsFor: asked.map(({ remote }) => remote),
    };
  };
}

/** What a process gave, and who did not answer it, if it was ended for that. */
export interface Answered<T> {
  readonly result: T;
  readonly silence: string | undefined;
}

/** Waits for a process of this machine, which it kills when nobody answers it. */
export function answered<T>(
  running: Promise<T> & { readonly pid?: number | undefined; kill(signal: 'SIGKILL'): boolean },
  limitMs: number = patienceMs,
): Promise<Answered<T>> {
  const look = running.pid === undefined ? () => NOTHING_SEEN : lookAtTree(running.pid);
  return whileHeard(running, { look, limitMs, end: () => running.kill('SIGKILL') });
}

/**
 * Runs a container, which it kills when nobody answers what is in it.
 * @param directory holds the number of the container's first process meanwhile
 * @param run starts it and waits for its end; podman is to write that number into the file
 */
export async function answeredInside<T>(directory: string, run: (pidFile: string) => Promise<T>): Promise<Answered<T>> {
  const pidFile = join(directory, `${randomUUID()}.pid`);
  const look = lookInside(pidFile);
  try {
    return await whileHeard(run(pidFile), { look, limitMs: patienceMs, end: () => endContainer(pidFile) });
  } finally {
    await rm(pidFile, { force: true });
  }
}

/** The kernel ends all that is in a container with its first process. */
function endContainer(pidFile: string): void {
  const pid = numberIn(pidFile);
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

interface Watch {
  readonly look: () => NetworkLook;
  readonly limitMs: number;
  readonly end: () => void;
}

async function whileHeard<T>(running: Promise<T>, { look, limitMs, end }: Watch): Promise<Answered<T>> {
  const over = new AbortController();
  const silence = untilSilent(look, limitMs, over.signal);
  silence.then(said => said !== undefined && end());
  try {
    const result = await running;
    over.abort();
    return { result, silence: await silence };
  } finally {
    over.abort();
  }
}

/**
 * Waits until questions have gone unanswered for so long, with nothing heard in between: only the time counts in which somebody waits for an
 * answer, so neither a slow server nor a long computation is taken for silence.
 * @returns who did not answer, in words; undefined when the signal came first
 */
async function untilSilent(look: () => NetworkLook, limitMs: number, signal: AbortSignal): Promise<string | undefined> {
  let vain = 0;
  while (await sleep(PAUSE_MS, true, { signal }).catch(() => false)) {
    const { heard, waitsFor } = look();
    if (heard) vain = 0;
    else if (waitsFor.length > 0) vain += PAUSE_MS;
    if (vain >= limitMs) return noAnswer(waitsFor, limitMs);
  }
  return undefined;
}

function noAnswer(waitsFor: readonly string[], limitMs: number): string {
  const who = [...new Set(waitsFor)].map(remote =>
    NAMES.test(remote) ? `the name server ${remote.replace(NAMES, '')}` : remote,
  );
  return `no answer from ${who.join(', ')} within ${limitMs / 1000} s`;
}

function numberIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
