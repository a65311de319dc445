/** Which Pythons the packages of a lock file, or pinned in requirements, come built for. */
import { lt, valid } from '@renovatebot/pep440';
import { normaliseName } from '../../support/pep508/requirement.js';
import type { LockedVersions } from './locked-versions.js';

/** First versions with wheels for Python 3.11, 3.12 and 3.13, of packages that a slim image has no compiler for. */
const FIRST_WHEELS: Readonly<Record<string, readonly [string, string, string]>> = {
  aiohttp: ['3.8.3', '3.9.0', '3.10.5'],
  cffi: ['1.15.1', '1.16.0', '1.17.0'],
  gevent: ['22.10.1', '23.7.0', '24.10.1'],
  greenlet: ['2.0.2', '3.0.0', '3.1.0'],
  lxml: ['4.9.2', '4.9.3', '5.3.0'],
  numpy: ['1.23.2', '1.26.0', '2.1.0'],
  pandas: ['1.5.1', '2.1.1', '2.2.3'],
  pillow: ['9.3.0', '10.0.1', '10.4.0'],
  'psycopg2-binary': ['2.9.5', '2.9.9', '2.9.10'],
};

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

/** How many of the known packages are pinned to a version that has no wheels for a minor version of Python. */
export function pinnedWithoutWheels(versions: LockedVersions, minor: string): number {
  const at = Math.min(2, Number(minor.split('.')[1]) - 11);
  return Object.entries(FIRST_WHEELS).filter(([name, first]) => {
    const pinned = versions.get(name)?.value;
    return at >= 0 && pinned !== undefined && valid(pinned) && lt(pinned, first[at]!);
  }).length;
}
