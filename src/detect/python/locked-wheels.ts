/** Which Pythons the packages of a lock file, or pinned in requirements, work on. */
import { lt, valid } from '@renovatebot/pep440';
import { FIRST_PYTHONS, FIRST_WHEELS, FIRST_WORKING } from '../../support/native/first-versions.js';
import { normaliseName } from '../../support/pep508/requirement.js';
import type { LockedVersions } from './locked-versions.js';

/** Name, Python tag, ABI tag and platform of a wheel, as lock files name its file. */
const WHEEL = /([A-Za-z0-9_.]+)-[^-/"\s]+(?:-\d\w*)?-([a-z0-9.]+)-([a-z0-9_.]+)-([a-z0-9_.]+)\.whl/g;

/**
 * The packages of a lock that are needed, have wheels for Linux, and have none for a minor version of Python such as `3.13`: each
 * of them has to be compiled, if it can be.
 */
export function withoutWheels(
  lock: string,
  minor: string,
  isNeeded: (name: string) => boolean = () => true,
): readonly string[] {
  const fits = new Map<string, boolean>();
  for (const [, written = '', python = '', abi = '', platform = ''] of lock.matchAll(WHEEL)) {
    const name = normaliseName(written);
    if (!isNeeded(name)) continue;
    if (!/^any$|manylinux.*x86_64|linux_x86_64/.test(platform)) continue;
    fits.set(name, fits.get(name) === true || runsOn(python, abi, minor));
  }
  return [...fits].flatMap(([name, isThere]) => (isThere ? [] : [name]));
}

function runsOn(python: string, abi: string, minor: string): boolean {
  const [, wanted] = minor.split('.').map(Number);
  return python.split('.').some(tag => {
    const [, version] = /^cp3(\d+)$/.exec(tag) ?? [];
    if (version === undefined) return /^py3/.test(tag);
    return Number(version) === wanted || (abi === 'abi3' && Number(version) <= wanted!);
  });
}

/** The known packages that are pinned to a version without wheels for a minor version of Python. */
export function pinnedWithoutWheels(versions: LockedVersions, minor: string): readonly string[] {
  return pinnedBefore(FIRST_WHEELS, versions, minor);
}

/** The known packages that are pinned to a version which a minor version of Python is too new for, compiled or not. */
export function pinnedTooOld(versions: LockedVersions, minor: string): readonly string[] {
  return pinnedBefore(FIRST_WORKING, versions, minor);
}

function pinnedBefore(
  table: Readonly<Record<string, string>>,
  versions: LockedVersions,
  minor: string,
): readonly string[] {
  const at = FIRST_PYTHONS.indexOf(minor);
  return Object.entries(table).flatMap(([name, firsts]) => {
    const pinned = versions.get(name)?.value;
    const first = firsts.split(' ')[at];
    const isOlder =
      pinned !== undefined && first !== undefined && valid(pinned) && (first === '-' || lt(pinned, first));
    return isOlder ? [name] : [];
  });
}
