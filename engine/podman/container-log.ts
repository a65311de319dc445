/** What a container printed, from podman's k8s-file log: `TIME STREAM F|P TEXT`, P for a line that goes on. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ContainerLog {
  readonly stdout: string;
  readonly stderr: string;
}

const logsOf = (sessionDir: string): string => join(sessionDir, 'logs');

/** Makes room for the log of a container and returns where it is to be written. */
export function makeLogFile(sessionDir: string, container: string): string {
  mkdirSync(logsOf(sessionDir), { recursive: true, mode: 0o700 });
  return join(logsOf(sessionDir), container);
}

/** What a container printed; empty when it has not printed yet. */
export async function readLog(sessionDir: string, container: string): Promise<ContainerLog> {
  return parseLog(await readFile(join(logsOf(sessionDir), container), 'utf8').catch(() => ''));
}

function parseLog(text: string): ContainerLog {
  const out = { stdout: '', stderr: '' };
  for (const line of text.split('\n')) {
    const match = /^\S+ (stdout|stderr) ([FP]) (.*)$/s.exec(line);
    if (match) out[match[1] as keyof typeof out] += `${match[3]}${match[2] === 'F' ? '\n' : ''}`;
  }
  return out;
}
