/** The frontend: Node packages, then sources, then the build; and the image of its server when it has one. */
import type { Config } from '../config/schema.js';
import type { FrontendFacts } from '../detect/facts.js';
import type { Stage, Step } from '../plan/types.js';
import { installNodePackages, installRoot, nodeImage, runScript } from './node.js';
import { APP_ALIAS, APP_DIR, FRONTEND_PORT, insideApp, USER } from './paths.js';
import { shell } from './shell.js';

/** Id of the stage. */
export const FRONTEND_STAGE = 'frontend';

/**
 * The stage that builds the frontend. Files for browsers are the same everywhere, so it runs once on the build machine's
 * platform; a server may carry packages made for one platform.
 */
export function frontendStage(frontend: FrontendFacts, config: Config, port: number): Stage {
  const root = installRoot(frontend);
  const env = {
    // As output: "standalone" in its configuration, which not all have.
    ...(frontend.server && { NEXT_PRIVATE_STANDALONE: 'true' }),
    ...frontendEnv(frontend, port),
    ...(config.frontend ? config.frontend.env : undefined),
  };
  return {
    id: FRONTEND_STAGE,
    base: { kind: 'image', reference: nodeImage(frontend) },
    platform: frontend.server ? 'target' : 'build',
    steps: [
      ...installNodePackages(frontend),
      ...(Object.keys(env).length > 0 ? [{ kind: 'env', values: env } as const] : []),
      {
        kind: 'copy',
        from: { kind: 'source', path: root, exclude: ['**/node_modules', ...builtInside(frontend, root)] },
        to: insideApp(root),
      },
      ...(frontend.workspace === undefined ? [] : [{ kind: 'workdir', path: insideApp(frontend.root) } as const]),
      runScript('build the frontend', frontend, frontend.buildScript.value),
    ],
  };
}

/** Id of the stage with the frontend's own server. */
export const FRONTEND_SERVER_STAGE = 'frontend-server';

/** Probes the server with the one program that its image has. Not localhost: its name may lead to an address that is not listened on. */
const PROBE = `fetch("http://127.0.0.1:${FRONTEND_PORT}/").then(r => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))`;

/** The image of a Next.js server: what its standalone build needs, and nothing of the build. */
export function frontendServerStage(frontend: FrontendFacts, app: string, port: number): Stage {
  const built = insideApp(frontend.output.value);
  const directory = insideApp(frontend.root);
  // In a workspace the server lies where the package lies in it.
  const inside = frontend.workspace === undefined ? '' : frontend.root.slice(installRoot(frontend).length);
  const at = `${APP_DIR}${inside === '' || inside.startsWith('/') ? inside : `/${inside}`}`;
  const copy = (path: string, to: string): Step => ({
    kind: 'copy',
    from: { kind: 'stage', stage: FRONTEND_STAGE, path },
    to,
  });
  const distDir = frontend.output.value.slice(frontend.root === '' ? 0 : frontend.root.length + 1);
  return {
    id: FRONTEND_SERVER_STAGE,
    base: { kind: 'image', reference: nodeImage(frontend) },
    platform: 'target',
    steps: [
      {
        kind: 'env',
        values: {
          NODE_ENV: 'production',
          HOSTNAME: '0.0.0.0',
          PORT: `${FRONTEND_PORT}`,
          NEXT_TELEMETRY_DISABLED: '1',
          HOME: '/home/node',
          ...frontendEnv(frontend, port),
        },
      },
      { kind: 'workdir', path: at },
      copy(`${built}/standalone`, APP_DIR),
      copy(`${built}/static`, `${at}/${distDir}/static`),
      ...(frontend.publicFiles ? [copy(`${directory}/public`, `${at}/public`)] : []),
      // Pages made anew and pictures made smaller are kept here.
      shell('prepare the cache', [`install -d -o ${USER.id} -g 0 -m 0775 ${at}/${distDir}/cache`]),
      { kind: 'expose', port: FRONTEND_PORT },
      {
        kind: 'healthcheck',
        check: {
          args: ['node', '-e', PROBE],
          interval: '10s',
          timeout: '5s',
          startPeriod: '60s',
          startInterval: '500ms',
          retries: 3,
        },
      },
      { kind: 'entrypoint', args: [], command: ['node', 'server.js'] },
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

/** Steps that copy the build's output to where the app serves it from. No frontend, or one that others serve: no steps. */
export function copyFrontend(frontend: FrontendFacts | undefined): readonly Step[] {
  if (!frontend || frontend.server || frontend.apart) return [];
  const output = `${APP_DIR}/${frontend.output.value}`;
  return [{ kind: 'copy', from: { kind: 'stage', stage: FRONTEND_STAGE, path: output }, to: output }];
}

/** What the frontend is told about the app: where its own server reaches it. Browsers are told at their own address. */
export function frontendEnv(frontend: FrontendFacts, port: number): Record<string, string> {
  const variable = frontend.server && frontend.apiVariable?.value;
  return variable === undefined ? {} : { [variable]: `http://${APP_ALIAS}:${port}` };
}

/** What an earlier build left in the source must not reach the new one. */
function builtInside(frontend: FrontendFacts, root: string): readonly string[] {
  const prefix = root === '' ? '' : `${root}/`;
  return frontend.output.value.startsWith(prefix) ? [frontend.output.value.slice(prefix.length)] : [];
}
