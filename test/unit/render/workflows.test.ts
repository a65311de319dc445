/** Workflows: what they call, with whose code, and with which rights. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderApp } from '../../../src/render/eject.js';
import { ACTIONS } from '../../../src/render/github.js';
import { DAGGER_VERSION } from '../../../src/render/workflows.js';
import { wrongIn } from '../../support/quayside-calls.js';
import { EXAMPLE_NAMES, exampleApp } from '../../support/rendered-apps.js';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: { readonly args?: string; readonly version?: string };
}

interface Workflow {
  readonly on: { readonly push: object; readonly pull_request: null };
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>;
}

interface Pipeline {
  readonly [job: string]: { readonly script?: readonly string[]; readonly after_script?: readonly string[] };
}

const textOf = (name: string, format: 'github' | 'gitlab'): string => {
  const { plan, source } = exampleApp(name);
  return renderApp(plan, source, [format])[0]!.text;
};

describe('both', () => {
  it('install the version of Dagger that the module is made for', () => {
    const { engineVersion } = JSON.parse(readFileSync(new URL('../../../dagger.json', import.meta.url), 'utf8'));
    expect(`v${DAGGER_VERSION}`).toBe(engineVersion);
  });
});

describe.each(EXAMPLE_NAMES)('of examples/%s', name => {
  const text = textOf(name, 'github');
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  it('GitHub: steps call functions that there are, and are no scripts', () => {
    const called = steps.flatMap(step => step.with?.args ?? []);
    expect(called.length).toBeGreaterThan(0);
    for (const args of called) expect(wrongIn(args.split(' '))).toEqual([]);
    expect(steps.filter(({ run }) => run !== undefined)).toEqual([]);
    expect(called.filter(args => args.includes('${{'))).toEqual([]);
  });

  it('GitHub: every action is pinned to a commit, and says its version', () => {
    for (const { uses } of steps) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    for (const [action, { commit, version }] of Object.entries(ACTIONS))
      if (text.includes(action)) expect(text).toContain(`${action}@${commit} # ${version}`);
  });

  it('GitHub: only what publishes may write, and only it has a token of its own', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const rights = jobs.map(([id, { permissions }]) => [id, permissions]);
    expect(Object.fromEntries(rights)).toEqual({
      check: undefined,
      publish: { contents: 'read', packages: 'write', 'id-token': 'write' },
    });
    const publishing = jobs.filter(([, job]) =>
      job.steps.some(({ with: given }) => given?.args?.includes(' publish ')),
    );
    expect(publishing.map(([id]) => id)).toEqual(['publish']);
  });

  it('GitLab: scripts call functions that there are, and nothing else', () => {
    const pipeline = parse(textOf(name, 'gitlab')) as Pipeline;
    const lines = Object.values(pipeline).flatMap(({ script = [], after_script = [] }) => [...script, ...after_script]);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const [dagger, call, m, module, ...words] = line.split(' ');
      expect([dagger, call, m, module]).toEqual(['dagger', 'call', '-m', '"$QUAYSIDE_MODULE"']);
      expect(wrongIn(words)).toEqual([]);
    }
  });
});
