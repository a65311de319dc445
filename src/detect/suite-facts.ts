/** What detection knows about an app's suites of tests. */
import type { Place } from '../diagnostics/place.js';
import type { Sourced } from '../source/sourced.js';
import type { ServiceKind } from '../support/run-services.js';
import type { NodeProject } from './frontend-facts.js';

export type SuiteName = 'unit' | 'e2e' | 'lint' | 'typecheck' | 'format';

export interface SuiteFacts {
  readonly name: SuiteName;
  /** Arguments of the suite's command, such as ['pytest', 'tests/unit']. */
  readonly command: readonly string[];
  readonly place: Place;
  /** In words: what else runs it so. */
  readonly why?: string;
  /** Variables that the authors' own command gives it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Directory of the app that it runs in; absent: the app's own. */
  readonly directory?: string;
  /** Options of the authors' own command that are left out. */
  readonly optionsLeft?: Sourced<string>;
  /** Dependency groups the suite needs beside the main one. Default: the group with the test tools. */
  readonly groups?: readonly string[];
  /** Locked version of Playwright when the suite drives a browser, such as `1.58.0`. */
  readonly browser?: Sourced<string>;
  /** Requirements that no dependency brings: they are installed for this suite alone. */
  readonly tools?: readonly Sourced<string>[];
  /** Why none of the tests can run: they start containers themselves, with the named library. */
  readonly blocked?: Sourced<string>;
  /** Test files that are left out of the suite. */
  readonly leftOut?: readonly Sourced<string>[];
  /** Why browser tests run with the app's code, packages and services, and whether they start it themselves. */
  readonly app?: Sourced<string>;
  readonly startsApp?: boolean;
  /** Options of pytest's settings in place of those that stand there, and what is left out of them. */
  readonly options?: { readonly kept: readonly string[]; readonly left: Sourced<string> };
  /** Files around the tests that import the app, which browser tests run without. */
  readonly without?: readonly Sourced<string>[];
}

/** A suite that runs in Node, with the packages of a package.json. */
export interface NodeSuiteFacts {
  readonly name: Exclude<SuiteName, 'unit'>;
  readonly project: NodeProject;
  /** A program of an installed package, with its arguments. */
  readonly program: readonly string[];
  readonly place: Place;
  /** Locked version of Playwright when the suite drives a browser. */
  readonly browser?: Sourced<string>;
  /** Variable that its configuration reads the address of the app from; absent: the address stands in it. */
  readonly addressVariable?: Sourced<string>;
  /** Its configuration, by the name of its file, where that starts a server or has a fixed address: both are left out of it. */
  readonly mended?: Sourced<string>;
  /** Its configuration, where that starts the frontend itself, and nobody else here does. */
  readonly ownServer?: Sourced<string>;
  /** Variables that its tests read beside that of the address; absent: none are known. */
  readonly env?: readonly BrowserVariable[];
}

/** A variable of browser tests: one that the app has as well, the app's own address, or that of a service which tests look into. */
export type BrowserVariable =
  | { readonly kind: 'app' | 'address'; readonly variable: Sourced<string> }
  | {
      readonly kind: 'service';
      readonly variable: Sourced<string>;
      readonly service: ServiceKind;
      /** The port that pages are served at. */
      readonly port: number;
    };
