/** The parts of an image as an SPDX document in JSON: https://spdx.github.io/spdx-spec/v2.3/ */
import { createHash } from 'node:crypto';
import type { ImageInventory } from './inventory.js';
import { type LicenceClaim, textOf } from './licences.js';
import type { SoftwarePart } from './parts.js';
import { type AttestedImage, ociPurl, TOOL, uuidOf } from './subject.js';

const IMAGE = 'SPDXRef-Image';
const SYSTEM = 'SPDXRef-OperatingSystem';

/** Where nothing is known, the format wants that said. */
const UNSAID = { licenseConcluded: 'NOASSERTION', copyrightText: 'NOASSERTION', filesAnalyzed: false } as const;

/** Makes the document. The same parts of the same image make the same bytes. */
export function spdx(parts: readonly SoftwarePart[], release: ImageInventory['release'], image: AttestedImage): string {
  const entries = parts.flatMap(part => entriesOf(part, undefined));
  const system = release.id === undefined ? [] : [systemPackage(release.id, release)];
  const relationships = [
    ['SPDXRef-DOCUMENT', 'DESCRIBES', IMAGE] as const,
    ...system.map(() => [IMAGE, 'CONTAINS', SYSTEM] as const),
    ...entries.map(relationOf),
  ];
  const content = {
    packages: [imagePackage(image), ...system, ...entries.map(packageOf)],
    hasExtractedLicensingInfos: namedLicences(entries),
    relationships: relationships.map(([spdxElementId, relationshipType, relatedSpdxElement]) => ({
      spdxElementId,
      relationshipType,
      relatedSpdxElement,
    })),
  };
  const uuid = uuidOf(createHash('sha256').update(JSON.stringify(content)).digest());
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: image.name,
    documentNamespace: `urn:uuid:${uuid}`,
    creationInfo: {
      // The format has no document without a time.
      created: (image.created === undefined ? new Date(0) : new Date(image.created))
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      creators: [`Tool: ${TOOL.name}`],
    },
    documentDescribes: [IMAGE],
    ...content,
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

/** A part with its identifier, and that of what it lies inside of. */
interface Entry {
  readonly id: string;
  readonly part: SoftwarePart;
  readonly within: string | undefined;
}

function entriesOf(part: SoftwarePart, within: string | undefined): readonly Entry[] {
  const id = `SPDXRef-Package-${idOf(`${within ?? ''}${part.purl}`)}`;
  const said = `${part.kind}-${part.name}`.replaceAll(/[^A-Za-z0-9.-]+/g, '-');
  const entry = { id: id.replace('Package-', `Package-${said}-`), part, within };
  return [entry, ...part.parts.flatMap(inner => entriesOf(inner, entry.id))];
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function relationOf({ id, part: { scope }, within }: Entry): readonly [string, string, string] {
  if (within !== undefined) return [within, 'CONTAINS', id];
  switch (scope) {
    case 'required':
      return [IMAGE, 'CONTAINS', id];
    case 'optional':
      return [id, 'BUILD_DEPENDENCY_OF', IMAGE];
    case 'excluded':
      return [id, 'OPTIONAL_DEPENDENCY_OF', IMAGE];
  }
}

function imagePackage(image: AttestedImage) {
  const purl = ociPurl(image);
  return {
    ...UNSAID,
    SPDXID: IMAGE,
    name: image.name,
    versionInfo: image.version ?? image.digest,
    downloadLocation: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    primaryPackagePurpose: 'CONTAINER',
    summary: `image for ${image.platform}`,
    externalRefs: purl === undefined ? undefined : [packageReference(purl)],
  };
}

function systemPackage(id: string, { version, title }: ImageInventory['release']) {
  return {
    ...UNSAID,
    SPDXID: SYSTEM,
    name: id,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    primaryPackagePurpose: 'OPERATING-SYSTEM',
    summary: title,
  };
}

function packageOf({ id, part }: Entry) {
  const files = part.files === undefined ? '' : `; the list of its files has SHA-256 ${part.files}`;
  return {
    ...UNSAID,
    SPDXID: id,
    name: part.name,
    versionInfo: part.version,
    supplier: part.supplier === undefined ? undefined : `Organization: ${part.supplier}`,
    downloadLocation: part.origin ?? 'NOASSERTION',
    homepage: part.homepage,
    sourceInfo: `found by ${part.proofs.join(', ')}${files}`,
    licenseDeclared: declared(part.licences),
    primaryPackagePurpose: part.kind === 'generic' ? 'APPLICATION' : 'LIBRARY',
    checksums:
      part.hashes.length === 0
        ? undefined
        : part.hashes.map(({ algorithm, hex }) => ({ algorithm: algorithm.replace('-', ''), checksumValue: hex })),
    externalRefs: [packageReference(part.purl)],
  };
}

function packageReference(purl: string) {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl };
}

/** All licences that a package names hold for some of it. */
function declared(claims: readonly LicenceClaim[]): string {
  if (claims.length === 0) return 'NOASSERTION';
  return claims
    .map(claim => {
      if (claim.kind === 'name') return namedReference(claim.name);
      return claim.kind === 'expression' && claims.length > 1 ? `(${claim.expression})` : textOf(claim);
    })
    .join(' AND ');
}

function namedReference(name: string): string {
  const said = name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 40);
  return `LicenseRef-${said}-${idOf(name)}`;
}

/** Licences that SPDX has no word for have to be brought along, in the words that the package has for them. */
function namedLicences(entries: readonly Entry[]) {
  const names = entries.flatMap(({ part }) =>
    part.licences.flatMap(claim => (claim.kind === 'name' ? [claim.name] : [])),
  );
  return [...new Set(names)].sort().map(name => ({
    licenseId: namedReference(name),
    name,
    extractedText: name,
  }));
}
