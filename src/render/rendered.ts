/** Text files made of a plan, and what of the source they depend on. */

/** A file that is rendered: where it lies in the source, and all of its text. */
export interface Rendered {
  readonly path: string;
  readonly text: string;
  /** Whether it is a program. */
  readonly executable?: true;
}

/** What of an app's source its files are written for, beside the plan. */
export interface RenderedSource {
  /** Paths of its files. */
  readonly paths: readonly string[];
  /** The .gitignore files, by the directory that they lie in; '' is the source itself. */
  readonly gitignores: Readonly<Record<string, string>>;
  /** Those of its files that are in the places of rendered ones, and are not among them: places.ts. */
  readonly taken?: readonly string[];
}

/** Where the files lie that images and services bring: they belong to the rendered ones, and to nothing else of the source. */
export const BROUGHT = '.quayside';

/** First line of every file that can hold a comment. */
export const HEADER = 'Rendered by quayside eject from the plan of this app; what you change here is kept.';
