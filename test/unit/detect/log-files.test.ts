/** Logs that the code writes beside itself, where a container may not write. */
import { expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { isTitled } from '../support/steps.js';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const config = (text: string): Files => withFiles(FLASK, { 'shop/config.py': `import logging\nimport os\n${text}\n` });

it.each<readonly [string, Files, readonly string[]]>([
  ['none', FLASK, []],
  [
    'of a handler that a function makes',
    config('def on_setup(logger):\n    logger.addHandler(logging.FileHandler("worker.log"))'),
    ['worker.log'],
  ],
  ['of logging in one line', config('logging.basicConfig(level=10, filename="app.log")'), ['app.log']],
  [
    'of settings, in a directory with code',
    config(
      'BASE = os.path.dirname(__file__)\nL = {"handlers": {"f": {"class": "logging.FileHandler", "filename": os.path.join(BASE, "debug.log")}}}',
    ),
    ['shop/debug.log'],
  ],
  ['one name twice', config('logging.FileHandler("a.log")\nlogging.FileHandler("a.log")'), ['a.log']],
  ['in a directory of their own, which is a volume', config('logging.FileHandler("logs/app.log")'), []],
  ['elsewhere on the machine', config('logging.FileHandler("/var/log/app.log")'), []],
  ['of tests', withFiles(FLASK, { 'tests/test_a.py': 'import logging\nlogging.FileHandler("t.log")\n' }), []],
  ['a stream', config('logging.basicConfig(level=10)\nlogging.StreamHandler()'), []],
])('%s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect((facts!.logFiles ?? []).map(({ value }) => value)).toEqual(expected);
  const { stages } = makePlan(facts!, {});
  const linked = stages.some(({ steps }) => steps.some(step => isTitled(step, 'keep logs out of the code')));
  expect(linked).toBe(expected.length > 0);
});
