/** Debian packages by name, and what a Python package, a module or a program needs of them. */

/** Releases of Debian that images are made from, oldest first: which one an image has, it says itself when it is built. */
export const DEBIAN_RELEASES = ['bookworm', 'trixie'] as const;

export type DebianRelease = (typeof DEBIAN_RELEASES)[number];

/**
 * A Debian package by its name, or by its names where releases call it differently. A name that a release only provides
 * (libglib2.0-0 is libglib2.0-0t64 in trixie) counts as its own: apt installs it. `npm run check:native` looks every name up.
 */
export type DebianPackage = string | Readonly<Record<DebianRelease, string>>;

/** What something needs beyond pip: to be built, and to run. */
export interface NativeNeed {
  readonly build: readonly DebianPackage[];
  readonly runtime: readonly DebianPackage[];
}

/** The names that a package has, that of the newest release first. */
export function namesOf(wanted: DebianPackage): readonly string[] {
  return typeof wanted === 'string' ? [wanted] : DEBIAN_RELEASES.map(release => wanted[release]).reverse();
}

/** A package as explanations name it: `libldap2|libldap-2.5-0`. */
export function packageWords(wanted: DebianPackage): string {
  return namesOf(wanted).join('|');
}

/** Short for a row of the tables. */
export function need(build: readonly DebianPackage[], runtime: readonly DebianPackage[]): NativeNeed {
  return { build, runtime };
}
