/** Owners as the API takes them: `uid`, `uid:gid`, `name`, `name:group`. */
import { readFileSync } from 'node:fs';
import { rootPath } from './root-path.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

function lookUp(root: string, file: string, name: string, field = 0): readonly string[] | undefined {
  let text: string;
  try {
    text = readFileSync(rootPath(root, file), 'utf8');
  } catch {
    return undefined;
  }
  return text
    .split('\n')
    .map(line => line.split(':'))
    .find(fields => fields[field] === name);
}

const numeric = /^\d+$/;

function idOf(root: string, file: string, name: string, what: string): number {
  if (name === 'root') return 0;
  if (numeric.test(name)) return Number(name);
  const entry = lookUp(root, file, name);
  if (entry === undefined) throw new Error(`unknown ${what} "${name}": it is not in the container's ${file}`);
  return Number(entry[2]);
}

/**
 * Resolves an owner against the passwd and group files of a tree. A missing group is the group with the user's number.
 * @returns undefined for the empty text
 * @throws Error when a name is in neither file
 */
export function resolveOwner(root: string, owner: string): Owner | undefined {
  if (owner === '') return undefined;
  const [user = '', group] = owner.split(/:(.*)/s);
  const uid = idOf(root, '/etc/passwd', user, 'user');
  return { uid, gid: group === undefined ? uid : idOf(root, '/etc/group', group, 'group') };
}

/** Who a process runs as: a user's own group counts, a number without a passwd entry is in group 0. */
export function resolveProcessUser(root: string, user: string): Owner {
  const [name = '', group] = user.split(/:(.*)/s);
  const entry = numeric.test(name) ? lookUp(root, '/etc/passwd', name, 2) : lookUp(root, '/etc/passwd', name || 'root');
  if (entry === undefined && name !== '' && name !== 'root' && !numeric.test(name))
    throw new Error(`unknown user "${name}": it is not in the container's /etc/passwd`);
  const uid = Number(entry?.[2] ?? (numeric.test(name) ? name : 0));
  return { uid, gid: group ? idOf(root, '/etc/group', group, 'group') : Number(entry?.[3] ?? 0) };
}
