import major from 'semver/functions/major.js';
import { diagnose } from '../../diagnostics/diagnose.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath, resolvePath } from '../../source/paths.js';
import type {
  BuildOutput,
  BuiltPackage,
  FrontendDefinition,
  FrontendServerImage,
  FrontendServerSite,
} from './definition.js';
import { askedByNode, copyFrom } from './shared/node-server.js';
import { literalOf } from './shared/outputs.js';

/** Next.js: a server that stands alone, or files where its configuration asks for an export. */
export const next: FrontendDefinition = {
  title: 'Next.js',
  doc: 'an image of its own with the standalone server, or a static export (`output: "export"`)',
  rank: 1,
  packages: ['next'],
  oldHashesBefore: '11.1.3',
  commands: ['next'],
  through: ['refine'],
  makers: ['next'],
  verbs: ['build'],
  example: 2,
  bakes: { prefix: 'NEXT_PUBLIC_' },
  output,
  server: {
    // As output: "standalone" in its configuration, which not all have.
    buildEnv: { NEXT_PRIVATE_STANDALONE: 'true' },
    made: ['.next'],
    publicDirectory: 'public',
    develops: port => ['next', 'dev', '--port', `${port}`],
    image,
  },
};

/** The first major version whose build can be told from outside to make a standalone server. */
const STANDS_ALONE = 13;

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('next.config');
  const kind = literalOf(config, 'output');
  const place = kind?.place ?? { file: built.path };
  const distDir = literalOf(config, 'distDir')?.value;
  if (kind?.value === 'export') {
    return found({ output: { value: resolvePath(built.root, distDir ?? 'out'), place, why: 'a static export' } });
  }
  // Where nothing is set, a server is what "next start" runs, and the build can be told to make one that stands alone.
  const version = built.versionOf('next');
  const isOld = version !== undefined && major(version) < STANDS_ALONE;
  if (kind?.value === 'standalone' || !isOld) {
    const why = kind ? 'a standalone server' : 'a server, made to stand alone';
    return found({ output: { value: resolvePath(built.root, distDir ?? '.next'), place, why }, server: place });
  }
  const data = {
    kind: 'no output',
    tool: 'Next.js',
    root: built.root,
    name: 'next.config',
    config: config?.path,
    file: config?.path ?? joinPath(built.root, 'next.config.mjs'),
    expected: 'output: "standalone" for a server of its own, or output: "export" for static files',
    setting: 'output: "standalone"',
  } as const;
  return failed(diagnose('QS409', data, { file: config?.path ?? built.path }));
}

/** What the standalone build needs, and nothing of the build. */
function image(site: FrontendServerSite): FrontendServerImage {
  const { stage, directory, built, app, at, port, user } = site;
  const copy = copyFrom(stage);
  return {
    env: {
      NODE_ENV: 'production',
      HOSTNAME: '0.0.0.0',
      PORT: `${port}`,
      NEXT_TELEMETRY_DISABLED: '1',
      HOME: '/home/node',
    },
    steps: [
      copy(`${built}/standalone`, app),
      copy(`${built}/static`, `${at}/${site.output}/static`),
      ...(site.hasPublicFiles ? [copy(`${directory}/public`, `${at}/public`)] : []),
      // Pages made anew and pictures made smaller are kept here.
      {
        kind: 'script',
        title: 'prepare the cache',
        lines: [`install -d -o ${user} -g 0 -m 0775 ${at}/${site.output}/cache`],
      },
    ],
    // With the one program that the image has. Not localhost: its name may lead to an address that is not listened on.
    probe: askedByNode(port),
    command: ['node', 'server.js'],
  };
}
