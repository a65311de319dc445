/** Locked packages that come from a repository or a directory: nothing in the lock says what their files are. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { isTable, stringAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import type { PipfileLock } from './pipenv-lock.js';

/** The first such package of a TOML lock; `inside` are directories of the source that imports start from anyway. */
export function unhashedInToml(lock: TomlFile, inside: readonly string[]): Diagnostic | undefined {
  for (const entry of Array.isArray(lock.data.package) ? lock.data.package.filter(isTable) : []) {
    const name = stringAt(entry, 'name') ?? '';
    const source = tableAt(entry, 'source');
    // poetry names the kind in `type`, uv by the key of its source table, pdm by a key of the package.
    const directory =
      source.directory ??
      source.editable ??
      source.virtual ??
      entry.path ??
      (source.type === 'directory' && source.url);
    if (source.type === 'git' || 'git' in source || 'git' in entry) return refusal(lock, name, 'a git repository');
    if (typeof directory !== 'string' || directory === '.' || inside.includes(directory)) continue;
    return refusal(lock, name, `the directory ${directory}`);
  }
  return undefined;
}

/** The first such package of a Pipfile.lock. */
export function unhashedInPipfile({ path, categories }: PipfileLock): Diagnostic | undefined {
  for (const packages of Object.values(categories)) {
    for (const [name, entry] of Object.entries(packages)) {
      if (!isTable(entry) || 'version' in entry) continue;
      const from = 'git' in entry ? 'a git repository' : `the directory ${String(entry.path ?? entry.file ?? '')}`;
      return refusal({ path, text: '' }, name, from);
    }
  }
  return undefined;
}

function refusal({ path, text }: Pick<TomlFile, 'path' | 'text'>, name: string, from: string): Diagnostic {
  const at = text.split('\n').indexOf(`name = "${name}"`);
  return worded('QS211', {
    place: { file: path, ...(at >= 0 && { line: at + 1 }) },
    problem: `${name} comes from ${from}, and the lock has no hash of its files`,
    expected: 'packages from an index, each with its hashes',
    fix: `take a published version of ${name}, or put its code into the source and remove it from the dependencies`,
  });
}
