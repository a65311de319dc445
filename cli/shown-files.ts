/** Files that are shown as a difference before they are written into a directory of this machine. */

import { lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { Directory } from '@dagger.io/dagger';
import { createTwoFilesPatch } from 'diff';
import { BESIDE, type EjectRecord, isAsWritten, RECORD, readRecord } from '../src/render/record.js';
import type { ResultFlags } from './invocation.js';
import type { ResultContext } from './result-context.js';
import { besideUnseen } from './unseen-files.js';

/** Files differ from what would be written. The command line exits with 1. */
export class StaleFiles extends Error {
  override readonly name = 'TestFailure';
}

/** A file that would be written, as it is now and as it would be. */
interface Change {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * Shows what writing the files would change, asks, and writes them; files of an earlier time that are as they were written, and are not
 * among them, go. With `check` nothing is written. What git ignores nobody has seen who made them: it stays, unless `overUnseen` is said.
 * @throws StaleFiles with `check`, when anything would change
 */
export async function writeShown(
  given: Directory,
  { output, yes, check, overUnseen = false }: ResultFlags & { readonly overUnseen?: boolean },
  context: ResultContext,
): Promise<void> {
  const target = resolve(context.cwd, output!);
  const made = mkdtempSync(join(tmpdir(), 'quayside-shown-'));
  try {
    await given.export(made);
    const seen = overUnseen ? undefined : unseenLeft(given, made, target);
    const files = seen?.files ?? given;
    for (const path of seen?.kept ?? [])
      context.notice(
        `${path} was not written by Quayside, or was changed since, and stays: the new one is ${path}${BESIDE}`,
      );
    if (seen && seen.kept.length > 0) {
      rmSync(made, { recursive: true, force: true });
      await files.export(made);
    }
    const changes = changesOf(made, target);
    const outdated = outdatedIn(target, made);
    const shown = [...changes.map(({ path }) => path), ...outdated].filter(path => path !== RECORD);
    if (check && shown.length > 0)
      throw new StaleFiles(`not as they would be written:\n${shown.map(path => `  ${path}\n`).join('')}`);
    if (check || (shown.length === 0 && changes.length === 0)) {
      context.notice('all files are as they would be written');
      return;
    }
    context.suspendProgress();
    for (const change of changes) if (change.path !== RECORD) context.stdout.write(patchOf(change));
    for (const path of outdated) context.stdout.write(`removed: ${path}\n`);
    const wanted = shown.length === 0 || yes || (await context.ask(`Write ${count(shown.length)} to ${target}?`));
    if (!wanted) {
      context.notice('nothing was written');
      return;
    }
    await files.export(target);
    for (const path of outdated) rmSync(join(target, path), { force: true });
    context.notice(`${count(shown.length)} written to ${target}`);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function unseenLeft(files: Directory, made: string, target: string): ReturnType<typeof besideUnseen> {
  const changed = changesOf(made, target).map(({ path }) => path);
  return besideUnseen(files, changed, { there: path => textIn(target, path), made: path => textIn(made, path) });
}

const count = (files: number): string => (files === 1 ? '1 file' : `${files} files`);

function changesOf(made: string, target: string): readonly Change[] {
  const entries = readdirSync(made, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return entries
    .map(entry => relative(made, join(entry.parentPath, entry.name)))
    .toSorted()
    .flatMap(path => {
      const after = readFileSync(join(made, path), 'utf8');
      const before = textIn(target, path);
      return before === after ? [] : [{ path, before, after }];
    });
}

/** The text of a regular file that lies below a directory without a link on the way. */
function textIn(target: string, path: string): string | undefined {
  try {
    const file = join(target, path);
    const parent = realpathSync(dirname(file));
    const isBelow = parent === dirname(join(realpathSync(target), path));
    return isBelow && lstatSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** What an earlier record names and the new one does not, and nobody has changed. */
function outdatedIn(target: string, made: string): readonly string[] {
  if (textIn(made, RECORD) === undefined) return [];
  const [before, now] = [target, made].map(directory => readRecord(textIn(directory, RECORD))) as [
    EjectRecord,
    EjectRecord,
  ];
  return Object.keys(before).filter(
    path => !Object.hasOwn(now, path) && isAsWritten(before, path, textIn(target, path)),
  );
}

function patchOf({ path, before, after }: Change): string {
  return createTwoFilesPatch(before === undefined ? '/dev/null' : path, path, before ?? '', after);
}
