/** The failure of a step whose meaning the plan says, from the command's output to what people read. */
import { expect, it } from 'vitest';
import { stepProblem } from '../../../src/dagger/step-problems.js';
import type { Stage } from '../../../src/plan/types.js';

const stage: Stage = {
  id: 'production',
  base: { kind: 'stage', stage: 'runtime' },
  platform: 'target',
  steps: [
    { kind: 'exec', title: 'install', args: ['pip', 'install'] },
    { kind: 'script', title: 'check the Python packages', lines: ['check cairocffi'], fails: { kind: 'packages' } },
  ],
};
const failure = (cmd: readonly string[], stderr: string) =>
  Object.assign(new Error('exit code: 1'), {
    extensions: { _type: 'EXEC_ERROR', cmd, exitCode: 1, stdout: '', stderr },
  });

it('names each package and the line to add', () => {
  const output =
    'cairocffi: it cannot be imported: OSError\n  fix: write in quayside.yaml: native: { runtime: [libcairo2] }\n';
  const error = stepProblem(failure(['sh', '-ec', 'check cairocffi'], output), stage);
  expect(error?.message).toContain('QS704: cairocffi: it cannot be imported: OSError');
  expect(error?.message).toContain('[libcairo2]');
});

it.each([
  [
    "ImportError: cannot import name 'Mapping' from 'collections' (/usr/local/lib/python3.13/collections/__init__.py)",
    'raise pyjwt, and what asks for its version, to a release that works on Python 3.13',
  ],
  ["ModuleNotFoundError: No module named 'cgi'", 'write python: { version: "3.11" } in quayside.yaml, or raise pyjwt'],
])('tells of a package that was made for an older Python: %s', (error, fix) => {
  const output = `pyjwt: it cannot be imported: ${error}\n  fix: another\n`;
  const said = stepProblem(failure(['sh', '-ec', 'check cairocffi'], output), stage)?.message;
  expect(said).toContain(`fix: ${fix}`);
});

it('tells of a package that another release of one beside it does not suit', () => {
  const error =
    "flask: it cannot be imported: ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/opt/venv/lib/python3.11/site-packages/werkzeug/urls.py)";
  const said = stepProblem(failure(['sh', '-ec', 'check cairocffi'], `${error}\n  fix: another\n`), stage)?.message;
  expect(said).toContain('fix: pin flask and werkzeug among the dependencies to releases that work with the rest');
});

it('leaves other failures as they are', () => {
  expect(stepProblem(failure(['pip', 'install'], 'x: y\n  fix: z\n'), stage)?.message).toMatch(/^QS710/);
  expect(stepProblem(failure(['sh', '-ec', 'check cairocffi'], 'Killed'), stage)?.message).toMatch(/^QS710/);
  expect(stepProblem(new Error('network'), stage)).toBeUndefined();
});
