/** What this repository's own workflows call. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../engine/cli/quayside-process.js';
import { wrongIn } from '../../support/quayside-calls.js';

const DIRECTORY = join(ROOT, '.github/workflows');

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

test.each(readdirSync(DIRECTORY))('%s calls functions that there are, with flags that they have', name => {
  const { jobs }: Workflow = parse(readFileSync(join(DIRECTORY, name), 'utf8'));
  const calls = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run = '' }) => (run.startsWith('./quayside ') ? [run.trim().split(/\s+/).slice(1)] : [])),
  );
  expect(calls.length).toBeGreaterThan(0);
  // The set-up is the command line's own.
  const functions = calls.filter(([fn]) => fn !== 'setup');
  expect(functions.flatMap(words => wrongIn(words, ['reports']))).toEqual([]);
});
