/** The process around the command line. */

import { fileURLToPath } from 'node:url';
import { EXIT } from './exit-codes.js';
import { run } from './run.js';

// The launcher's, for these sources: what is started from here has its own.
if (process.env.TSX_TSCONFIG_PATH === fileURLToPath(new URL('../tsconfig.json', import.meta.url)))
  delete process.env.TSX_TSCONFIG_PATH;

// Whoever read has read enough, as `head` does: what is under way comes to its own end, and so does its exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second Ctrl-C does not wait; the next start removes what is left behind.
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
    stop.abort(signal);
  });
}

void run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
}).then(code => {
  // A pipe takes its time: leave only when what was written has gone out.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
});
