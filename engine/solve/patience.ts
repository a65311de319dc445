/** Ends commands that get what others publish as soon as nobody answers them: their own patience is a minute or ten, by tool. */
import type { ExecOp } from '../objects/op.js';
import { ownScriptOf } from '../objects/own-script.js';
import type { ProcessResult } from '../podman/invoke.js';
import { answeredInside } from '../podman/silence.js';
import type { EngineContext } from './context.js';

/** As timeout(1) ends: nobody is to take it for a process that the machine had no memory for. */
const TIMED_OUT = 124;

/**
 * Runs the process of an exec. One that fetches is killed when nobody answers it; that is then the last line of what it printed as errors.
 * @param run runs it; podman is to write its number into the file, where there is one
 */
export async function whileAnswered(
  { fetches, sessionDir }: Pick<EngineContext, 'fetches' | 'sessionDir'>,
  op: ExecOp,
  run: (pidFile: string | undefined) => Promise<ProcessResult>,
): Promise<ProcessResult> {
  if (!fetches(op.args) && ownScriptOf(op) === undefined) return run(undefined);
  const { result, silence } = await answeredInside(sessionDir, run);
  return silence === undefined || result.exitCode === 0 ? result : withLine(result, `E: ${silence}`);
}

function withLine({ stderr, combined, stdout }: ProcessResult, line: string): ProcessResult {
  const after = (text: string): string => `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
  return { exitCode: TIMED_OUT, stdout, stderr: after(stderr), combined: after(combined) };
}
