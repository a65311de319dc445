/** Reads what a service printed from podman's k8s-file log: `TIME STREAM F|P TEXT`, P for a line that goes on. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineContext } from '../solve/context.js';

export interface ServiceLog {
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the log of a container is written. */
export function logFileOf({ sessionDir }: Pick<EngineContext, 'sessionDir'>, container: string): string {
  return join(sessionDir, 'logs', container);
}

/** What a container printed, secrets replaced; empty when it has not printed yet. */
export async function scrubbedLog(context: EngineContext, container: string): Promise<ServiceLog> {
  const { scrub } = context.secrets;
  const { stdout, stderr } = parseLog(await readFile(logFileOf(context, container), 'utf8').catch(() => ''));
  return { stdout: scrub(stdout), stderr: scrub(stderr) };
}

function parseLog(text: string): ServiceLog {
  const out = { stdout: '', stderr: '' };
  for (const line of text.split('\n')) {
    const match = /^\S+ (stdout|stderr) ([FP]) (.*)$/s.exec(line);
    if (match) out[match[1] as keyof typeof out] += `${match[3]}${match[2] === 'F' ? '\n' : ''}`;
  }
  return out;
}
