/** The beginning of a file, where programs say what they are. */
import { closeSync, openSync, readSync } from 'node:fs';

/** The first 256 bytes of a file, each as one character. */
export function firstBytes(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(256);
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
