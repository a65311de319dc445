/** Files of this machine that no function has seen, as git ignores them: nothing is written over them. */
import type { Directory } from '@dagger.io/dagger';
import { BESIDE, isAsWritten, RECORD, readRecord, recordText } from '../src/render/record.js';

/** A text below a directory by its path; undefined where there is none. */
type Texts = (path: string) => string | undefined;

/**
 * Lays beside a file what would be written over it, where that was not written before, or was changed since: whoever decided it did not know of the
 * file. The record says then what it said before.
 * @param changed paths of what would be written
 * @returns the directory to write in place of this one, and the files that stay
 */
export function besideUnseen(
  files: Directory,
  changed: readonly string[],
  { there, made }: { readonly there: Texts; readonly made: Texts },
): { readonly files: Directory; readonly kept: readonly string[] } {
  const [before, now] = [there, made].map(text => readRecord(text(RECORD))) as [
    Record<string, string>,
    Record<string, string>,
  ];
  const kept = changed.filter(path => {
    const text = path === RECORD || path.endsWith(BESIDE) ? undefined : there(path);
    return text !== undefined && !isAsWritten(before, path, text);
  });
  if (kept.length === 0) return { files, kept };
  const others = Object.entries(now).filter(([path]) => !kept.includes(path));
  const earlier = kept.flatMap(path => (before[path] === undefined ? [] : [[path, before[path]] as const]));
  const beside = kept.reduce(
    (directory, path) => directory.withoutFile(path).withNewFile(`${path}${BESIDE}`, made(path)!),
    files,
  );
  return { files: beside.withNewFile(RECORD, recordText(Object.fromEntries([...others, ...earlier]))), kept };
}
