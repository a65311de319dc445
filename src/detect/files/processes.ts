/** Processes by name, as whoever runs the app is told: a Procfile, or a platform's own file. */
import type { Sourced } from '../../source/sourced.js';
import type { CommandLine } from './command-line.js';

/** A process: its command as it is written, and as a shell understands it. */
export interface NamedProcess extends Sourced<string> {
  readonly command: CommandLine;
}

/** Processes by type, such as `web`, `worker`, `release`. */
export type Processes = ReadonlyMap<string, NamedProcess>;

/** What names a process, in words. */
export function namedIn({ place }: NamedProcess): string {
  return place.file === 'Procfile' ? 'the Procfile' : place.file;
}
