/** Owners as the API takes them: `uid`, `uid:gid`, `name`, `name:group`. */
import { readFileSync } from 'node:fs';
import { rootPath } from './root-path.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

function lookUp(root: string, file: string, name: string): readonly string[] | undefined {
  let text: string;
  try {
    text = readFileSync(rootPath(root, file), 'utf8');
  } catch {
    return undefined;
  }
  return text
    .split('\n')
    .map(line => line.split(':'))
    .find(fields => fields[0] === name);
}

/**
 * Resolves an owner against the passwd and group files of a tree. A missing group is the user's own, for a number the same number.
 * @returns undefined for the empty text
 * @throws Error when a name is in neither file
 */
export function resolveOwner(root: string, owner: string): Owner | undefined {
  if (owner === '') return undefined;
  const [user = '', group] = owner.split(':');
  const numeric = /^\d+$/;
  const entry = numeric.test(user) ? undefined : lookUp(root, '/etc/passwd', user);
  if (!numeric.test(user) && entry === undefined)
    throw new Error(`unknown user "${user}": it is not in the container's /etc/passwd`);
  const uid = Number(entry?.[2] ?? user);
  if (group === undefined) return { uid, gid: entry === undefined ? uid : Number(entry[3]) };
  if (numeric.test(group)) return { uid, gid: Number(group) };
  const line = lookUp(root, '/etc/group', group);
  if (line === undefined) throw new Error(`unknown group "${group}": it is not in the container's /etc/group`);
  return { uid, gid: Number(line[2]) };
}
