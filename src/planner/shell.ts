/** Steps that need a shell, with words quoted so that they stay words. */
import type { BuildSecret, IndexAddress, PythonFacts } from '../detect/facts.js';
import type { StepOf } from '../plan/fold.js';
import type { CacheMount, Step } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { quoteWords } from '../source/quote-words.js';
import { type DebianPackage, namesOf } from '../support/native/definition.js';

/** What pip has downloaded and built. */
export const PIP_CACHE: CacheMount = { key: 'quayside-pip', path: '/root/.cache/pip' };

/** A step of several commands in one shell; the first one that fails ends it. */
export function shell(title: string, commands: readonly string[], caches?: readonly CacheMount[]): StepOf<'script'> {
  return { kind: 'script', title, lines: commands, ...(caches && { caches }) };
}

/** What of the Python facts says who package indexes are asked as. */
export type Indexes = Pick<PythonFacts, 'secrets' | 'indexes'>;

/** A step that is given the further package indexes, and the credentials of all. */
export function withSecrets(step: StepOf<'script'>, { secrets, indexes = [] }: Indexes): StepOf<'script'> {
  const lines = [...indexLines(indexes), ...keyLines(secrets)];
  return givenSecrets(lines.length === 0 ? step : { ...step, lines: [...lines, ...step.lines] }, secrets);
}

/** A step that is given secrets. */
export function givenSecrets<S extends StepOf<'script'> | StepOf<'exec'>>(
  step: S,
  secrets: readonly BuildSecret[] | undefined,
): S {
  if (!secrets) return step;
  return { ...step, secrets: secrets.map(({ value, file }) => defined({ name: value, file })) };
}

/** In the shell: the value of a variable as it stands in an address. */
const ENCODED = `encoded() { python3 -c 'import os, sys, urllib.parse as u; print(u.quote(os.environ[sys.argv[1]], safe=""))' "$1"; }`;

/** In the environment and in no argument: there the shell itself puts the values in. */
function indexLines(indexes: readonly IndexAddress[]): readonly string[] {
  const primary = indexes.find(index => index.primary);
  const further = indexes.filter(index => index !== primary).map(addressOf);
  const encodes = indexes.some(index => index.user !== undefined || index.password !== undefined || index.encodes);
  const plain = indexes
    .filter(({ isPlain }) => isPlain)
    .map(({ url }) => url.replace(/^http:\/\/(?:[^/]*@)?([^/]*).*$/, '$1'));
  return [
    ...(encodes ? [ENCODED] : []),
    ...(plain.length > 0
      ? [`export PIP_TRUSTED_HOST="\${PIP_TRUSTED_HOST:+$PIP_TRUSTED_HOST }${plain.join(' ')}"`]
      : []),
    ...(primary ? [`export PIP_INDEX_URL="${addressOf(primary)}"`] : []),
    ...(further.length > 0
      ? [`export PIP_EXTRA_INDEX_URL="\${PIP_EXTRA_INDEX_URL:+$PIP_EXTRA_INDEX_URL }${further.join(' ')}"`]
      : []),
  ];
}

function addressOf({ url, user, password, encodes }: IndexAddress): string {
  if (encodes) return url.replace(/^[^@]*@/, before => before.replaceAll(/\$\{(\w+)\}/g, '$(encoded $1)'));
  if (user === undefined && password === undefined) return url;
  const name = user === undefined ? 'token' : `$(encoded ${user})`;
  const word = password === undefined ? '' : `:$(encoded ${password})`;
  return url.replace('://', `://${name}${word}@`);
}

/** Git is told of its keys. Hosts are known by the file that a secret lays at the usual place, else by what they say of themselves. */
function keyLines(secrets: readonly BuildSecret[] = []): readonly string[] {
  const keys = secrets.filter(({ isKey }) => isKey);
  if (keys.length === 0) return [];
  const isKnown = secrets.some(({ file }) => file?.endsWith('/.ssh/known_hosts'));
  const options = [
    ...keys.map(({ file }) => `-i ${file}`),
    '-o IdentitiesOnly=yes',
    '-o BatchMode=yes',
    `-o StrictHostKeyChecking=${isKnown ? 'yes' : 'accept-new'}`,
    ...(isKnown ? [] : ['-o UserKnownHostsFile=/dev/shm/quayside-hosts']),
  ];
  return [`export GIT_SSH_COMMAND="ssh ${options.join(' ')}"`];
}

