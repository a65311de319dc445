/** Locked packages that come from a repository or a directory: nothing in the lock says what their files are. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { isTable, stringAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { PipfileLock } from './pipenv-lock.js';

/** The first such package of a TOML lock; `inside` are directories of the source that imports start from anyway. */
export function unhashedInToml(lock: TomlFile, inside: readonly string[]): Diagnostic | undefined {
  for (const [index, entry] of (Array.isArray(lock.data.package) ? lock.data.package : []).entries()) {
    if (!isTable(entry)) continue;
    const name = stringAt(entry, 'name') ?? '';
    const source = tableAt(entry, 'source');
    // poetry names the kind in `type`, uv by the key of its source table, pdm by a key of the package.
    const directory =
      source.directory ??
      source.editable ??
      source.virtual ??
      entry.path ??
      (source.type === 'directory' && source.url);
    if (source.type === 'git' || 'git' in source || 'git' in entry)
      return refusal(tomlPlace(lock, 'package', index, 'name'), name, 'a git repository');
    if (typeof directory !== 'string' || directory === '.' || inside.includes(directory)) continue;
    return refusal(tomlPlace(lock, 'package', index, 'name'), name, `the directory ${directory}`);
  }
  return undefined;
}

/** The first such package of a Pipfile.lock. */
export function unhashedInPipfile({ path, categories }: PipfileLock): Diagnostic | undefined {
  for (const packages of Object.values(categories)) {
    for (const [name, entry] of Object.entries(packages)) {
      if (!isTable(entry) || 'version' in entry) continue;
      const from = 'git' in entry ? 'a git repository' : `the directory ${String(entry.path ?? entry.file ?? '')}`;
      return refusal({ file: path }, name, from);
    }
  }
  return undefined;
}

function refusal(place: Place, name: string, from: string): Diagnostic {
  return worded('QS211', {
    place,
    problem: `${name} comes from ${from}, and the lock has no hash of its files`,
    expected: 'packages from an index, each with its hashes',
    fix: `take a published version of ${name}, or put its code into the source and remove it from the dependencies`,
  });
}
