/** Signatures of several keys in one manifest, as cosign keeps them. */
import { documentIn } from './documents.js';
import type { Descriptor, Manifest } from './repository.js';

/** A layer of such a manifest. */
export interface SignedLayer extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Says who has signed what: `WHO:DIGEST`. Set by whoever signs. */
const MARK = 'quayside.signed';

/** The layers of a manifest; none where it has none. Throws a RegistryFailure where it is not as registries have it. */
export function layersOf({ bytes, digest }: Manifest): readonly SignedLayer[] {
  return documentIn('layers', bytes, `reading ${digest.slice(0, 19)}`).layers ?? [];
}

/**
 * What is there, with what is new: signatures of others stay; what the same somebody has said before of the same kind, or of the same bytes, gives way; and
 * what is there already stays where it is.
 */
export function signedTogether(there: readonly SignedLayer[], added: readonly SignedLayer[]): readonly SignedLayer[] {
  const fresh = added.filter(layer => !there.some(known => isSame(known, layer)));
  const mark = (layer: SignedLayer) => layer.annotations?.[MARK];
  const kind = (layer: SignedLayer) => layer.annotations?.predicateType;
  const who = (layer: SignedLayer) => mark(layer)?.split(':')[0];
  const isByOne = (layer: SignedLayer, known: SignedLayer) => who(layer) !== undefined && who(layer) === who(known);
  const isOfOneKind = (layer: SignedLayer, known: SignedLayer) =>
    mark(layer) === mark(known) || (kind(layer) !== undefined && kind(layer) === kind(known));
  const saysAgain = (layer: SignedLayer, known: SignedLayer) => isByOne(layer, known) && isOfOneKind(layer, known);
  return [...there.filter(known => !fresh.some(layer => saysAgain(layer, known))), ...fresh];
}

/** Whether a layer says that it is by somebody. */
export function isMarkedBy({ annotations }: SignedLayer, who: string): boolean {
  return annotations?.[MARK]?.split(':')[0] === who;
}

/** A signature may lie in the annotations alone. */
function isSame(one: SignedLayer, other: SignedLayer): boolean {
  const said = ({ annotations = {} }: SignedLayer) => JSON.stringify(Object.entries(annotations).sort());
  return one.digest === other.digest && said(one) === said(other);
}
