/** The parts of an image as a CycloneDX document: https://cyclonedx.org/docs/1.6/json/ */
import { createHash } from 'node:crypto';
import type * as CycloneDx from '@cyclonedx/cyclonedx-library/Models';
import type { ImageInventory } from './inventory.js';
import { type LicenceClaim, textOf } from './licences.js';
import type { SoftwarePart } from './parts.js';
import { type AttestedImage, ociPurl, TOOL, uuidOf } from './subject.js';

/** What of the library the document is made with; loaded when one is. */
type Library = Awaited<ReturnType<typeof library>>;

async function library() {
  const [Models, Enums, Spec, Serialize] = await Promise.all([
    import('@cyclonedx/cyclonedx-library/Models'),
    import('@cyclonedx/cyclonedx-library/Enums'),
    import('@cyclonedx/cyclonedx-library/Spec'),
    import('@cyclonedx/cyclonedx-library/Serialize'),
  ]);
  return { Models, Enums, Spec, Serialize };
}

/** Makes the document. The same parts of the same image make the same bytes. */
export async function cycloneDx(
  parts: readonly SoftwarePart[],
  release: ImageInventory['release'],
  image: AttestedImage,
): Promise<string> {
  const made = await library();
  const { Models, Enums, Spec, Serialize } = made;
  const components = parts.map(part => componentOf(part, '', made));
  const system =
    release.id === undefined
      ? []
      : [
          new Models.Component(Enums.ComponentType.OperatingSystem, release.id, {
            bomRef: `operating-system/${release.id}`,
            ...(release.version !== undefined && { version: release.version }),
            ...(release.title !== undefined && { description: release.title }),
          }),
        ];
  const all = [...system, ...components];
  const bom = new Models.Bom({
    metadata: metadataOf(image, all, made),
    components: new Models.ComponentRepository(all),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  // The library sorts by the words of whatever language the machine speaks; all of this is sorted.
  const document = JSON.parse(serializer.serialize(bom, { sortLists: false })) as Record<string, unknown>;
  const proven = { ...document, components: withProofs(document.components, proofsOf(parts, '')) };
  const text = JSON.stringify(proven);
  const serialNumber = `urn:uuid:${uuidOf(createHash('sha256').update(text).digest())}`;
  const { $schema, bomFormat, specVersion, ...rest } = proven as Record<string, unknown>;
  return `${JSON.stringify({ $schema, bomFormat, specVersion, serialNumber, ...rest }, undefined, 1)}\n`;
}

function metadataOf(
  image: AttestedImage,
  components: readonly CycloneDx.Component[],
  { Models, Enums }: Library,
): CycloneDx.Metadata {
  const purl = ociPurl(image);
  const component = new Models.Component(Enums.ComponentType.Container, image.name, {
    bomRef: `image/${image.name}`,
    ...(image.version !== undefined && { version: image.version }),
    ...(purl !== undefined && { purl }),
    properties: new Models.PropertyRepository([new Models.Property('quayside:platform', image.platform)]),
    dependencies: new Models.BomRefRepository(components.map(({ bomRef }) => bomRef)),
  });
  const tool = new Models.Component(Enums.ComponentType.Application, TOOL.name, { bomRef: `tool/${TOOL.name}` });
  return new Models.Metadata({
    component,
    tools: new Models.Tools({ components: new Models.ComponentRepository([tool]) }),
    ...(image.created !== undefined && { timestamp: new Date(image.created) }),
  });
}

/** Within another one, a part has a reference of its own: the same package may stand beside that as well. */
const referenceOf = (part: SoftwarePart, around: string): string => `${around}${part.purl}`;

function componentOf(part: SoftwarePart, around: string, made: Library): CycloneDx.Component {
  const { Models, Enums } = made;
  const { ComponentType, ComponentScope } = Enums;
  const reference = referenceOf(part, around);
  const [group, name] = part.name.startsWith('@') ? part.name.split('/') : [undefined, part.name];
  const scopes = {
    required: ComponentScope.Required,
    optional: ComponentScope.Optional,
    excluded: ComponentScope.Excluded,
  };
  return new Models.Component(
    part.kind === 'generic' ? ComponentType.Platform : ComponentType.Library,
    name ?? part.name,
    {
      bomRef: reference,
      ...(group !== undefined && { group }),
      version: part.version,
      purl: part.purl,
      scope: scopes[part.scope],
      ...(part.supplier !== undefined && { supplier: new Models.OrganizationalEntity({ name: part.supplier }) }),
      hashes: new Models.HashDictionary(part.hashes.map(({ algorithm, hex }) => [algorithm as CycloneDx.Hash[0], hex])),
      licenses: licencesOf(part.licences, made),
      externalReferences: referencesOf(part, made),
      properties: new Models.PropertyRepository(
        part.files === undefined ? [] : [new Models.Property('quayside:files:sha256', part.files)],
      ),
      components: new Models.ComponentRepository(part.parts.map(inner => componentOf(inner, `${reference}/`, made))),
    },
  );
}

/** The format has one expression, or any number of licences. */
function licencesOf(claims: readonly LicenceClaim[], { Models }: Library): CycloneDx.LicenseRepository {
  const [first] = claims;
  if (claims.length === 1 && first?.kind === 'expression')
    return new Models.LicenseRepository([new Models.LicenseExpression(first.expression)]);
  return new Models.LicenseRepository(
    claims.map(claim =>
      claim.kind === 'id' ? new Models.SpdxLicense(claim.id) : new Models.NamedLicense(textOf(claim)),
    ),
  );
}

function referencesOf({ homepage, origin }: SoftwarePart, { Models, Enums }: Library) {
  const { ExternalReferenceType } = Enums;
  return new Models.ExternalReferenceRepository([
    ...(origin === undefined ? [] : [new Models.ExternalReference(origin, ExternalReferenceType.Distribution)]),
    ...(homepage === undefined ? [] : [new Models.ExternalReference(homepage, ExternalReferenceType.Website)]),
  ]);
}

function proofsOf(parts: readonly SoftwarePart[], around: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    parts.flatMap(part => {
      const reference = referenceOf(part, around);
      return [[reference, part.proofs] as const, ...proofsOf(part.parts, `${reference}/`)];
    }),
  );
}

/** The files that show each part, as evidence: the library has no words for where something occurs. */
function withProofs(components: unknown, proofs: ReadonlyMap<string, readonly string[]>): unknown {
  return (components as readonly Record<string, unknown>[] | undefined)?.map(component => {
    const found = proofs.get(component['bom-ref'] as string);
    return {
      ...component,
      ...(component.components !== undefined && { components: withProofs(component.components, proofs) }),
      ...(found !== undefined && { evidence: { occurrences: found.map(location => ({ location })) } }),
    };
  });
}
