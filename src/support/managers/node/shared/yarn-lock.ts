/** The lock files of yarn, old and new: entries headed by all that was asked for, their version on the next line. */
import type { LockedPackage } from '../definition.js';

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
