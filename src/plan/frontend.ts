/** The frontend: Node packages, then sources, then the build; and the image of its server when it has one. */
import type { Config } from '../config/schema.js';
import type { FrontendFacts } from '../detect/facts.js';
import { insideApp, installNodePackages, installRoot, nodeImage, runScript } from './node.js';
import { APP_ALIAS, APP_DIR } from './paths.js';
import type { Stage, Step } from './types.js';

/** Id of the stage. */
export const FRONTEND_STAGE = 'frontend';

/**
 * The stage that builds the frontend. Files for browsers are the same everywhere, so it runs once on the build machine's
 * platform; a server may carry packages made for one platform.
 */
export function frontendStage(frontend: FrontendFacts, config: Config, port: number): Stage {
  const root = installRoot(frontend);
  const env = { ...frontendEnv(frontend, port), ...(config.frontend ? config.frontend.env : undefined) };
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

/** Steps that copy the build's output to where the app serves it from. No frontend, or one that serves itself: no steps. */
export function copyFrontend(frontend: FrontendFacts | undefined): readonly Step[] {
  if (!frontend || frontend.server) return [];
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
