/** What a reference to an image comes to. */
import type { ImageConfig } from '../objects/image-config.js';
import type { Op } from '../objects/op.js';

export interface ResolvedImage {
  readonly rootfs: Op;
  readonly config: ImageConfig;
  /** The whole name, with the digest where a registry gave one. */
  readonly reference: string;
}

export type ResolveImage = (address: string, platform: string) => Promise<ResolvedImage>;
