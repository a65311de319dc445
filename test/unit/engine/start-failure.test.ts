/** What podman says of a process that it did not start, and what that says of whose fault it is. */
import { expect, test } from 'vitest';
import { startFailure } from '../../../engine/podman/start-failure.js';

test.each([
  ['it ended with that code itself', 126, 'sh: x: Permission denied', undefined],
  ['it said so itself', 1, 'Error: no', undefined],
  ['podman failed', 125, 'Error: short-name resolution', 'machine'],
  [
    'podman failed with a code of commands',
    126,
    'Error: creating /etc/mtab symlink: value too large for defined data type',
    'machine',
  ],
  [
    'podman took a file of its own for the command',
    127,
    'Error: open /etc in the container: no such file or directory',
    'machine',
  ],
  [
    'the command is not there',
    127,
    'Error: runc: exec failed: exec: "x": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
    'process',
  ],
  ['the command is no program', 126, 'Error: runc: exec: "/etc": permission denied: OCI permission denied', 'process'],
  [
    'the root file system is none',
    126,
    'Error: OCI runtime error: runc: runc create failed: error mounting "proc" to rootfs at "/proc": filesystem "proc" must be mounted on ordinary directory',
    'process',
  ],
  [
    'the disk was full',
    126,
    'Error: OCI runtime error: runc: runc create failed: error mounting "/x": write: no space left on device',
    'machine',
  ],
] as const)('%s', (_, exitCode, line, kind) => {
  expect(startFailure({ exitCode, stderr: `before\n${line}\n` })?.kind).toBe(kind);
});
