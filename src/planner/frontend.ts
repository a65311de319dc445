/** The frontend: Node packages, then sources, then the build; and the image of its server when it has one. */
import type { Config } from '../config/schema.js';
import type { FrontendFacts } from '../detect/facts.js';
import type { Stage, Step } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { joinPath, relativePath } from '../source/paths.js';
import { quoteWords } from '../source/quote-words.js';
import type { FrontendDefinition, FrontendServer } from '../support/frontends/definition.js';
import { FRONTENDS } from '../support/frontends/index.js';
import { GLOBAL_INSTALL, NPM_CACHE } from '../support/managers/node/shared/global-install.js';
import { installNodePackages, installRoot, nodeImage, runScript } from './node.js';
import { APP_ALIAS, APP_DIR, insideApp, USER } from './paths.js';
import type { Ports } from './ports.js';
import { fetching, hardenBase, shell } from './shell.js';

/** Id of the stage. */
export const FRONTEND_STAGE = 'frontend';

/**
 * The stage that builds the frontend. Files for browsers are the same everywhere, so it runs once on the build machine's
 * platform; a server may carry packages made for one platform.
 */
export function frontendStage(frontend: FrontendFacts, config: Config, port: number): Stage {
  // What commands do is not known: they may read and write beside the package.
  const copied = frontend.commands ? '' : installRoot(frontend);
  const given = Object.fromEntries((frontend.given ?? []).map(({ value: { name, value } }) => [name, value]));
  const options = [given.NODE_OPTIONS, frontend.oldHashes && '--openssl-legacy-provider'].filter(Boolean).join(' ');
  const env = {
    ...given,
    ...defined({ NODE_OPTIONS: options || undefined }),
    ...serverOf(frontend)?.buildEnv,
    ...frontendEnv(frontend, port),
    ...(config.frontend ? config.frontend.env : undefined),
  };
  return {
    id: FRONTEND_STAGE,
    base: { kind: 'image', reference: nodeImage(frontend) },
    platform: frontend.server ? 'target' : 'build',
    steps: [
      ...installNodePackages(frontend),
      ...installTools(frontend),
      ...(Object.keys(env).length > 0 ? [{ kind: 'env', values: env } as const] : []),
      {
        kind: 'copy',
        from: { kind: 'source', path: copied, exclude: builtInside(frontend, copied) },
        to: insideApp(copied),
      },
      ...(frontend.workspace === undefined ? [] : [{ kind: 'workdir', path: insideApp(frontend.root) } as const]),
      ...buildSteps(frontend),
    ],
  };
}

/** What its own container installs for the whole machine before it builds. */
function installTools({ tools = [] }: FrontendFacts): readonly Step[] {
  if (tools.length === 0) return [];
  const names = tools.map(({ value }) => value);
  return [fetching(shell(`install ${names.join(', ')}`, [quoteWords([...GLOBAL_INSTALL, ...names])], [NPM_CACHE]))];
}

/** What builds it: commands of the configuration, else its scripts. */
function buildSteps(frontend: FrontendFacts): readonly Step[] {
  const title = 'build the frontend';
  if (frontend.commands)
    return [shell(title, [`export PATH="${programPath(frontend.root)}:$PATH"`, ...frontend.commands.value])];
  return [frontend.buildScript, ...(frontend.moreScripts ?? [])].map(({ value }) => runScript(title, frontend, value));
}

/** Where programs of Node packages lie: in the directory and in those around it, as npm looks for them when it runs a script. */
function programPath(root: string): string {
  const parts = insideApp(root).split('/');
  return parts.map((_, at) => [...parts.slice(0, parts.length - at), 'node_modules/.bin'].join('/')).join(':');
}

/** Id of the stage with the frontend's own server. */
export const FRONTEND_SERVER_STAGE = 'frontend-server';

