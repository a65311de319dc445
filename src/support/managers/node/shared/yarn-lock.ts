/** The lock files of yarn, old and new: entries headed by all that was asked for, their version on the next line. */
import { defined } from '../../../../source/defined.js';
import type { LockEntry, LockedPackage } from '../definition.js';
import { eachOnce } from './lock-entries.js';

/** Whether a lock file was written by yarn 2 or newer. */
export function isBerryLock(lock: string): boolean {
  return berryFormat(lock) !== undefined;
}

/** The format of a lock file of yarn 2 or newer; undefined for yarn 1. */
export function berryFormat(lock: string): number | undefined {
  const written = /^__metadata:\s*\n\s+version:\s*(\d+)/m.exec(lock)?.[1];
  return written === undefined ? undefined : Number(written);
}

/** The version that a range was resolved to; else the one version of the package that is locked at all. */
export function yarnVersion(lock: string, { name, range }: LockedPackage): string | undefined {
  const found = new Set<string>();
  for (const [, heading, version] of lock.matchAll(/^(\S.*):\r?\n\s+version:? "?([^"\s]+)"?/gm)) {
    const asked = heading!.replaceAll('"', '').split(/,\s*/);
    if (asked.includes(`${name}@${range}`) || asked.includes(`${name}@npm:${range}`)) return version;
    if (asked.some(text => text.startsWith(`${name}@`))) found.add(version!);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** What yarn 1 has of a package, and what newer ones have of it: a checksum of an archive of their own making, which is no hash of the package's. */
const ENTRY = /^("?)(\S.*?)\1:\r?\n((?:[ \t]+.*(?:\r?\n|$)|\r?\n(?=[ \t]))+)/gm;

/** All packages of a lock file. What is not from a registry has the version of its own manifest; what lies in the source is left out. */
export function yarnEntries(lock: string): readonly LockEntry[] {
  return eachOnce(
    [...lock.matchAll(ENTRY)].flatMap(([, , heading = '', body = '']) => {
      const field = (name: string) => new RegExp(`^ {2}"?${name}"?:? "?([^"\\r\\n]+?)"?\\r?$`, 'm').exec(body)?.[1];
      const version = field('version');
      const resolution = field('resolution') ?? heading.replaceAll('"', '').split(/,\s*/)[0]!;
      const name = /^(@?[^@]+)@/.exec(aliased(resolution))?.[1];
      if (name === undefined || version === undefined || /@(?:workspace|link|portal|file):/.test(resolution)) return [];
      return [defined({ name, version, integrity: field('integrity'), url: field('resolved') })];
    }),
  );
}

/** `other@npm:name@^1` of yarn 1 is installed as another name than its own. */
function aliased(asked: string): string {
  return /^@?[^@]+@npm:(@?[^@]+@.+)$/.exec(asked)?.[1] ?? asked;
}
