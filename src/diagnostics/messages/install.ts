/** Messages about packages that could not be installed, by what their installers said. */
import { message } from '../message.js';

/** What stood in the way, with the words of it that were taken from the output. */
export type InstallObstacle =
  /** A version that does not exist for this Python. */
  | { readonly kind: 'python'; readonly what: string }
  /** Versions that exclude each other. */
  | { readonly kind: 'conflict'; readonly what: string }
  /** A version that nobody has published, or none that fits what is asked for. */
  | { readonly kind: 'version'; readonly what: string }
  /** A package of which the index has nothing at all that could be taken here. */
  | { readonly kind: 'absent'; readonly what: string }
  /** A package index whose name nobody knows. */
  | { readonly kind: 'index'; readonly what: string }
  /** A file or a program that a build from source needs; `packages` of Debian bring it, where that is known. */
  | { readonly kind: 'native'; readonly what: string; readonly packages: readonly string[] }
  /** A build script that only works with the tools of another time. */
  | { readonly kind: 'old build'; readonly what: string }
  /** A build from source that fails for a reason that is not known here. */
  | { readonly kind: 'build'; readonly what: string }
  /** A package index whose certificate is not trusted, or none that could be read to check it by. */
  | { readonly kind: 'trust'; readonly what: string }
  /** Files that are not those which were locked. */
  | { readonly kind: 'hashes'; readonly what: string };

/** The newest Python that what an installer says leaves room for, by the bounds that it names: `>=3.6,<3.9`. */
function versionIn(said: string): string | undefined {
  const bound = (operators: string) => new RegExp(`(?<![<>=!~])(?:${operators})\\s*['"]?3\\.(\\d+)`).exec(said)?.[1];
  const below = Number(bound('<') ?? 0);
  const minor = below > 0 ? below - 1 : bound('<=|==|~=|>=|\\^');
  return minor === undefined ? undefined : `3.${minor}`;
}

const python = (version = '…'): string => `python: { version: "${version}" }`;

function fixOf(obstacle: InstallObstacle): string {
  switch (obstacle.kind) {
    case 'python':
      return `write the version that the packages were made for in quayside.yaml: ${python(versionIn(obstacle.what))}, or raise them`;
    case 'build':
    case 'old build':
      return `take a release of it that is built for this Python, or write an older one in quayside.yaml: ${python()}`;
    case 'conflict':
    case 'version':
      return `correct the versions that the message names, or write in quayside.yaml the Python that they were chosen for: ${python()}`;
    case 'absent':
      return `correct its name, or take it out: the package index has no such package, or no file of it for this Python and machine. One that another index has is found by --extra-index-url in the file that lists it; one that only an older Python has, by ${python()}`;
    case 'index':
      return 'correct the address of the package index in the file that names it, or let this machine ask a name server that knows it';
    case 'trust':
      return 'have this machine trust it: its authority in /usr/local/share/ca-certificates and update-ca-certificates, or SSL_CERT_FILE with the path of a bundle';
    case 'native': {
      const packages = obstacle.packages.length > 0 ? obstacle.packages.join(', ') : '…';
      return `name the Debian package that brings it in quayside.yaml: native: { build: [${packages}] }`;
    }
    case 'hashes':
      return 'write the lock file anew with its package manager';
  }
}

const EXPECTED: Readonly<Record<InstallObstacle['kind'], string>> = {
  python: 'packages that work with the Python of the image',
  'old build': 'packages that can be built with the Python of the image',
  build: 'packages that have a wheel for the Python of the image, or can be built with it',
  conflict: 'versions that fit together',
  version: 'versions that the package index has',
  absent: 'packages that the package index has',
  index: 'a package index that can be asked',
  trust: 'a package index whose certificate is trusted',
  native: 'everything that packages need to be built from source',
  hashes: 'the files that were locked',
};

export const INSTALL_MESSAGES = {
  QS218: message<{ readonly step: string; readonly obstacle: InstallObstacle; readonly said: string }>({
    title: 'The Python packages cannot be installed',
    about:
      'A package has no release for this Python, excludes another one, or has to be built from source and lacks something for that. `python.version` in quayside.yaml chooses another Python, `native.build` adds Debian packages that are there while packages are built.',
    words: ({ step, obstacle, said }) => ({
      problem: `could not ${step}: ${obstacle.what}\n${said}`,
      expected: EXPECTED[obstacle.kind],
      fix: fixOf(obstacle),
    }),
  }),
};

/** What stood in the way of Node's packages. */
export type NodeObstacle = 'openssl' | 'engine' | 'peers' | 'program' | 'compiled';

const OBSTACLES: Readonly<Record<NodeObstacle, string>> = {
  openssl: 'the bundler asks for a hash that OpenSSL 3 does not have any more',
  engine: 'a package asks for another version of Node',
  peers: 'packages exclude each other',
  program: 'a package comes from a git repository or is compiled, and what does that is not in the image',
  compiled: 'a package has to be compiled for this Node, and cannot be',
};

const NODE_FIXES: Readonly<Record<NodeObstacle, string>> = {
  openssl:
    'write frontend: { nodeVersion: "16" } in quayside.yaml, or set NODE_OPTIONS to --openssl-legacy-provider in frontend.env',
  engine: 'write the version that it asks for in quayside.yaml: frontend: { nodeVersion: … }',
  peers:
    'bring the lock file in order with its package manager, or write the Node that they were locked with: frontend: { nodeVersion: … }',
  program:
    'name the Debian packages that bring it in quayside.yaml: frontend: { packages: [git] } for a repository, [python3, make, g++] for what is compiled',
  compiled:
    'take a release of it for this Node, such as sass in place of node-sass, or write frontend: false in quayside.yaml to build the app without it',
};

export const NODE_INSTALL_MESSAGES = {
  QS411: message<{ readonly step: string; readonly obstacle: NodeObstacle; readonly said: string }>({
    title: 'The Node packages cannot be installed or built with this Node',
    about:
      'The frontend was written for another Node than the one that it is built with, or its packages exclude each other. `frontend.nodeVersion` in quayside.yaml chooses another.',
    words: ({ step, obstacle, said }) => ({
      problem: `${step} failed: ${OBSTACLES[obstacle]}\n${said}`,
      expected: obstacle === 'peers' ? 'packages that fit together' : 'a Node that the packages work with',
      fix: NODE_FIXES[obstacle],
    }),
  }),
};
