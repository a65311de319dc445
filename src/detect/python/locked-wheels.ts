/** Which Pythons the packages of a lock file, or pinned in requirements, work on. */
import { gte, lt, valid } from '@renovatebot/pep440';
import type { Sourced } from '../../source/sourced.js';
import { BROKEN_WHEELS, versionsForEnded } from '../../support/native/ended-pythons.js';
import { FAILS_BESIDE, FIRST_PYTHONS, FIRST_WHEELS, FIRST_WORKING } from '../../support/native/first-versions.js';
import { normaliseName } from '../../support/pep508/requirement.js';
import type { LockedVersions } from './locked-versions.js';

/** Longer than the name of any file: what stands before the end of one is looked at no further back. */
const LONGEST_NAME = 255;

/** What a wheel is built for. */
interface Wheel {
  readonly python: string;
  readonly abi: string;
}

/** The wheels for Linux that a lock names, of the packages that are needed. */
export function linuxWheels(lock: string, isNeeded: (name: string) => boolean): ReadonlyMap<string, readonly Wheel[]> {
  const wheels = new Map<string, Wheel[]>();
  for (const before of lock.split('.whl').slice(0, -1)) {
    const wheel = wheelOf(before.slice(-LONGEST_NAME));
    if (!wheel || !isNeeded(wheel.name) || !/^any$|manylinux.*x86_64|linux_x86_64/.test(wheel.platform)) continue;
    const others = wheels.get(wheel.name);
    if (others) others.push(wheel);
    else wheels.set(wheel.name, [wheel]);
  }
  return wheels;
}

/** Name, tags and platform of the wheel that a text ends in the name of; https://packaging.python.org/specifications/binary-distribution-format. */
function wheelOf(text: string): (Wheel & { readonly name: string; readonly platform: string }) | undefined {
  const parts = text
    .split(/[/"'\s]/)
    .at(-1)!
    .split('-');
  if (parts.length < 5 || parts.length > 6) return undefined;
  const [python = '', abi = '', platform = ''] = parts.slice(-3);
  return { name: normaliseName(parts[0]!), python, abi, platform };
}

/** The packages of which none of the wheels is for a minor version of Python such as `3.13`: each has to be compiled, if it can be. */
export function withoutWheels(wheels: ReadonlyMap<string, readonly Wheel[]>, minor: string): readonly string[] {
  return [...wheels].flatMap(([name, all]) => (all.some(wheel => runsOn(wheel, minor)) ? [] : [name]));
}

function runsOn({ python, abi }: Wheel, minor: string): boolean {
  const [, wanted] = minor.split('.').map(Number);
  return python.split('.').some(tag => {
    const [, version] = /^cp3(\d+)$/.exec(tag) ?? [];
    if (version === undefined) return /^py3/.test(tag);
    return Number(version) === wanted || (abi === 'abi3' && Number(version) <= wanted!);
  });
}

/** The known packages that are pinned to a version without wheels for a minor version of Python. */
export function pinnedWithoutWheels(versions: LockedVersions, minor: string): readonly string[] {
  return [...pinnedBefore(FIRST_WHEELS, versions, minor), ...pinnedOutOfReach(versions, minor)];
}

/** The known packages that are pinned to a version whose wheels cannot be used: they are built from source. */
export function pinnedBroken(versions: LockedVersions): readonly Sourced<string>[] {
  return Object.entries(BROKEN_WHEELS).flatMap(([name, { from, before }]) => {
    const pinned = versions.get(name);
    if (pinned === undefined || !valid(pinned.value)) return [];
    return gte(pinned.value, from) && lt(pinned.value, before) ? [{ value: name, place: pinned.place }] : [];
  });
}

/** The known packages that are pinned to a version which a Python that has ended cannot have, or has no wheels of. */
function pinnedOutOfReach(versions: LockedVersions, minor: string): readonly string[] {
  const tooEarly = versionsForEnded(minor).flatMap(([name, { from }]) => {
    const pinned = versions.get(name)?.value;
    return pinned !== undefined && valid(pinned) && lt(pinned, from) && matters(name, versions) ? [name] : [];
  });
  return [...tooEarly, ...pinnedTooNew(versions, minor)];
}

/** The known packages that are pinned to a version which a Python that has ended is too old for. */
export function pinnedTooNew(versions: LockedVersions, minor: string): readonly string[] {
  return versionsForEnded(minor).flatMap(([name, { before }]) => {
    const pinned = versions.get(name)?.value;
    return pinned !== undefined && before !== undefined && valid(pinned) && gte(pinned, before) ? [name] : [];
  });
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
    return isOlder && matters(name, versions) ? [name] : [];
  });
}

/** Whether what fails of an old version is used: of some packages only with others. */
function matters(name: string, versions: LockedVersions): boolean {
  return FAILS_BESIDE[name]?.some(other => versions.has(other)) ?? true;
}
