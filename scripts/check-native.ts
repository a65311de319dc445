/**
 * Checks the names in src/support/native against the package lists of each release of Debian, with an apt of its own beside
 * the machine's: `npm run check:native`. Prints what apt cannot install and exits 1 when there is such a name.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN_RELEASES, type DebianRelease } from '../src/support/native/definition.js';
import { debianPackages } from './debian-packages.js';

const ARCHITECTURE = 'amd64';

/** Runs one of apt's programs with a configuration; gives what it printed. @throws when it fails, with what it said */
function apt(program: string, args: readonly string[], config?: string): string {
  const env = config === undefined ? process.env : { ...process.env, APT_CONFIG: config };
  return execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Where this machine takes Debian's main archive from. */
function archive(): string {
  const listed = apt('apt-get', [
    'indextargets',
    '--format',
    '$(ORIGIN) $(COMPONENT) $(REPO_URI)',
    'Created-By: Packages',
  ]);
  const uri = listed.split('\n').flatMap(line => /^Debian main (\S+\/debian\/)$/.exec(line)?.[1] ?? [])[0];
  if (uri === undefined)
    throw new Error('no source of this machine is the main archive of Debian: apt-get update first');
  return uri;
}

/** Downloads the package list of a release; gives the path of the configuration that apt reads it with. */
function listOf(release: DebianRelease, uri: string, root: string): string {
  for (const directory of ['lists/partial', 'cache/archives/partial', 'etc']) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  writeFileSync(join(root, 'sources.list'), `deb [arch=${ARCHITECTURE}] ${uri} ${release} main\n`);
  // Nothing is installed there: every package and all it needs must come from the list.
  writeFileSync(join(root, 'status'), '');
  const config = join(root, 'apt.conf');
  const settings = {
    'Dir::Etc::SourceList': join(root, 'sources.list'),
    'Dir::Etc::SourceParts': join(root, 'etc'),
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': join(root, 'etc'),
    'Dir::State::Lists': join(root, 'lists'),
    'Dir::State::Status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'APT::Architecture': ARCHITECTURE,
    'APT::Architectures': ARCHITECTURE,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  writeFileSync(
    config,
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(''),
  );
  apt('apt-get', ['update', '-qq'], config);
  return config;
}

/** Why apt cannot install packages; undefined when it can, be it by names that exactly one other package provides. */
function refusal(names: readonly string[], config: string): string | undefined {
  try {
    apt('apt-get', ['install', '--simulate', '-qq', '--no-install-recommends', ...names], config);
    return undefined;
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error).trim();
  }
}

const directory = mkdtempSync(join(tmpdir(), 'quayside-native-'));
try {
  const uri = archive();
  for (const release of DEBIAN_RELEASES) {
    const config = listOf(release, uri, join(directory, release));
    const names = debianPackages().map(wanted => (typeof wanted === 'string' ? wanted : wanted[release]));
    // All at once takes a moment; which of them it is, or whether two only exclude each other, shows when each is asked for.
    const suspects = refusal(names, config) === undefined ? [] : names.toSorted();
    const refusals = suspects.flatMap(name => {
      const why = refusal([name], config);
      return why === undefined ? [] : [`${release}: ${name}: ${why}`];
    });
    console.log(
      [...refusals, `${release}: ${names.length - refusals.length} of ${names.length} names found`].join('\n'),
    );
    if (refusals.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
