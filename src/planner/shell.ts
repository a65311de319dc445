/** Steps that need a shell, with words quoted so that they stay words. */
import type { CacheMount, Step } from '../plan/types.js';

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

/** A run step that installs Debian packages and leaves neither lists nor logs. No packages: no step. */
export function installPackages(title: string, packages: readonly string[]): readonly Step[] {
  const names = [...new Set(packages)].sort();
  if (names.length === 0) return [];
  return [
    shell(title, [
      'export DEBIAN_FRONTEND=noninteractive',
      'apt-get update -qq',
      `apt-get install -y -qq --no-install-recommends ${quoteWords(names)}`,
      `rm -rf ${LEFT_BEHIND.join(' ')}`,
    ]),
  ];
}
