/** Signatures of several keys in one manifest, as cosign keeps them. */
import { documentIn } from './documents.js';
import type { Descriptor, Manifest } from './repository.js';

/** A layer of such a manifest. */
export interface SignedLayer extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Says which key has signed what: `KEY:DIGEST`. Set by whoever signs. */
const MARK = 'quayside.signed';

/** The layers of a manifest; none where it has none. Throws a RegistryFailure where it is not as registries have it. */
export function layersOf({ bytes, digest }: Manifest): readonly SignedLayer[] {
  return documentIn('layers', bytes, `reading ${digest.slice(0, 19)}`).layers ?? [];
}

/**
 * What is there, with what is new: signatures of others stay; what the same key has said before of the same kind gives way; and what it has signed
 * already is not signed once more.
 */
export function signedTogether(there: readonly SignedLayer[], added: readonly SignedLayer[]): readonly SignedLayer[] {
  const mark = (layer: SignedLayer) => layer.annotations?.[MARK];
  const isThere = (layer: SignedLayer) => mark(layer) !== undefined && there.some(known => mark(known) === mark(layer));
  const fresh = added.filter(layer => !isThere(layer));
  const kind = (layer: SignedLayer) => layer.annotations?.predicateType;
  const key = (layer: SignedLayer) => mark(layer)?.split(':')[0];
  const gives = (known: SignedLayer) =>
    fresh.some(layer => kind(layer) !== undefined && kind(layer) === kind(known) && key(layer) === key(known));
  return [...there.filter(known => !gives(known)), ...fresh];
}
