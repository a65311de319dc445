/** The image that a document is about, and what documents call themselves. */

/** An image, and when it was made. */
export interface AttestedImage {
  /** Its name, such as `shop` or `shop-frontend`. */
  readonly name: string;
  /** `linux/arm64` */
  readonly platform: string;
  /** Of its manifest, where that is known: `sha256:…` */
  readonly digest?: string | undefined;
  /** Its repository, without a tag, where it has one. */
  readonly address?: string | undefined;
  /** Version of the app, where one is known. */
  readonly version?: string | undefined;
  /** Time of the commit that it was built from, ISO 8601; documents have no other time. */
  readonly created?: string | undefined;
}

/** What makes the documents. */
export const TOOL = { name: 'quayside' } as const;

/** A UUID of a digest: version 8, whose bits are its maker's own, of RFC 9562. */
export function uuidOf(digest: Uint8Array): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The package URL of an image; undefined where its digest is not known. */
export function ociPurl({ name, digest, address, platform }: AttestedImage): string | undefined {
  if (digest === undefined) return undefined;
  const last = address?.split('/').at(-1) ?? name;
  const arch = platform.split('/').slice(1).join('/');
  const qualifiers = [
    `arch=${encodeURIComponent(arch)}`,
    ...(address === undefined ? [] : [`repository_url=${encodeURIComponent(address)}`]),
  ];
  return `pkg:oci/${encodeURIComponent(last)}@${encodeURIComponent(digest)}?${qualifiers.join('&')}`;
}
