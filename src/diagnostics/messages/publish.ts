/** Messages about publishing images. */
import { message } from '../message.js';

export const PUBLISH_MESSAGES = {
  QS901: message<Record<never, never>>({
    title: 'No address to publish to',
    about: 'Neither the call nor quayside.yaml says which repository of which registry the images go to.',
    words: () => ({
      problem: 'nothing says where the images are published',
      expected: 'the address of a repository, such as ghcr.io/acme/shop',
      fix: 'give --address=REGISTRY/NAME, or write in quayside.yaml: publish: { address: REGISTRY/NAME }',
    }),
  }),
  QS902: message<{ readonly address: string; readonly problem: string }>({
    title: 'The address is none of a repository',
    about: 'An address names a registry and a repository in it, by the rules that registries have for names.',
    words: ({ address, problem }) => ({
      problem: `"${address}" is no address to publish to: ${problem}`,
      expected: 'a registry and a name, such as ghcr.io/acme/shop or localhost:5000/shop',
      fix: 'correct --address, or publish.address in quayside.yaml',
    }),
  }),
  QS903: message<{ readonly tag: string }>({
    title: 'Not a tag',
    about: 'Registries take letters, digits, _, . and - in a tag, at most 128, the first neither . nor -.',
    words: ({ tag }) => ({
      problem: `"${tag}" is not a tag`,
      expected: 'letters, digits, _, . and -, at most 128, the first neither . nor -',
      fix: 'correct --tags',
    }),
  }),
  QS904: message<{
    readonly platform: string;
    readonly known: readonly string[];
    readonly reason: 'unknown' | 'twice';
  }>({
    title: 'Not a platform to publish for',
    about: 'A platform is not known, or is named twice.',
    words: ({ platform, known, reason }) => ({
      problem: reason === 'twice' ? `${platform} is named twice` : `images are not made for "${platform}"`,
      expected: `some of ${known.join(', ')}`,
      fix: 'correct --platforms, or publish.platforms in quayside.yaml',
    }),
  }),
  QS905: message<{ readonly changed: boolean }>({
    title: 'No tag to publish under',
    about:
      'Tags come from the commit and the tag or branch that is checked out. Without a repository of git, or with changes that are not committed, no tag would say what is in the image.',
    words: ({ changed }) => ({
      problem: changed
        ? 'the source has changes that are not committed, which no tag of a commit may stand for'
        : 'nothing says which tags the images get: the source is no checkout of git',
      expected: changed ? 'a commit, or tags by name' : 'a checkout, or tags by name',
      fix: changed
        ? 'commit the changes, or name tags: --tags=NAME'
        : 'name tags: --tags=1.2.3,latest; or give --revision and --ref',
    }),
  }),
  QS906: message<{
    readonly image: string;
    readonly tag: string;
    readonly there: string;
    readonly built: string;
  }>({
    title: 'A tag that does not move is taken',
    about:
      'A tag that names a version or a commit is published once. It exists with other content, so nothing was pushed: whoever pulled it would get something else under the same name.',
    words: ({ image, tag, there, built }) => ({
      problem: `${image}:${tag} exists with other content: ${there}, and what was built is ${built}`,
      expected: 'a version or commit that was not published, or the same content',
      fix: 'publish under a new version; or, if it may be lost, delete the tag in the registry first',
    }),
  }),
  QS907: message<{ readonly given: 'username' | 'password' }>({
    title: 'Half of the credentials',
    about: 'A user name and a password belong together.',
    words: ({ given }) => ({
      problem: `--${given} is given alone`,
      expected: '--username and --password, or neither',
      fix: `give --${given === 'username' ? 'password=env:NAME' : 'username=NAME'} as well; with neither, those of \`docker login\` or \`podman login\` are used`,
    }),
  }),
  QS908: message<{ readonly created: string }>({
    title: 'Not a time',
    about: 'The time of the commit is that of the image, and of files in it. It is written as RFC 3339 has it.',
    words: ({ created }) => ({
      problem: `"${created}" is not a time`,
      expected: 'a time since 1970, such as 2026-11-26T10:00:00Z',
      fix: 'correct --created, for instance with: git log -1 --format=%cI',
    }),
  }),
};
