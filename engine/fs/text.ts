/** Texts: of files in a tree, and of those that come with the engine. */
import { lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceError } from '../errors.js';

/** Bytes, as many as a Dagger engine reads. */
const LONGEST_TEXT = 128 * 1024 * 1024;

/**
 * The lines of a text file, line ends included.
 * @param lines default: all; an absent or negative limit is none. `name`: what people call the file
 * @throws SourceError for a file that may not be read, or is longer than any text
 */
export function readLines(
  path: string,
  lines: { readonly offset?: number | null; readonly limit?: number | null; readonly name?: string } = {},
): string {
  const { offset, limit, name = path } = lines;
  const text = readText(path, name);
  if (offset == null && limit == null) return text;
  const start = Math.max(offset ?? 0, 0);
  return text
    .split(/(?<=\n)/)
    .slice(start, limit == null || limit < 0 ? undefined : start + limit)
    .join('');
}

const readText = (path: string, name: string): string => readBytes(path, name).toString('utf8');

/** The bytes of a text file; `name` is what people call it. @throws SourceError as `readLines` does */
export function readBytes(path: string, name: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size > LONGEST_TEXT)
      throw new SourceError(`${name}: it has ${size} bytes, which are too many to be read as text`);
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw new SourceError(`${name}: it may not be read by the user that this runs as`);
  }
}

/** The text of a file in a directory; undefined where there is none. A link is followed nowhere. */
export function readTextBeside(directory: string, name: string): string | undefined {
  const path = join(directory, name);
  const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? readText(path, name) : undefined;
}

/** Writes a text to a file, in place of what it held. */
export function writeText(path: string, text: string): void {
  writeFileSync(path, text);
}

/** A JSON file that comes with the engine, taken for what it is known to be. */
export function readPackagedJson<T>(place: URL): T {
  return JSON.parse(readFileSync(place, 'utf8')) as T;
}

/** The texts of all files right in a directory, by name. */
export function readTexts(directory: string): ReadonlyMap<string, string> {
  const files = readdirSync(directory, { withFileTypes: true }).filter(entry => !entry.isDirectory());
  return new Map(files.map(({ name }) => [name, readFileSync(join(directory, name), 'utf8')]));
}
