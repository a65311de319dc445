import major from 'semver/functions/major.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import type {
  BuildOutput,
  BuiltPackage,
  FrontendDefinition,
  FrontendServerImage,
  FrontendServerSite,
} from './definition.js';
import { askedByNode, copyFrom } from './shared/node-server.js';
import { matchIn, needsServer, staticSite } from './shared/outputs.js';

/** Nuxt, where it generates files, and the server that Nitro makes for Node. */
export const nuxt: FrontendDefinition = {
  title: 'Nuxt',
  doc: 'generated sites (`nuxt generate`, a static preset, or `ssr: false`), or an image of its own with the server of Nuxt 3 and later',
  rank: 2,
  packages: ['nuxt', 'nuxi'],
  oldHashesBefore: '2.16.0',
  commands: ['nuxt', 'nuxi'],
  makers: ['nuxt'],
  verbs: ['build', 'generate'],
  output,
  server: {
    // Whatever else its configuration builds for. https://nitro.build/deploy
    buildEnv: { NITRO_PRESET: 'node-server', NUXT_TELEMETRY_DISABLED: '1' },
    made: ['.nuxt', '.output'],
    publicDirectory: 'public',
    develops: port => ['nuxt', 'dev', '--host', '0.0.0.0', '--port', `${port}`],
    image,
  },
};

const GENERATED = 'where Nuxt generates to';

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('nuxt.config');
  const isStatic =
    generates(built.command.join(' ')) || matchIn(config, /preset:\s*["'](static|github-pages)["']/) !== undefined;
  const version = built.versionOf('nuxt');
  const directory = version !== undefined && major(version) === 2 ? 'dist' : '.output/public';
  if (isStatic) return staticSite(built, directory, GENERATED);
  // Every new project has a script that generates; without rendering on a server it is the one to run.
  const [generate] = Object.entries(built.scripts).find(([, text]) => generates(String(text))) ?? [];
  const alone = matchIn(config, /\bssr:\s*false\b|\btarget:\s*["']static["']/);
  if (alone && generate !== undefined) {
    const output = { value: joinPath(built.root, directory), place: alone.place, why: GENERATED };
    return found(defined({ output, buildScript: { value: generate, place: built.placeOf('scripts', generate) } }));
  }
  // https://nuxt.com/docs/getting-started/deployment
  if (version === undefined || major(version) > 2) {
    const place = { file: config?.path ?? built.path };
    const value = joinPath(built.root, '.output');
    return found({ output: { value, place, why: 'a server for Node' }, server: place });
  }
  return failed(
    needsServer(config?.path ?? built.path, {
      tool: 'Nuxt',
      expected: 'a script that runs "nuxt generate"',
      fix: 'write frontend: { script: generate } in quayside.yaml, with "generate": "nuxt generate" in package.json',
    }),
  );
}

/** What Nitro makes has all in it that it needs. */
function image({ stage, built, at, output: name, port }: FrontendServerSite): FrontendServerImage {
  return {
    env: { NODE_ENV: 'production', HOST: '0.0.0.0', PORT: `${port}`, HOME: '/home/node' },
    steps: [copyFrom(stage)(built, `${at}/${name}`)],
    probe: askedByNode(port),
    command: ['node', `${name}/server/index.mjs`],
  };
}

function generates(script: string): boolean {
  return /\b(nuxt|nuxi) generate\b/.test(script);
}