/** The image of the frontend's server: what its tool says that it needs, and nothing of the build. */
export function frontendServerStage(frontend: FrontendFacts, app: string, config: Config, ports: Ports): Stage {
  const at = insideServer(frontend);
  const image = serverOf(frontend)?.image({
    stage: FRONTEND_STAGE,
    directory: insideApp(frontend.root),
    built: insideApp(frontend.output.value),
    app: APP_DIR,
    at,
    output: relativePath(frontend.root, frontend.output.value),
    hasPublicFiles: frontend.publicFiles ?? false,
    port: ports.frontend,
    user: USER.id,
  });
  if (!image) throw new Error(`${frontend.server?.value} makes no server`);
  return {
    id: FRONTEND_SERVER_STAGE,
    base: { kind: 'image', reference: nodeImage(frontend) },
    platform: 'target',
    steps: [
      hardenBase(),
      {
        kind: 'env',
        values: {
          ...image.env,
          ...frontendEnv(frontend, ports.app),
          // What it may read anew when it runs.
          ...(config.frontend ? config.frontend.env : undefined),
        },
      },
      { kind: 'workdir', path: at },
      ...image.steps,
      { kind: 'expose', port: ports.frontend },
      {
        kind: 'healthcheck',
        check: {
          args: image.probe,
          interval: '10s',
          timeout: '5s',
          startPeriod: '60s',
          startInterval: '500ms',
          retries: 3,
        },
      },
      { kind: 'entrypoint', args: [], command: image.command },
      {
        kind: 'labels',
        values: {
          'org.opencontainers.image.title': `${app}-frontend`,
          'org.opencontainers.image.base.name': nodeImage(frontend),
        },
      },
      { kind: 'user', user: `${USER.id}` },
    ],
  };
}

/** What the frontend's tool says of the server that it makes; undefined when it makes none. */
function serverOf({ server }: FrontendFacts): FrontendServer | undefined {
  const tool: FrontendDefinition | undefined = server && FRONTENDS[server.value];
  return tool?.server;
}

/** Where the package lies in the server's image: in a workspace, where it lies in that. */
function insideServer(frontend: FrontendFacts): string {
  return insideApp(relativePath(installRoot(frontend), frontend.root));
}

/**
 * Steps that copy the build's output to where the app serves it from: before the source, which is edited more often, but behind it where
 * they share a directory. No frontend, or one that others serve: no steps.
 */
export function copyFrontend(
  frontend: FrontendFacts | undefined,
  when: 'before source' | 'behind source',
): readonly Step[] {
  if (!frontend || frontend.server || frontend.apart) return [];
  const built = { path: frontend.output.value, include: frontend.made, to: frontend.output.value };
  const placed = (frontend.placed ?? []).map(({ value }) => value).filter(({ path, to }) => path !== to);
  const isBehind = when === 'behind source';
  return [...(isBehind === (frontend.isShared ?? false) ? [built] : []), ...(isBehind ? placed : [])].map(
    ({ path, include, to }) => ({
      kind: 'copy',
      from: defined({ kind: 'stage' as const, stage: FRONTEND_STAGE, path: insideApp(path), include }),
      to: to.startsWith('/') ? to : insideApp(to),
    }),
  );
}

/** What an earlier build left in the source, which nobody is to see: relative to the source. */
export function builtPaths({ output, made, isShared }: FrontendFacts): readonly string[] {
  if (isShared) return [];
  return made ? made.map(pattern => joinPath(output.value, pattern)) : [output.value];
}

/** What the frontend is told about the app: where its own server reaches it. Browsers are told at their own address. */
export function frontendEnv(frontend: FrontendFacts, port: number): Record<string, string> {
  const variable = frontend.server && frontend.apiVariable?.value;
  return variable === undefined ? {} : { [variable]: `http://${APP_ALIAS}:${port}` };
}

/** What an earlier build left in the source must not reach the new one. */
function builtInside(frontend: FrontendFacts, root: string): readonly string[] {
  const prefix = root === '' ? '' : `${root}/`;
  return builtPaths(frontend).flatMap(path => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []));
}
