/** What every definition of a supported thing has, whatever family it belongs to. */

/** A thing that Quayside supports, as docs/supported.md lists it. */
export interface Supported {
  /** Its name as people write it: `Next.js`. */
  readonly title: string;
  /** One line for docs/supported.md: what of it is supported, and how it is told. */
  readonly doc: string;
  /** Its place in the order of its family, lowest first, where that order matters. */
  readonly rank?: number;
}
