/** The directories whose files outlive a container. */
import type { Facts } from '../detect/facts.js';
import { DATA_DIR, workDirectory } from './paths.js';

/** Those that the app names itself, absolute, beside the one that is there always. */
export function dataDirectories(facts: Facts): readonly string[] {
  const { volumes = [] } = facts;
  return volumes.map(({ value }) => (value.startsWith('/') ? value : `${workDirectory(facts)}/${value}`));
}

/** Those that the web server and its workers have in common, outermost ones only; none when it runs alone. */
export function sharedDirectories(facts: Facts): readonly string[] {
  if ((facts.components ?? []).length === 0) return [];
  const all = [DATA_DIR, ...dataDirectories(facts)];
  return all.filter(path => !all.some(other => path.startsWith(`${other}/`)));
}
