/** Apps in a directory of their source: what is copied from where, where they work and what they import from. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/types.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';

async function planOf(skeleton: string): Promise<Plan> {
  const text = readFileSync(new URL(`../../corpus/${skeleton}.txt`, import.meta.url), 'utf8');
  const [, ...parts] = text.split(/^-- (.+) --\n/m);
  const files = parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : []));
  const tree = memoryTree(Object.fromEntries(files));
  const { app } = await understand(tree);
  return app!.plan;
}

/** Every copy of sources or of a build in a stage, its working directory and PYTHONPATH. */
function layout(plan: Plan, ...ids: readonly string[]): readonly string[] {
  return plan.stages
    .filter(({ id }) => ids.includes(id))
    .flatMap(({ steps }) =>
      steps.flatMap(step => {
        if (step.kind === 'copy' && step.from.kind === 'source') return [`${step.from.path || '.'} -> ${step.to}`];
        if (step.kind === 'copy' && step.from.kind === 'stage' && step.from.stage === 'frontend')
          return [`frontend's ${step.from.path}`];
        if (step.kind === 'workdir') return [`in ${step.path}`];
        return step.kind === 'env' && step.values.PYTHONPATH ? [`imports ${step.values.PYTHONPATH}`] : [];
      }),
    );
}

describe('an app in a directory of its source', () => {
  it.each<readonly [string, readonly string[]]>([
    [
      'monorepo-frontend-beside',
      [
        'in /app',
        'backend -> /app',
        'imports /app/backend',
        'in /app/backend',
        "frontend's /app/frontend/dist",
        'backend -> /app/backend',
      ],
    ],
    [
      'monorepo-frontend-apart',
      ['in /app', 'server -> /app', 'imports /app/server', 'in /app/server', 'server -> /app/server'],
    ],
    [
      'monorepo-package-from-above',
      [
        'in /app',
        'apps/api -> /app',
        'imports /app/apps:/app/apps/api',
        'in /app/apps/api',
        'apps/api -> /app/apps/api',
      ],
    ],
    [
      'uv-workspace',
      [
        'in /app',
        '. -> /app',
        'imports /app/packages/api/src:/app/packages/core/src:/app/packages/api',
        'in /app/packages/api',
        'packages/api -> /app/packages/api',
        'packages/core/src -> /app/packages/core/src',
      ],
    ],
    [
      'uv-workspace-backend',
      [
        'in /app',
        '. -> /app',
        'imports /app/backend',
        'in /app/backend',
        "frontend's /app/backend/app/frontend",
        'backend -> /app/backend',
      ],
    ],
  ])('%s', async (skeleton, expected) => {
    expect(layout(await planOf(skeleton), 'python-lock', 'runtime', 'production')).toEqual(expected);
  });
});
