/** What detection knows of the variables that an app reads. */
import type { Place } from '../diagnostics/place.js';
import type { Sourced } from '../source/sourced.js';
import type { ValueKind } from '../support/value-kinds.js';

/** A variable that the code reads. */
export interface AppVariable {
  readonly name: string;
  /** The literal default, when there is one. */
  readonly fallback?: string;
  /** What turns it off, where its default turns it on and is no text. */
  readonly off?: string;
  /** Somewhere it is read without any default. */
  readonly required: boolean;
  /** Where it is read, in the order of files and lines. */
  readonly places: readonly Place[];
}

/** A variable that the app fails without, and for which nothing of the source has a value in its image. */
export interface NeededVariable {
  readonly name: string;
  readonly kind: ValueKind;
  /** Where it is read. */
  readonly place: Place;
  /** What trials have in its place, where nobody gives anything; absent: a random secret. */
  readonly trial?: string;
  /** It is read where a condition holds, or something is called, and not whenever the app starts. */
  readonly sometimes?: true;
  /** The tests give it a value themselves. */
  readonly setByTests?: true;
}

/** A plain value of a variable, as the app's deployment gives it. */
export interface GivenValue {
  readonly name: string;
  readonly value: Sourced<string>;
  /** Whether the app's own image has it, and not only what runs it. */
  readonly inImage: boolean;
  /** It says that developers look at the app, which does without it: production is not told so. */
  readonly forDevelopers?: true;
  /** Only images that people use have it; tests have another, or none, and so do developers, who have that of tests where none is here. */
  readonly forPeople?: { readonly tests?: string; readonly developers?: string };
}
