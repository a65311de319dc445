/** What is laid beside an image in a registry, as data: whoever pushes images pushes it. */
import { IN_TOTO, type Statement, statementText } from './statement.js';

/** Something about an image. */
export interface ImageDocument {
  readonly artifactType: string;
  readonly layers: readonly DocumentLayer[];
  /** What ends the tag under which cosign looks for it; absent: it does not. */
  readonly tagged?: 'sig' | 'att';
}

export interface DocumentLayer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A list of what an image consists of: found by whoever asks what refers to the image. */
export function sbomDocument(text: string, mediaType: SbomMediaType): ImageDocument {
  return { artifactType: mediaType, layers: [{ mediaType, bytes: Buffer.from(text), annotations: {} }] };
}

/** What such lists are called. */
export type SbomMediaType = 'application/vnd.cyclonedx+json' | 'application/spdx+json';

/** A statement that nobody has signed. */
export function unsignedStatement(statement: Statement): ImageDocument {
  const bytes = Buffer.from(statementText(statement));
  const annotations = { 'in-toto.io/predicate-type': statement.predicateType };
  return { artifactType: IN_TOTO, layers: [{ mediaType: IN_TOTO, bytes, annotations }] };
}
