/** Calls of the command line as a user makes them, and the served app as a browser finds it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../quayside', import.meta.url));

/** A call that came to its end, or was ended: then it has no exit code. */
export interface Attempt {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls `./quayside` and waits for its end. */
export async function quayside(args: readonly string[], limit: number): Promise<Attempt> {
  const child = spawn(PROGRAM, [...args, '--progress=plain'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: string[][] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out!.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err!.push(text));
  const code = await endOf(child, limit);
  return { code, stdout: out!.join(''), stderr: err!.join('') };
}

/** What the served app answers to a browser that opens it; or why there is no answer. */
export type Answer = { readonly status: number } | { readonly status?: undefined; readonly why: string };

/** Serves an app until it has answered once. */
export async function answerOf(source: string, log: string, limit: number): Promise<Answer> {
  const port = await freePort();
  const child = spawn(PROGRAM, ['serve', `--source=${source}`, `--port=${port}`, '--progress=plain']);
  const file = createWriteStream(log);
  child.stdout.pipe(file);
  child.stderr.pipe(file);
  let over = false;
  const ended = endOf(child, limit).then(code => {
    over = true;
    return code;
  });
  try {
    while (!over) {
      const status = await statusOf(`http://127.0.0.1:${port}/`);
      if (status !== undefined) return { status };
      await Promise.race([sleep(500), ended]);
    }
    const code = await ended;
    return { why: code === undefined ? 'no answer' : `exit ${code}` };
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

/** The status of a page, without going where it leads on to; undefined when nobody answers. */
async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) });
    return response.status;
  } catch {
    return undefined;
  }
}

/** Its exit code; undefined when it had to be ended, whatever it says to that. */
function endOf(child: ChildProcess, limit: number): Promise<number | undefined> {
  return new Promise(resolve => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      child.kill('SIGINT');
    }, limit);
    child.once('close', code => {
      clearTimeout(timer);
      resolve(isOver ? undefined : (code ?? undefined));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
