/** App skeletons in the shapes people write: the facts and the plan that each must give, or the question that it must lead to. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Facts, FrontendFacts, ServiceFacts } from '../../../src/detect/facts.js';
import { memoryTree } from '../../../src/source/tree.js';
import { objectReference } from '../../../src/support/app-object.js';
import { understand } from '../../../src/understand.js';
import { compactPlan } from '../support/compact-plan.js';
import { readSkeleton, SKELETONS } from '../support/corpus.js';

const GOLDEN = new URL('../../golden/corpus-plans/', import.meta.url);

function wordsOf({ kind, addresses: [first, ...others] = [], parts = [], version }: ServiceFacts): string {
  return [
    kind,
    ...(first ? [first.variable.value, first.scheme.value] : []),
    ...others.map(({ variable }) => `+${variable.value}`),
    ...parts.map(({ part, variable: { value } }) => `${part}=${value}`),
    ...(version ? [version.value] : []),
  ].join(' ');
}

function frontendWords({ root, packageManager, output, server, apart }: FrontendFacts): string {
  const how = server ? ` by ${server.value}` : apart ? ' apart' : '';
  return `${root || '.'} ${packageManager.value} ${output.value}${how}`;
}

function table(facts: Facts): Record<string, string> {
  const workers = [facts.workers?.workerClass?.value, facts.workers?.single && 'one'].filter(Boolean).join(', ');
  return {
    python: facts.python.version.value,
    packages: facts.python.packageManager.value,
    app: `${facts.framework!.value} ${objectReference(facts.entry!.value)} ${facts.entry!.value.protocol}`,
    server: facts.server!.value,
    services: facts.services.map(wordsOf).join('; ') || 'none',
    migrate: facts.migrate?.value.join(' ') ?? 'none',
    ...(facts.brought && { brought: facts.brought.map(({ kind }) => kind).join(', ') }),
    ...(workers !== '' && { workers }),
    ...(facts.root && { root: facts.root.value }),
    ...(facts.frontend && { frontend: frontendWords(facts.frontend) }),
  };
}

describe('the corpus', () => {
  it.each(SKELETONS)('%s', async name => {
    const { expected, files } = readSkeleton(name);
    const { app, diagnostics } = await understand(memoryTree(files));
    const codes = diagnostics.map(({ code }) => code).join(' ');
    expect(app ? table(app.facts) : { asks: codes }).toEqual(expected);
    if (app) await expect(compactPlan(app.plan)).toMatchFileSnapshot(`../../golden/corpus-plans/${name}.golden.json`);
  });

  it('has at least 60 skeletons, most of which need no question', () => {
    const asking = SKELETONS.filter(name => 'asks' in readSkeleton(name).expected);
    expect(SKELETONS.length).toBeGreaterThanOrEqual(60);
    expect(asking.length).toBeLessThan(SKELETONS.length / 2);
  });

  it('has no golden plan of an app that is gone, or that needs a question', () => {
    const planned = SKELETONS.filter(name => !('asks' in readSkeleton(name).expected));
    const golden = readdirSync(GOLDEN).map(file => file.replace(/\.golden\.json$/, ''));
    expect(golden.filter(name => !planned.includes(name))).toEqual([]);
  });
});
