/** Pipenv's files: what Pipfile declares, and whether Pipfile.lock belongs to it. */
import { createHash } from 'node:crypto';
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { isTable, stringsAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Dependency } from '../../support/dependency.js';
import { normaliseName } from '../../support/dependency.js';
import { pythonJson } from './python-json.js';

/** Sections of a Pipfile that are no category of packages. */
const SETTINGS = new Set(['source', 'packages', 'dev-packages', 'requires', 'scripts', 'pipfile', 'pipenv']);

/** Pipfile.lock, parsed: packages by category, and what it was made of. */
export interface PipfileLock {
  readonly path: string;
  readonly hash: string | undefined;
  readonly sources: unknown;
  readonly categories: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Parses Pipfile.lock; text that is no lock gives a diagnostic. */
export function parsePipfileLock(path: string, text: string): PipfileLock | Diagnostic {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    data = undefined;
  }
  const meta = isTable(data) ? data._meta : undefined;
  if (!isTable(data) || !isTable(meta)) {
    return worded('QS209', {
      place: { file: path },
      problem: `${path} is not what pipenv writes: no JSON object with "_meta"`,
      expected: 'a lock file as "pipenv lock" writes it, without merge conflict markers',
      fix: 'run "pipenv lock" and commit Pipfile.lock',
    });
  }
  const hash = tableAt(meta, 'hash').sha256;
  const categories = Object.entries(data).filter(([name, value]) => name !== '_meta' && isTable(value));
  return {
    path,
    hash: typeof hash === 'string' ? hash : undefined,
    sources: meta.sources,
    categories: Object.fromEntries(categories) as PipfileLock['categories'],
  };
}

/** The hash that a fresh Pipfile.lock carries. Without a [[source]] pipenv takes its default, which the lock names. */
export function pipfileHash({ data }: TomlFile, lock: Pick<PipfileLock, 'sources'>): string {
  const own = Object.entries(data).filter(([name]) => !SETTINGS.has(name));
  const hashed = {
    _meta: { sources: data.source ?? lock.sources ?? [], requires: data.requires ?? {} },
    default: data.packages ?? {},
    develop: data['dev-packages'] ?? {},
    ...Object.fromEntries(own),
  };
  return createHash('sha256').update(pythonJson(hashed, 'compact')).digest('hex');
}

/** Dependencies that a Pipfile declares; categories of its own count as groups for development. */
export function pipfileDependencies(file: TomlFile): Dependency[] {
  const { data } = file;
  const categories = Object.keys(data).filter(name => !SETTINGS.has(name) && isTable(data[name]));
  return ['packages', 'dev-packages', ...categories].flatMap(section =>
    Object.entries(tableAt(data, section)).map(([name, value]): Dependency => {
      const extras = isTable(value) ? stringsAt(value, 'extras').map(normaliseName) : [];
      return {
        name: normaliseName(name),
        group: section === 'packages' ? 'main' : 'dev',
        ...(extras.length > 0 && { extras }),
        ...(section !== 'packages' && { groupName: section === 'dev-packages' ? 'develop' : section }),
        place: tomlPlace(file, section, name),
      };
    }),
  );
}

/** Says why Pipfile.lock does not belong to the Pipfile; undefined when it does. */
export function stalePipfileLock(pipfile: TomlFile, lock: PipfileLock): Diagnostic | undefined {
  if (lock.hash === pipfileHash(pipfile, lock)) return undefined;
  return worded('QS205', {
    place: { file: lock.path },
    problem: 'Pipfile.lock was written for another Pipfile: its hash does not match',
    expected: 'a lock file made after the last change of the dependencies',
    fix: 'run "pipenv lock" and commit Pipfile.lock',
  });
}
