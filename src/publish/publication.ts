/**
 * What `publish` returns, field by field part of the API that an engine serves. Its loader knows types of this form alone (an alias of an object, with
 * plain arrays and primitives), and reads how the numbers are meant from the text: they are integers.
 */

/** What was published. */
export type Publication = {
  /** One for each image of the app, the web server's first. */
  images: PublishedImage[];
  /** How much was sent of all layers, in bytes. */
  sent: number;
  /** Whether nothing was written to the registry: what would have been sent is counted as if it was. */
  dryRun: boolean;
};

/** What became of an image. */
export type PublishedImage = {
  component: string;
  /** Its repository, such as ghcr.io/acme/shop. */
  address: string;
  /** Digest of the index. */
  digest: string;
  platforms: PublishedPlatform[];
  attached: PublishedAttachment[];
  tags: PublishedTag[];
};

/** What became of one platform's image. */
export type PublishedPlatform = {
  platform: string;
  digest: string;
  /** Size of its layers, compressed, in bytes. */
  size: number;
  layers: PublishedLayers;
  /** How much of its layers was sent, in bytes. */
  sent: number;
};

/** How many layers were in the repository, were taken over from another of the same registry, and were pushed. */
export type PublishedLayers = {
  there: number;
  mounted: number;
  pushed: number;
};

/** What was attached to an image or an index. */
export type PublishedAttachment = {
  name: string;
  /** Digest of what it is attached to. */
  subject: string;
  digest: string;
  /** there or written */
  fate: string;
};

/** A tag of an image. */
export type PublishedTag = {
  name: string;
  /** Whether it goes from one image to the next. One that does not, stays what it was published as. */
  moving: boolean;
  /** there (it was this image already) or written */
  fate: string;
};
