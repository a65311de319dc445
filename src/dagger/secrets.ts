/** Passwords and secrets of a run: random, the same wherever the run names them, and gone with it. */
import { randomBytes } from 'node:crypto';
import { dag, type Secret } from '@dagger.io/dagger';

/** What secrets are made for: a use of an app, such as one of its suites; each has values of its own. */
export interface Use {
  /** Name of the app. */
  readonly app: string;
  /** Name of the suite or use. */
  readonly label: string;
}

const values = new Map<string, string>();

/** A random value made once per run for a name. */
export function randomValue(use: Use, what: string): string {
  const name = secretName(use, what);
  const value = values.get(name) ?? randomBytes(24).toString('base64url');
  values.set(name, value);
  return value;
}

/** A secret of the run, with a value of its own when none is given. */
export function runSecret(use: Use, what: string, value = randomValue(use, what)): Secret {
  return dag.setSecret(secretName(use, what), value);
}

/** Names are the same in every run: a name is part of what a result is remembered by, a value is not. */
function secretName({ app, label }: Use, what: string): string {
  return `quayside/${app}/${label}/${what}`;
}
