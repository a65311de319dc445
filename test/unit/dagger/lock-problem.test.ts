/** What a package manager says of its lock in the stage that reads it, as people read it. */
import { expect, it } from 'vitest';
import { stepProblem } from '../../../src/dagger/step-problems.js';
import { diagnose } from '../../../src/diagnostics/diagnose.js';
import type { DiagnosticError } from '../../../src/diagnostics/error.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import type { Stage } from '../../../src/plan/types.js';

const LINES = ['mkdir -p /lock/main', 'uv export --locked'];
const stage: Stage = {
  id: 'python-lock',
  base: { kind: 'image', reference: 'docker.io/library/python:3.13-slim' },
  platform: 'build',
  steps: [
    { kind: 'exec', title: 'install uv', args: ['pip', 'install', 'uv'] },
    {
      kind: 'script',
      title: 'read the lock file',
      lines: LINES,
      fails: { kind: 'lock', file: 'api/uv.lock', command: 'uv lock' },
    },
  ],
};
const failure = (exitCode: number, stderr: string, cmd: readonly string[] = ['sh', '-ec', LINES.join('\n')]) =>
  Object.assign(new Error(`exit code: ${exitCode}`), {
    extensions: { _type: 'EXEC_ERROR', cmd, exitCode, stdout: '', stderr },
  });
const SAID = 'error: The lockfile at `uv.lock` needs to be updated\n\nhint: To update the lockfile, run `uv lock`.\n';

it('is the reason in its own words', async () => {
  const error = stepProblem(failure(1, SAID), stage);
  const text = `${(error as DiagnosticError).diagnostics.map(formatDiagnostic).join('\n')}\n`;
  await expect(text).toMatchFileSnapshot('../../golden/diagnostics/lock-refused.txt');
});

it('is told apart from that of a lock which could not be made', () => {
  const steps = stage.steps.map(step =>
    step.kind === 'script'
      ? { ...step, fails: { kind: 'unlocked', file: 'uv.lock', command: 'uv lock' } as const }
      : step,
  );
  const error = stepProblem(failure(1, 'error: no version of flask fits'), { ...stage, steps });
  expect(error).toMatchObject({ diagnostics: [{ code: 'QS216' }] });
});

it('is no word about the lock when the manager could not find out, or never came to it', () => {
  expect(stepProblem(failure(2, 'error: Request failed after 3 retries'), stage)?.message).toMatch(/^QS710/);
  expect(stepProblem(failure(1, 'ERROR: no such version', ['pip', 'install', 'uv']), stage)?.message).toMatch(/^QS710/);
});

it('is told of a Debian package whose locked version is gone', async () => {
  const insist = ['apt-get install -y libpq5', 'insist libpq5=15.8-0'];
  const step = { kind: 'script', title: 'install packages', lines: insist, fails: { kind: 'debian' } } as const;
  const said = 'debconf: a warning\nquayside: libpq5 is 15.9-0, and quayside.lock has 15.8-0\n';
  const cmd = ['sh', '-ec', insist.join('\n')];
  const error = stepProblem(failure(1, said, cmd), { ...stage, steps: [step] }) as DiagnosticError;
  const open = diagnose('QS118', { image: 'docker.io/library/python:3.13-slim', names: 'libldap2,libldap-2.5-0' });
  const text = `${[...error.diagnostics, open].map(formatDiagnostic).join('\n\n')}\n`;
  await expect(text).toMatchFileSnapshot('../../golden/diagnostics/debian-versions.txt');
  expect(
    stepProblem(failure(100, 'E: Unable to locate package libpq', cmd), { ...stage, steps: [step] }),
  ).toMatchObject({
    diagnostics: [{ code: expect.not.stringMatching('QS119') }],
  });
});