/** A step that gets what others publish. */
export function fetching<S extends Extract<Step, { kind: 'script' | 'exec' }>>(step: S): S {
  return { ...step, fetches: true };
}

/** What an installation of Debian packages leaves that nothing reads again; the index of fonts holds the times of their directories, by which it is stale in an image. */
const LEFT_BEHIND = [
  '/var/lib/apt/lists/*',
  '/var/cache/apt/*',
  '/var/cache/debconf/*',
  '/var/cache/ldconfig/aux-cache',
  '/var/cache/fontconfig/*',
  '/var/lib/dpkg/*-old',
  '/var/log/apt',
  '/var/log/dpkg.log',
  '/var/log/alternatives.log',
];

/**
 * The command that takes away the bits by which a program or a directory lends its owner's rights to whoever uses it: nothing in an
 * image that is published needs them, and what breaks into the app would look for them first.
 */
export function lendNoRights(directory: string): string {
  return `find ${directory} -xdev -perm /6000 ! -type l -exec chmod a-s {} +`;
}

/** A step for the base of an image that is published, after its packages: neither borrowed rights nor package managers' caches stay. */
export function hardenBase(): Step {
  return shell('take away what only an installation needs', [lendNoRights('/'), `rm -rf ${LEFT_BEHIND.join(' ')}`]);
}

/** How long apt waits for a server that says nothing, and how often it asks again, each time later. */
const PATIENCE = '-o Acquire::Retries=3 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15';

/** In the shell: the first of several names that the image's release knows a package by, as apt itself says. */
const INSTALLABLE =
  'installable() { for name in "$@"; do if apt-get install -s -qq "$name" >/dev/null 2>&1; then echo "$name"; return; fi; done; echo "$1"; }';

function installable(wanted: DebianPackage): string {
  const names = quoteWords(namesOf(wanted));
  return typeof wanted === 'string' ? names : `"$(installable ${names})"`;
}

/** The commands that install Debian packages by their names, as words of a shell. */
export function aptInstall(words: readonly string[]): readonly string[] {
  return [...fetchAndInstall(words), removeLeftovers()];
}

function fetchAndInstall(words: readonly string[]): readonly string[] {
  return [
    // What failed to come is an error of its own, not one of packages that are not known.
    `apt-get update -qq ${PATIENCE} -o APT::Update::Error-Mode=any`,
    `apt-get install -y -qq ${PATIENCE} --no-install-recommends ${words.join(' ')}`,
  ];
}

/** The command that takes away what an installation of Debian packages leaves. */
export function removeLeftovers(): string {
  return `rm -rf ${LEFT_BEHIND.join(' ')}`;
}

/** For a script that installs Debian packages: nobody is there to answer. */
export const NO_QUESTIONS = 'export DEBIAN_FRONTEND=noninteractive';

/** The commands that install Debian packages, which leave lists and logs. */
export function installCommands(packages: readonly DebianPackage[]): readonly string[] {
  const words = [...new Set(packages.map(installable))].sort();
  const chooses = packages.some(wanted => typeof wanted !== 'string');
  return [...(chooses ? [INSTALLABLE] : []), ...fetchAndInstall(words)];
}

/** The names of packages as steps say them. */
export function debianNames(packages: readonly DebianPackage[]): readonly string[] {
  return [...new Set(packages.map(wanted => namesOf(wanted).join(',')))].sort();
}

/** A run step that installs Debian packages and leaves neither lists nor logs. No packages: no step. */
export function installPackages(title: string, packages: readonly DebianPackage[]): readonly Step[] {
  if (packages.length === 0) return [];
  const step = shell(title, [NO_QUESTIONS, ...installCommands(packages), removeLeftovers()]);
  return [fetching({ ...step, debian: debianNames(packages) })];
}
