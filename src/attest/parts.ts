/** From the inventory of an image, and the lock files that something in it was built from, to a list of its parts. */
import { publicAddress } from './address.js';
import type { BuiltFrom, ImageInventory, LockedPart, NodePackage, PythonPackage, SystemPackage } from './inventory.js';
import {
  debianLicences,
  type LicenceClaim,
  type LicenceWords,
  licenceClaims,
  licenceWords,
  pythonLicences,
} from './licences.js';

/** A hash of the archive that a package came as. */
export interface ArchiveHash {
  readonly algorithm: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly hex: string;
}

/** Something in an image that has a name and a version. */
export interface SoftwarePart {
  readonly kind: 'deb' | 'apk' | 'pypi' | 'npm' | 'generic';
  readonly name: string;
  readonly version: string;
  /** Its package URL: https://github.com/package-url/purl-spec */
  readonly purl: string;
  readonly licences: readonly LicenceClaim[];
  readonly hashes: readonly ArchiveHash[];
  /** Address of its archive or its repository, without credentials. */
  readonly origin?: string | undefined;
  readonly homepage?: string | undefined;
  readonly supplier?: string | undefined;
  /** SHA-256 of the list of its files in the image. */
  readonly files?: string | undefined;
  /**
   * `required`: it is in the image, or built into it. `optional`: it was there when something in the image was built. `excluded`: a lock file
   * names it, and it was not installed, as when it is for another system.
   */
  readonly scope: 'required' | 'optional' | 'excluded';
  /** The files that say so: absolute in the image, relative in the source. */
  readonly proofs: readonly string[];
  /** What it carries inside of itself. */
  readonly parts: readonly SoftwarePart[];
}

interface Purl {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version: string;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

interface Making {
  readonly words: LicenceWords;
  purl(of: Purl): string;
}

/** The parts of an image, each once, sorted by their package URLs. */
export async function softwareParts(
  inventory: ImageInventory,
  builtFrom: readonly BuiltFrom[],
): Promise<readonly SoftwarePart[]> {
  const [words, { PackageURL }] = await Promise.all([licenceWords(), import('packageurl-js')]);
  const purl = ({ type, namespace, name, version, qualifiers = {} }: Purl): string => {
    const given = Object.entries(qualifiers).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, wellFormed(value)]],
    );
    const [space, called, number] = [namespace && wellFormed(namespace), wellFormed(name), wellFormed(version)];
    // The library leaves it as it is, which the specification does not: some read it as a space.
    return new PackageURL(type, space, called.trim() || UNNAMED, number, Object.fromEntries(given), undefined)
      .toString()
      .replaceAll('+', '%2B');
  };
  const making = { words, purl };
  return eachOnce([
    ...inventory.debian.map(one => systemPart('deb', one, inventory.release, making)),
    ...inventory.alpine.map(one => systemPart('apk', one, inventory.release, making)),
    ...pythonParts(inventory.python, making),
    ...inventory.node.map(one => nodePart(one, making)),
    ...builtFrom.flatMap(one => builtParts(one, making)),
    ...inventory.runtimes.map(({ name, version, proof }) => ({
      ...plain('generic', name, version),
      purl: purl({ type: 'generic', name, version }),
      proofs: [proof],
    })),
  ]);
}

/** What stands for the name of something that a lock file gives none. */
const UNNAMED = 'unnamed';

/** Text without halves of characters, which JSON may hold and an address may not. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function plain(kind: SoftwarePart['kind'], name: string, version: string) {
  return { kind, name, version, licences: [], hashes: [], scope: 'required' as const, parts: [] };
}

function systemPart(
  kind: 'deb' | 'apk',
  { name, version, architecture, source, sourceVersion = version, ...rest }: SystemPackage,
  release: ImageInventory['release'],
  { words, purl }: Making,
): SoftwarePart {
  const { licences = [], maintainer, homepage, sha256, proof } = rest;
  // What scanners look a package's faults up by, where it has another name or number than what it is built from.
  const upstream = source === undefined ? undefined : sourceVersion === version ? source : `${source}@${sourceVersion}`;
  return {
    ...plain(kind, name, version),
    purl: purl({
      type: kind,
      namespace: release.id,
      name,
      version,
      qualifiers: {
        arch: architecture,
        distro: release.id && release.version && `${release.id}-${release.version}`,
        upstream: upstream === name ? undefined : upstream,
      },
    }),
    licences: kind === 'deb' ? debianLicences(licences, words) : licenceClaims(licences, words),
    supplier: maintainer?.replaceAll(/\s+/g, ' '),
    homepage: homepage !== undefined && /^https?:\/\/\S+$/.test(homepage) ? homepage : undefined,
    files: sha256,
    proofs: [proof],
  };
}

/** What is carried inside of another package stands below that, where it is known. */
function pythonParts(packages: readonly PythonPackage[], making: Making): readonly SoftwarePart[] {
  const carried = packages.filter(({ within }) => within !== undefined);
  const holderOf = ({ within, proof }: PythonPackage): PythonPackage | undefined =>
    packages.find(
      candidate =>
        candidate.within === undefined && candidate.name === within && proof.startsWith(siteOf(candidate.proof)),
    );
  const holders = new Map(carried.map(one => [one, holderOf(one)] as const));
  const isTop = (one: PythonPackage) => one.within === undefined || holders.get(one) === undefined;
  return packages.filter(isTop).map(one => ({
    ...pythonPart(one, making),
    parts: eachOnce(carried.filter(inner => holders.get(inner) === one).map(inner => pythonPart(inner, making))),
  }));
}

