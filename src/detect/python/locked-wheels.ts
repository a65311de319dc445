/** Which Pythons the packages of a lock file, or pinned in requirements, work on. */
import { lt, valid } from '@renovatebot/pep440';
import { FIRST_PYTHONS, FIRST_VERSIONS } from '../../support/native/first-versions.js';
import { normaliseName } from '../../support/pep508/requirement.js';
import type { LockedVersions } from './locked-versions.js';

/** Name, Python tag, ABI tag and platform of a wheel, as lock files name its file. */
const WHEEL = /([A-Za-z0-9_.]+)-[^-/"\s]+(?:-\d\w*)?-([a-z0-9.]+)-([a-z0-9_.]+)-([a-z0-9_.]+)\.whl/g;

/**
 * How many packages of a lock that are needed, which have wheels for Linux, have none for a minor version of Python such as `3.13`: each
 * of them has to be compiled, if it can be.
 */
export function withoutWheels(lock: string, minor: string, isNeeded: (name: string) => boolean = () => true): number {
  const fits = new Map<string, boolean>();
  for (const [, name = '', python = '', abi = '', platform = ''] of lock.matchAll(WHEEL)) {
    if (!isNeeded(normaliseName(name))) continue;
    if (!/^any$|manylinux.*x86_64|linux_x86_64/.test(platform)) continue;
    fits.set(name, fits.get(name) === true || runsOn(python, abi, minor));
  }
  return [...fits.values()].filter(isThere => !isThere).length;
}

function runsOn(python: string, abi: string, minor: string): boolean {
  const [, wanted] = minor.split('.').map(Number);
  return python.split('.').some(tag => {
    const [, version] = /^cp3(\d+)$/.exec(tag) ?? [];
    if (version === undefined) return /^py3/.test(tag);
    return Number(version) === wanted || (abi === 'abi3' && Number(version) <= wanted!);
  });
}

/** How many of the known packages are pinned to a version that a minor version of Python is too new for. */
export function pinnedTooOld(versions: LockedVersions, minor: string): number {
  const at = FIRST_PYTHONS.indexOf(minor);
  return Object.entries(FIRST_VERSIONS).filter(([name, firsts]) => {
    const pinned = versions.get(name)?.value;
    const first = firsts.split(' ')[at];
    return pinned !== undefined && first !== undefined && valid(pinned) && (first === '-' || lt(pinned, first));
  }).length;
}
