/** The frontend stage: Node packages, then sources, then the build. */
import type { FrontendFacts } from '../detect/facts.js';
import { APP_DIR } from './paths.js';
import type { Stage, Step } from './types.js';

const NPM_CACHE = { key: 'quayside-npm', path: '/root/.npm' } as const;

/** Id of the stage. */
export const FRONTEND_STAGE = 'frontend';

/** The stage that builds the frontend, once on the build machine's platform: its output is the same everywhere. */
export function frontendStage(frontend: FrontendFacts): Stage {
  const directory = frontend.root === '' ? APP_DIR : `${APP_DIR}/${frontend.root}`;
  return {
    id: FRONTEND_STAGE,
    base: { kind: 'image', reference: `docker.io/library/node:${frontend.nodeVersion.value}-slim` },
    platform: 'build',
    steps: [
      { kind: 'workdir', path: directory },
      {
        kind: 'copy',
        from: { kind: 'source', path: frontend.root, include: ['package.json', 'package-lock.json', '.npmrc'] },
        to: directory,
      },
      {
        kind: 'run',
        title: 'install Node packages',
        args: ['npm', 'ci', '--no-audit', '--no-fund', '--prefer-offline'],
        caches: [NPM_CACHE],
      },
      {
        kind: 'copy',
        from: { kind: 'source', path: frontend.root, exclude: ['**/node_modules', ...builtInside(frontend)] },
        to: directory,
      },
      {
        kind: 'run',
        title: 'build the frontend',
        args: ['npm', 'run', frontend.buildScript.value],
        caches: [NPM_CACHE],
      },
    ],
  };
}

/** Steps that copy the build's output to where the app serves it from. No frontend: no steps. */
export function copyFrontend(frontend: FrontendFacts | undefined): readonly Step[] {
  if (!frontend) return [];
  const output = `${APP_DIR}/${frontend.output.value}`;
  return [{ kind: 'copy', from: { kind: 'stage', stage: FRONTEND_STAGE, path: output }, to: output }];
}

/** What an earlier build left in the source must not reach the new one. */
function builtInside(frontend: FrontendFacts): readonly string[] {
  const prefix = frontend.root === '' ? '' : `${frontend.root}/`;
  return frontend.output.value.startsWith(prefix) ? [frontend.output.value.slice(prefix.length)] : [];
}
