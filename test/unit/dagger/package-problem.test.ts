/** The check of packages in the image, from its output to what people read. */
import { expect, it } from 'vitest';
import { packageProblem } from '../../../src/dagger/package-problem.js';
import { CHECK_PACKAGES } from '../../../src/planner/paths.js';

const failure = (cmd: readonly string[], stderr: string) =>
  Object.assign(new Error('exit code: 1'), {
    extensions: { _type: 'EXEC_ERROR', cmd, exitCode: 1, stdout: '', stderr },
  });

it('names each package and the line to add', () => {
  const output =
    'cairocffi: it cannot be imported: OSError\n  fix: write in quayside.yaml: native: { runtime: [libcairo2] }\n';
  const error = packageProblem(failure(['sh', '-ec', `python ${CHECK_PACKAGES} cairocffi`], output));
  expect(error?.diagnostics).toMatchObject([
    {
      code: 'QS704',
      problem: 'cairocffi: it cannot be imported: OSError',
      fix: expect.stringContaining('[libcairo2]'),
    },
  ]);
});

it('leaves other failures as they are', () => {
  expect(packageProblem(failure(['pip', 'install'], 'x: y\n  fix: z\n'))).toBeUndefined();
  expect(packageProblem(new Error('network'))).toBeUndefined();
});
