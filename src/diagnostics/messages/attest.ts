/** Messages about documents on images. */
import { message } from '../message.js';

export const ATTEST_MESSAGES = {
  QS920: message<{ readonly format: string; readonly known: readonly string[] }>({
    title: 'Not a format for lists of parts',
    about: 'What an image consists of is told as CycloneDX 1.6 or as SPDX 2.3, both in JSON.',
    words: ({ format, known }) => ({
      problem: `"${format}" is no format for what an image consists of`,
      expected: `one of ${known.join(', ')}`,
      fix: 'correct --format',
    }),
  }),
  QS921: message<{ readonly reason: 'unreadable' | 'wrong password' | 'password missing' }>({
    title: 'The signing key cannot be used',
    about:
      'Images are signed by a private key of ECDSA, RSA or Ed25519: as cosign generate-key-pair writes it, or in PEM, each with or without a password.',
    words: ({ reason }) => ({
      problem: {
        unreadable: 'what --sign-key gives is no private key',
        'wrong password': 'the password does not open the signing key',
        'password missing': 'the signing key has a password, and none was given',
      }[reason],
      expected: 'a key of cosign generate-key-pair, or one in PEM, and its password where it has one',
      fix: 'give --sign-key=file:cosign.key and --sign-password=env:COSIGN_PASSWORD',
    }),
  }),
  QS926: message<
    | { readonly reason: 'no token' }
    | { readonly reason: 'key as well' }
    | { readonly reason: 'refused'; readonly said: string }
  >({
    title: 'Nothing signs without a key',
    about:
      'Without a key of one’s own, images are signed by whoever a token of OpenID Connect names: an authority certifies that, and a public log keeps it. There is no such token, or it was not accepted.',
    words: data => ({
      problem: {
        'no token': () => 'images are to be signed without a key, and there is no token that says by whom',
        'key as well': () => 'images are to be signed by a key, and without one',
        refused: () => `nobody certifies the signature: ${data.reason === 'refused' ? data.said : ''}`,
      }[data.reason](),
      expected: 'a token of OpenID Connect for the audience sigstore, or a key',
      fix: 'on GitHub give the job permissions: { id-token: write }, on GitLab id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }; elsewhere --identity-token=env:NAME; or sign by a key: --sign-key=file:cosign.key',
    }),
  }),
} as const;
