/** Files that take the place of a process's streams: opened before it starts, as a shell does, so that it cannot say what they lead to. */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import type { ExecOp } from '../objects/op.js';
import { openBelow, type RealPlace } from './held.js';
import type { Owner } from './owner.js';
import { statEntry } from './root-path.js';

export interface Redirects {
  /** What the process reads. */
  readonly input: string;
  /** Writes what it printed to the files that are to take it. */
  write(printed: { readonly stdout: string; readonly stderr: string }): void;
  close(): void;
}

const { O_CREAT, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const modeOfNew = 0o600;

function checkRegular(fd: number, path: string): number {
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error(`${path} is not a regular file`);
}

function readInput({ root, path }: RealPlace): string {
  const fd = checkRegular(openBelow(root, path, O_RDONLY | O_NONBLOCK), path);
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function openOutput({ root, path }: RealPlace, owner: Owner): number {
  const existed = statEntry(join(root, path)) !== undefined;
  const fd = checkRegular(openBelow(root, path, O_WRONLY | O_CREAT | O_NONBLOCK, modeOfNew), path);
  ftruncateSync(fd);
  fchownSync(fd, owner.uid, owner.gid);
  if (!existed) fchmodSync(fd, modeOfNew);
  return fd;
}

function replaceContents(fd: number, text: string): void {
  ftruncateSync(fd);
  writeFileSync(fd, text);
}

/**
 * Opens what an exec's streams are redirected to.
 * @param placeOf where a path of the process lies
 * @throws Error when a file cannot be read or made
 */
export function openRedirects(op: ExecOp, owner: Owner, placeOf: (path: string) => RealPlace): Redirects {
  const place = (path: string) => (path === '' ? undefined : placeOf(posix.resolve('/', op.workdir, path)));
  const from = place(op.redirectStdin);
  const input = from === undefined ? op.stdin : readInput(from);
  const fds: number[] = [];
  const close = (): void => {
    for (const fd of fds.splice(0)) closeSync(fd);
  };
  const output = (path: string): number | undefined => {
    const at = place(path);
    if (at === undefined) return undefined;
    fds.push(openOutput(at, owner));
    return fds.at(-1);
  };
  try {
    const [stdout, stderr] = [output(op.redirectStdout), output(op.redirectStderr)];
    return {
      input,
      write(printed) {
        // Of two streams in one file the output is what stays, as in Dagger.
        if (stderr !== undefined) replaceContents(stderr, printed.stderr);
        if (stdout !== undefined) replaceContents(stdout, printed.stdout);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
