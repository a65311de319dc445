/** The hash of Pipfile.lock, computed as pipenv computes it. */
import { type TomlFile, tableAt } from '../../../../source/toml-file.js';
import { hashOfJson } from './python-json.js';

/** Sections of a Pipfile that are no category of packages. */
export const PIPFILE_SETTINGS: ReadonlySet<string> = new Set([
  'source',
  'packages',
  'dev-packages',
  'requires',
  'scripts',
  'pipfile',
  'pipenv',
]);

/** The hash that a fresh Pipfile.lock carries. Without a [[source]] pipenv takes its default, which the lock names. */
export function pipfileHash({ data }: TomlFile, lock: Pick<TomlFile, 'data'>): string {
  const own = Object.entries(data).filter(([name]) => !PIPFILE_SETTINGS.has(name));
  const hashed = {
    _meta: {
      sources: data.source ?? tableAt(lock.data, '_meta').sources ?? [],
      requires: data.requires ?? {},
    },
    default: data.packages ?? {},
    develop: data['dev-packages'] ?? {},
    ...Object.fromEntries(own),
  };
  return hashOfJson(hashed, 'compact');
}
