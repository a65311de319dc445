/** App skeletons in the shapes people write: the facts that each must give, or the question that it must lead to. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Facts, FrontendFacts, ServiceFacts } from '../../../src/detect/facts.js';
import { memoryTree } from '../../../src/source/tree.js';
import { objectReference } from '../../../src/support/app-object.js';
import { understand } from '../../../src/understand.js';

const CORPUS = new URL('../../corpus/', import.meta.url);

interface Skeleton {
  readonly expected: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Reads a skeleton: a line about its shape, a table of what is expected, then files, each after its name. */
function readSkeleton(name: string): Skeleton {
  const [head = '', ...parts] = readFileSync(new URL(name, CORPUS), 'utf8').split(/^-- (.+) --\n/m);
  const rows = [...head.matchAll(/^(\w+):\s+(.+)$/gm)].map(([, key, value]) => [key!, value!]);
  const files = parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : []));
  return { expected: Object.fromEntries(rows), files: Object.fromEntries(files) };
}

function wordsOf({ kind, variable, scheme, also = [], parts = [], version }: ServiceFacts): string {
  return [
    kind,
    ...(variable && scheme ? [variable.value, scheme.value] : []),
    ...also.map(({ value }) => `+${value}`),
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
    app: `${facts.framework.value} ${objectReference(facts.entry.value)} ${facts.entry.value.protocol}`,
    server: facts.server.value,
    services: facts.services.map(wordsOf).join('; ') || 'none',
    migrate: facts.migrate?.value.join(' ') ?? 'none',
    ...(workers !== '' && { workers }),
    ...(facts.root && { root: facts.root.value }),
    ...(facts.frontend && { frontend: frontendWords(facts.frontend) }),
  };
}

const names = readdirSync(CORPUS).filter(name => name.endsWith('.txt'));

describe('the corpus', () => {
  it.each(names)('%s', async name => {
    const { expected, files } = readSkeleton(name);
    const { app, diagnostics } = await understand(memoryTree(files));
    const codes = diagnostics.map(({ code }) => code).join(' ');
    expect(app ? table(app.facts) : { asks: codes }).toEqual(expected);
  });

  it('has at least 60 skeletons, most of which need no question', () => {
    const asking = names.filter(name => 'asks' in readSkeleton(name).expected);
    expect(names.length).toBeGreaterThanOrEqual(60);
    expect(asking.length).toBeLessThan(names.length / 2);
  });
});
