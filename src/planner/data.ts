/** The directories whose files outlive a container. */
import type { Facts } from '../detect/facts.js';
import { SERVICES } from '../support/services/index.js';
import { DATA_DIR, insideApp } from './paths.js';

type Writes = Pick<Facts, 'volumes' | 'root'>;

/** Those that the app names itself, absolute, beside the one that is there always. */
export function dataDirectories({ volumes = [], root }: Writes): readonly string[] {
  return volumes.map(({ value }) => (value.startsWith('/') ? value : `${insideApp(root?.value ?? '')}/${value}`));
}

/** All of them, outermost ones only. */
export function allVolumes(facts: Writes): readonly string[] {
  const all = [DATA_DIR, ...dataDirectories(facts)];
  return all.filter((path, at) => all.indexOf(path) === at && !all.some(other => path.startsWith(`${other}/`)));
}

/** Those that the web server and its workers have in common; none when it runs alone. */
export function sharedVolumes(facts: Writes & Pick<Facts, 'components'>): readonly string[] {
  return (facts.components ?? []).length === 0 ? [] : allVolumes(facts);
}

/** Whether the database is a file of SQLite's: the code names it, or what is given in the place of an address does; there is no server for it. */
export function isOnSqlite(
  { sqlite, services }: Pick<Facts, 'sqlite' | 'services'>,
  given: Readonly<Record<string, string>>,
): boolean {
  if (services.some(({ kind }) => SERVICES[kind].isDatabase)) return false;
  return sqlite !== undefined || Object.values(given).some(value => /^sqlite(\+\w+)?:/.test(value));
}
