/**
 * Passwords and secrets of a run, the same wherever the run names them. What a person opens has random ones, gone with the run. Test runs
 * have the same at every run: they keep nobody out, since only containers of a run reach its services, and whatever an engine remembers
 * results by, and whichever functions share its session, one value for a name is found again and fits.
 */
import { createHash, randomBytes } from 'node:crypto';
import { dag, type Secret } from '@dagger.io/dagger';
import type { Profile } from '../plan/types.js';

/** A use of an app that services and secrets are made for, such as one of its suites; each has values of its own. */
export interface Run {
  /** Name of the app. */
  readonly app: string;
  /** Name of the suite or use. */
  readonly label: string;
  readonly profile: Profile;
}

const values = new Map<string, string>();

/** The value that a run has for a name. */
export function runValue(run: Run, what: string): string {
  const name = secretName(run, what);
  if (run.profile === 'test') return createHash('sha256').update(name).digest().subarray(0, 24).toString('base64url');
  const value = values.get(name) ?? randomBytes(24).toString('base64url');
  values.set(name, value);
  return value;
}

/** The value of a secret of the app's own: a Fernet key as well, and Base64 of 32 bytes, whichever of its alphabets is meant. */
export function appValue(run: Run, name: string): string {
  const value = runValue(run, name).replaceAll(/[-_]/g, 'x');
  return `${value.repeat(2).slice(0, 42)}A=`;
}

/** A secret of the run, with a value of its own when none is given. */
export function runSecret(run: Run, what: string, value = runValue(run, what)): Secret {
  return dag.setSecret(secretName(run, what), value);
}

/** Names are the same in every run: a name is part of what a result is remembered by, a value is not. */
function secretName({ app, label }: Run, what: string): string {
  return `quayside/${app}/${label}/${what}`;
}
