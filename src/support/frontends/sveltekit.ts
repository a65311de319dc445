import { type Finding, failed, found } from '../../source/finding.js';
import { resolvePath } from '../../source/paths.js';
import type {
  BuildOutput,
  BuiltPackage,
  FrontendDefinition,
  FrontendServerImage,
  FrontendServerSite,
} from './definition.js';
import { askedByNode, copyFrom } from './shared/node-server.js';
import { directoryOf, matchIn, needsServer, outputOf, staticSite } from './shared/outputs.js';

/** SvelteKit with its static adapter, or with the one that makes a server for Node. */
export const sveltekit: FrontendDefinition = {
  title: 'SvelteKit',
  doc: 'with @sveltejs/adapter-static, or an image of its own with the server of @sveltejs/adapter-node',
  rank: 3,
  packages: ['@sveltejs/kit'],
  commands: [],
  makers: ['@sveltejs/kit'],
  through: ['vite', 'vp'],
  verbs: ['build'],
  bakes: { prefix: 'PUBLIC_', module: '$env/static/public', object: '$env/dynamic/public' },
  output,
  server: {
    buildEnv: {},
    made: ['.svelte-kit'],
    publicDirectory: 'static',
    develops: port => ['vite', 'dev', '--host', '0.0.0.0', '--port', `${port}`],
    image,
  },
};

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('svelte.config');
  const makesServer = matchIn(config, /["']@sveltejs\/adapter-node["']/);
  if (makesServer && built.has('@sveltejs/adapter-node')) return serverOutput(built, makesServer.place);
  if (!built.has('@sveltejs/adapter-static')) {
    return failed(
      needsServer(config?.path ?? built.path, {
        tool: 'SvelteKit',
        expected: '@sveltejs/adapter-static or @sveltejs/adapter-node',
        fix: 'use adapter-static with a fallback page, as for a single-page app, or adapter-node for a server',
      }),
    );
  }
  const pages = directoryOf(config, { key: 'pages', within: 'adapter' }, built);
  return pages
    ? outputOf(built, pages, { title: 'SvelteKit', directory: 'build' })
    : staticSite(built, 'build', "where SvelteKit's static adapter builds to");
}

/** The directory that the adapter's `out` names, `build` without it. */
async function serverOutput(built: BuiltPackage, server: NonNullable<BuildOutput['server']>) {
  const out = directoryOf(await built.config('svelte.config'), { key: 'out', within: 'adapter' }, built);
  if (out === 'unknown') return found<BuildOutput>(undefined);
  const value = resolvePath(out?.root ?? built.root, out?.value ?? 'build');
  return found<BuildOutput>({ output: { value, place: out?.place ?? server, why: 'a server for Node' }, server });
}

/**
 * What the adapter makes has all in it but the packages among `dependencies`, which it leaves where Node finds them: beside package.json, or
 * at the top of the workspace that it lies in. https://svelte.dev/docs/kit/adapter-node
 */
function image({ stage, directory, built, app, at, output: name, port }: FrontendServerSite): FrontendServerImage {
  const copy = copyFrom(stage);
  const inside = at.slice(app.length);
  const top = directory.slice(0, directory.length - inside.length);
  return {
    env: {
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      PORT: `${port}`,
      // What stands in front of it says how browsers call it.
      PROTOCOL_HEADER: 'x-forwarded-proto',
      HOST_HEADER: 'x-forwarded-host',
      HOME: '/home/node',
    },
    steps: [
      copy(`${top}/node_modules`, `${app}/node_modules`),
      copy(`${directory}/package.json`, `${at}/package.json`),
      copy(built, `${at}/${name}`),
    ],
    probe: askedByNode(port),
    command: ['node', name],
  };
}
