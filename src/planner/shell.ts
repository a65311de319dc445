/** Steps that need a shell, with words quoted so that they stay words. */
import type { CacheMount, Step } from '../plan/types.js';
import { type DebianPackage, namesOf } from '../support/native/definition.js';

/** What pip has downloaded and built. */
export const PIP_CACHE: CacheMount = { key: 'quayside-pip', path: '/root/.cache/pip' };

/** Quotes words for a POSIX shell and joins them; words of safe characters stay as they are. */
export function quoteWords(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** A step of several commands in one shell; the first one that fails ends it. */
export function shell(
  title: string,
  commands: readonly string[],
  caches?: readonly CacheMount[],
): Extract<Step, { kind: 'script' }> {
  return { kind: 'script', title, lines: commands, ...(caches && { caches }) };
}

/** What an installation of Debian packages leaves that nothing reads again. */
const LEFT_BEHIND = [
  '/var/lib/apt/lists/*',
  '/var/cache/apt/*.bin',
  '/var/cache/debconf/*-old',
  '/var/cache/ldconfig/aux-cache',
  '/var/lib/dpkg/*-old',
  '/var/log/apt',
  '/var/log/dpkg.log',
  '/var/log/alternatives.log',
];

/** In the shell: the first of several names that the image's release knows a package by, as apt itself says. */
const INSTALLABLE =
  'installable() { for name in "$@"; do if apt-get install -s -qq "$name" >/dev/null 2>&1; then echo "$name"; return; fi; done; echo "$1"; }';

function installable(wanted: DebianPackage): string {
  const names = quoteWords(namesOf(wanted));
  return typeof wanted === 'string' ? names : `"$(installable ${names})"`;
}

/** A run step that installs Debian packages and leaves neither lists nor logs. No packages: no step. */
export function installPackages(title: string, packages: readonly DebianPackage[]): readonly Step[] {
  if (packages.length === 0) return [];
  const words = [...new Set(packages.map(installable))].sort();
  const chooses = packages.some(wanted => typeof wanted !== 'string');
  return [
    shell(title, [
      'export DEBIAN_FRONTEND=noninteractive',
      ...(chooses ? [INSTALLABLE] : []),
      'apt-get update -qq',
      `apt-get install -y -qq --no-install-recommends ${words.join(' ')}`,
      `rm -rf ${LEFT_BEHIND.join(' ')}`,
    ]),
  ];
}
