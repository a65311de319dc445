/** Reads what a service printed from podman's k8s-file log: `TIME STREAM F|P TEXT`, P for a line that goes on. */
import { readFile } from 'node:fs/promises';

export interface ServiceLog {
  readonly stdout: string;
  readonly stderr: string;
}

/** Parses the log's text. */
function parseLog(text: string): ServiceLog {
  const out = { stdout: '', stderr: '' };
  for (const line of text.split('\n')) {
    const match = /^\S+ (stdout|stderr) ([FP]) (.*)$/s.exec(line);
    if (match) out[match[1] as keyof typeof out] += `${match[3]}${match[2] === 'F' ? '\n' : ''}`;
  }
  return out;
}

/** Reads the log of a service; empty when it has not printed yet. */
export async function readLog(file: string): Promise<ServiceLog> {
  return parseLog(await readFile(file, 'utf8').catch(() => ''));
}
