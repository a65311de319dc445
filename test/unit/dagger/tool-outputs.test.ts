/** What package managers, compilers, bundlers and the app's own tools print when they fail, and what is said of each: none stands alone. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { knownFailure } from '../../../src/dagger/known-failures.js';
import { startFailed } from '../../../src/dagger/start-problem.js';
import { stepProblem } from '../../../src/dagger/step-problems.js';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { DiagnosticError } from '../../../src/diagnostics/error.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { commandOf } from '../../../src/plan/fold.js';
import type { Stage } from '../../../src/plan/types.js';

interface Recorded {
  readonly exitCode: number;
  readonly output: string;
}

/** As the tools of the day wrote them, names of machines and places left out. */
const OUTPUTS = new Map<string, Recorded>(
  readFileSync(new URL('tool-outputs.txt', import.meta.url), 'utf8')
    .split(/^===== /m)
    .slice(1)
    .map(text => {
      const [, name = '', code = '', output = ''] = /^(\S+) (\d+)\n([\s\S]*)$/.exec(text) ?? [];
      return [name, { exitCode: Number(code), output }] as const;
    }),
);

const step = { kind: 'script', title: 'install the packages', lines: ['install'], fetches: true } as const;
const stage: Stage = {
  id: 'deps',
  platform: 'engine',
  base: { kind: 'image', reference: 'base' },
  steps: [step],
} as never;

/** What is said of a step of a build that ended so. */
function ofStep({ exitCode, output }: Recorded): Diagnostic | Error {
  const extensions = { _type: 'EXEC_ERROR', cmd: commandOf(step), exitCode, stdout: '', stderr: output };
  const problem = stepProblem(
    Object.assign(new Error('process "sh -ec install" did not complete'), { extensions }),
    stage,
  );
  return problem instanceof DiagnosticError ? problem.diagnostics[0]! : problem!;
}

function ofApp({ output }: Recorded): Diagnostic | undefined {
  return knownFailure({ plan: { variables: [] }, doing: 'the image is started', output, workdir: '/app' });
}

/** A diagnostic in a line: its code, what kind of thing stands in the way, and what is named. */
function summary(said: Diagnostic | Error | undefined): string {
  if (said === undefined) return 'nothing';
  if (said instanceof Error) return said.name;
  const data = said.data as unknown as Record<string, unknown>;
  const obstacle = data.obstacle ?? data.fault ?? data.kind;
  if (typeof obstacle === 'object' && obstacle !== null) {
    const { kind, packages = [], what } = obstacle as { kind: string; packages?: readonly string[]; what: string };
    return `${said.code} ${kind}: ${packages.length > 0 ? packages.join(' ') : what}`;
  }
  return `${said.code} ${[obstacle, data.what ?? data.name].filter(Boolean).join(': ')}`;
}

test('each output is told as this', async () => {
  const table = [...OUTPUTS].map(([name, recorded]) => {
    const said = name.startsWith('app-') ? ofApp(recorded) : ofStep(recorded);
    return `${name}: ${summary(said)}`;
  });
  await expect(`${table.join('\n')}\n`).toMatchFileSnapshot('../../golden/diagnostics/of-tools.txt');
});

test('no output of a tool that is known stands for itself', () => {
  const unknown = [...OUTPUTS].filter(([name, recorded]) =>
    name.startsWith('app-') ? ofApp(recorded) === undefined : / unknown$/.test(summary(ofStep(recorded))),
  );
  expect(unknown.map(([name]) => name)).toEqual(['build-command-unknown']);
  expect(OUTPUTS.size).toBeGreaterThan(90);
});

const known = (name: string): Recorded => OUTPUTS.get(name)!;

describe('in words', () => {
  it.each([
    'npm-missing-script',
    'npm-command-missing',
    'npm-heap',
    'build-command-unknown',
    'app-alembic-heads',
    'app-gunicorn-attribute',
    'app-postgres-password',
  ])('%s', async name => {
    const said = name.startsWith('app-') ? ofApp(known(name)) : ofStep(known(name));
    await expect(`${formatDiagnostic(said as Diagnostic)}\n`).toMatchFileSnapshot(
      `../../golden/diagnostics/tool-${name}.txt`,
    );
  });

  it.each(['disk-full', 'killed'])('%s is the machine, and says what helps', name => {
    expect(ofStep(known(name))).toMatchObject({ name: 'MachineError', extensions: { _type: 'INFRASTRUCTURE' } });
    expect((ofStep(known(name)) as Error).message).toMatch(/^stage deps: install the packages: .*(?:prune|memory)/);
  });
});

test.each([
  ['[INFO] Listening at: http://127.0.0.1:8000 (7)', '127.0.0.1:8000'],
  ['INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)', '127.0.0.1:8000'],
  [' * Running on http://localhost:5000', 'localhost:5000'],
])('an app that nothing outside reaches: %s', (line, what) => {
  const silent = `${line}\n\nquayside: ${JSON.stringify({ kind: 'silent', seconds: 60 })}\n`;
  const { diagnostics } = startFailed(1, silent, { plan: { variables: [] }, workdir: '/app' });
  expect(diagnostics).toMatchObject([{ code: 'QS711', data: { fault: 'local address', what } }]);
});
