/** Failures of a command that are the machine's: it has no memory or no disk left. */
import { type ExecFailure, lastLines, together } from './failures.js';

/** Thrown when the machine failed, not the app. The command line exits with 75. */
export class MachineError extends Error {
  readonly extensions = { _type: 'INFRASTRUCTURE' } as const;
  constructor(message: string) {
    super(message);
    this.name = 'MachineError';
  }
}

const FULL = /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT|not enough free space/i;
/** What a process ends with that the kernel killed. */
const KILLED = 137;

/** Turns the failure of a command into one of the machine; undefined when the machine did its part. */
export function machineProblem(failure: ExecFailure, title: string): MachineError | undefined {
  const output = together(failure.stdout, failure.stderr);
  const why = FULL.test(output)
    ? 'there is no room left on its disk: `./quayside engine prune` frees what the local engine keeps'
    : failure.exitCode === KILLED
      ? 'the command was killed (exit code 137), as a machine does that has no memory left: give it more, or run less beside it'
      : undefined;
  return why === undefined ? undefined : new MachineError(`${title}: ${why}\n${lastLines(output, 3)}`.trimEnd());
}
