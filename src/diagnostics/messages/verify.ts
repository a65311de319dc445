/** Messages about verifying a published image. */
import { message } from '../message.js';

/** A difference between what is published and what was built again. */
interface Difference {
  readonly place: string;
  readonly path?: string;
  readonly what: readonly string[];
}

/** What came out, for which the command line ends as it does for a test that failed. */
export const VERIFIED_MESSAGES = {
  QS730: message<{
    readonly image: string;
    readonly platform: string;
    readonly differences: readonly Difference[];
    /** How many are told at the most. */
    readonly most: number;
  }>({
    title: 'An image is not what its source gives',
    about:
      'The image was built again from the source that its provenance names, and is another one. The message names the first files that differ, and what of them.',
    words: ({ image, platform, differences, most }) => {
      const lines = differences.map(
        ({ place, path, what }) =>
          `\n    ${[place, path].filter(part => part !== undefined).join(', ')}: ${what.join(', ')}`,
      );
      const more = differences.length < most ? '' : '\n    and what follows';
      return {
        problem: `${image} for ${platform} is not what the source gives:${lines.join('')}${more}`,
        expected: 'the same bytes',
        fix: 'where the base images or packages of Debian have changed since, lock them with quayside.lock; a step that writes a time, a path or chance into a file has to be told not to; else somebody else has built it',
      };
    },
  }),
  QS731: message<{
    readonly image: string;
    readonly missing: 'signature' | 'provenance';
    /** Who has to have signed, in words. */
    readonly by: string;
  }>({
    title: 'An image is not signed by who has to have signed it',
    about:
      'With --key the image and its provenance have to be signed by that key, with --certificate-identity and --certificate-oidc-issuer by whoever has that name there.',
    words: ({ image, missing, by }) => ({
      problem:
        missing === 'signature' ? `${image} is not signed by ${by}` : `no provenance of ${image} is signed by ${by}`,
      expected: 'an image that was published with --sign-key or --keyless, by who is named',
      fix: 'name who has signed: the public half of the key, or the identity and its issuer as the certificate has them; or do not use the image',
    }),
  }),
};

/** What cannot be verified as it was asked for. */
export const VERIFY_MESSAGES = {
  QS930: message<{ readonly image: string }>({
    title: 'No such image to verify',
    about: 'Under the tag or digest the registry has no index, which is what images are published as.',
    words: ({ image }) => ({
      problem: `${image} is no image that was published by Quayside`,
      expected: 'the address of an index, by its tag or digest',
      fix: 'correct --address; the result of publish names the digests',
    }),
  }),
  QS931: message<{ readonly image: string }>({
    title: 'Nothing says where an image comes from',
    about: 'An image is verified by the provenance that is attached to it: it names the commit and the plan.',
    words: ({ image }) => ({
      problem: `no provenance of Quayside's is attached to ${image}`,
      expected: 'an image that was published with its provenance, which is the default',
      fix: 'publish it without --provenance=false',
    }),
  }),
  QS932: message<{ readonly address: string }>({
    title: 'No tag and no digest',
    about: 'A repository holds many images: one is verified.',
    words: ({ address }) => ({
      problem: `${address} names a repository, and no image in it`,
      expected: 'a tag or a digest, such as ghcr.io/acme/shop:1.2.3',
      fix: `give --address=${address}:TAG`,
    }),
  }),
  QS933: message<Record<never, never>>({
    title: 'The public key cannot be read',
    about: 'Signatures are verified by the public half of the key that signed: cosign.pub, or one in PEM.',
    words: () => ({
      problem: 'what --key names is no public key',
      expected: 'a public key in PEM, such as cosign.pub',
      fix: 'correct --key; openssl pkey -in KEY -pubout shows the public half of a key',
    }),
  }),
  QS934: message<
    | {
        readonly image: string;
        readonly reason: 'commit' | 'plan';
        readonly recorded: string;
        readonly given: string;
      }
    | {
        readonly image: string;
        readonly reason: 'file';
        readonly path: string;
        readonly recorded: string;
        readonly given: string;
      }
  >({
    title: 'The source is not the one that the image was built from',
    about:
      'The provenance names the commit, the files that packages are installed by, and the plan, which also depends on the version of Quayside. What another source gives says nothing about the image.',
    words: data => {
      const { image, recorded, given } = data;
      const what = data.reason === 'file' ? data.path : `the ${data.reason}`;
      return {
        problem: `${image} was built from another source: ${what} was ${recorded}, and is ${given} here`,
        expected: 'the source that the provenance names',
        fix:
          data.reason === 'plan'
            ? 'use the version of Quayside that built it, and the configuration and quayside.lock of that time'
            : 'check the recorded commit out, and give it by --source',
      };
    },
  }),
  QS935: message<{ readonly reason: 'no issuer' | 'no identity' | 'key as well' | 'roots alone' }>({
    title: 'Who has to have signed is half said',
    about:
      'Without a key somebody is known by a name and by who vouches for that name: one alone says nothing, for others may give the same name. With a key nothing else is asked for.',
    words: ({ reason }) => ({
      problem: {
        'no issuer': '--certificate-identity is given, and nothing says who vouches for that name',
        'no identity': '--certificate-oidc-issuer is given, and no name that it vouches for',
        'key as well': 'the image is to be signed by a key, and without one',
        'roots alone': '--trusted-root is given, and nothing says who has to have signed',
      }[reason],
      expected: '--certificate-identity and --certificate-oidc-issuer, or --key',
      fix: 'for a workflow of GitHub give --certificate-identity=https://github.com/OWNER/NAME/.github/workflows/FILE@refs/tags/TAG and --certificate-oidc-issuer=https://token.actions.githubusercontent.com',
    }),
  }),
  QS936: message<Record<never, never>>({
    title: 'The trusted roots cannot be read',
    about:
      'Signatures without a key are verified by the authorities and logs of a trusted_root.json: Sigstore’s own, or those that --trusted-root names.',
    words: () => ({
      problem: 'what --trusted-root names has no authorities and logs to trust',
      expected: 'a trusted_root.json, as cosign trusted-root create writes it',
      fix: 'correct --trusted-root, or leave it out where Sigstore’s own authority has certified who signed',
    }),
  }),
};