/** The directory that a package's metadata lies in. */
function siteOf(proof: string): string {
  return proof.split('/').slice(0, -2).join('/');
}

/** Names as Python's index compares them. */
function usual(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function pythonPart(one: PythonPackage, { words, purl }: Making): SoftwarePart {
  const { name, version, archive, url, commit, sha256, proof } = one;
  const origin = url === undefined ? undefined : publicAddress(url);
  const qualifiers =
    origin === undefined
      ? {}
      : commit === undefined
        ? { download_url: origin }
        : { vcs_url: `git+${origin}@${commit}` };
  return {
    ...plain('pypi', name, version),
    purl: purl({ type: 'pypi', name: usual(name), version, qualifiers }),
    licences: pythonLicences(one, words),
    hashes: archive === undefined ? [] : [{ algorithm: 'SHA-256', hex: archive }],
    origin,
    files: sha256,
    proofs: [proof],
  };
}

function nodePart({ name, version, licences = [], proof }: NodePackage, { words, purl }: Making): SoftwarePart {
  const [scope, bare] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    ...plain('npm', name, version),
    purl: purl({ type: 'npm', namespace: scope, name: bare ?? name, version }),
    licences: licenceClaims(licences, words),
    proofs: [proof],
  };
}

/** What a lock file names, with what was installed of it: its licences are known from there. */
function builtParts({ path, packages, installed }: BuiltFrom, making: Making): readonly SoftwarePart[] {
  const key = ({ name, version }: { readonly name: string; readonly version: string }) => `${name}@${version}`;
  const there = new Map(installed.map(one => [key(one), one]));
  return packages.map(entry => {
    const found = there.get(key(entry));
    const said = found?.licences ?? (entry.licence === undefined ? [] : [entry.licence]);
    return {
      ...nodePart({ name: entry.name, version: entry.version, licences: said, proof: path }, making),
      hashes: hashesOf(entry.integrity ?? ''),
      origin: entry.url === undefined ? undefined : publicAddress(entry.url),
      scope: scopeOf(entry, installed.length === 0 || found !== undefined),
    };
  });
}

function scopeOf({ dev, optional }: LockedPart, isInstalled: boolean): SoftwarePart['scope'] {
  if (!isInstalled) return 'excluded';
  return dev || optional ? 'optional' : 'required';
}

/** Hashes as `sha512-BASE64`, of which a package may have several. */
function hashesOf(integrity: string): readonly ArchiveHash[] {
  return [...integrity.matchAll(/\bsha(1|256|384|512)-([A-Za-z0-9+/]+=*)/g)].map(([, bits, base64]) => ({
    algorithm: `SHA-${bits}` as ArchiveHash['algorithm'],
    hex: Buffer.from(base64!, 'base64').toString('hex'),
  }));
}

const SCOPES = ['required', 'optional', 'excluded'] as const;

/** What is found in several places is one part, with the files that say so of all. */
function eachOnce(parts: readonly SoftwarePart[]): readonly SoftwarePart[] {
  const once = new Map<string, SoftwarePart>();
  for (const part of parts) {
    const known = once.get(part.purl);
    once.set(part.purl, known === undefined ? part : merged(known, part));
  }
  return [...once.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1));
}

function merged(a: SoftwarePart, b: SoftwarePart): SoftwarePart {
  return {
    ...a,
    licences: a.licences.length > 0 ? a.licences : b.licences,
    hashes: a.hashes.length > 0 ? a.hashes : b.hashes,
    origin: a.origin ?? b.origin,
    files: a.files ?? b.files,
    scope: SCOPES.find(scope => a.scope === scope || b.scope === scope)!,
    proofs: [...new Set([...a.proofs, ...b.proofs])].sort(),
    parts: eachOnce([...a.parts, ...b.parts]),
  };
}
