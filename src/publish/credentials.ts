/** Who asks a registry. */
import type { Secret } from '@dagger.io/dagger';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { addressOf, type Repository } from '../registry/address.js';
import type { Credentials } from '../registry/authorization.js';
import { signedIn } from '../registry/credentials.js';

/** Credentials as they are given to a function. */
export interface GivenCredentials {
  readonly username: string | undefined;
  readonly password: Secret | undefined;
}

/** Those that are given, else those of whoever is signed in; rejects with a DiagnosticError when half of them are given. */
export async function credentialsOf(
  repository: Repository,
  { username, password }: GivenCredentials,
): Promise<Credentials | undefined> {
  if (username !== undefined && password !== undefined)
    return { kind: 'password', username, password: await password.plaintext() };
  if (username !== undefined || password !== undefined)
    throw new DiagnosticError([diagnose('QS907', { given: username === undefined ? 'password' : 'username' })]);
  return signedIn(addressOf(repository));
}
