import { describe, expect, test } from 'vitest';
import { describeResults, hasPassed, readResult, TestFailure } from '../../../src/dagger/results.js';

const junit = (cases: string, time = '1.25') =>
  `<?xml version="1.0"?><testsuites><testsuite name="pytest" time="${time}">${cases}</testsuite></testsuites>`;
const passing = '<testcase classname="tests.a" name="test_one" time="0.1"/>';
const failing =
  '<testcase classname="tests.a" name="test_two"><failure message="AssertionError: no">long</failure></testcase>';
const broken =
  '<testcase classname="" name="tests.b"><error message="collection failure">ImportError</error></testcase>';
const skipped = '<testcase classname="tests.a" name="test_three"><skipped message="no ffmpeg"/></testcase>';

const run = (exitCode: number, cases?: string, output = '') =>
  readResult('unit', { exitCode, output, junit: cases === undefined ? undefined : junit(cases) });

describe('a result', () => {
  test('counts what the report says', async () => {
    expect(await run(1, passing + failing + broken + skipped)).toEqual({
      suite: 'unit',
      tests: 4,
      passed: 1,
      failed: 1,
      errors: 1,
      skipped: 1,
      seconds: 1.25,
      failures: [
        { name: 'tests.a::test_two', message: 'AssertionError: no' },
        { name: 'tests.b', message: 'collection failure' },
      ],
    });
  });

  test.each<[string, ReturnType<typeof run>, boolean]>([
    ['everything passed', run(0, passing), true],
    ['skipped tests are no failures', run(0, passing + skipped), true],
    ['one failed', run(1, failing), false],
    ['no tests at all', run(5, ''), false],
    ['green tests in a run that ended badly', run(2, passing, 'INTERNALERROR'), false],
    ['no report and a bad end', run(4, undefined, 'usage: pytest'), false],
    ['a linter that is content', run(0), true],
  ])('%s', async (_name, result, passed) => {
    expect(hasPassed(await result)).toBe(passed);
  });

  test.each<[number, string | undefined, string, string]>([
    [5, '', '', 'no tests were found'],
    [2, passing, 'INTERNALERROR: boom', 'ended with exit code 2:\nINTERNALERROR: boom'],
    [4, undefined, '', 'ended with exit code 4 and no output'],
  ])('exit code %i with report %s says why', async (exitCode, cases, output, message) => {
    expect((await run(exitCode, cases, output)).failures.map(failure => failure.message)).toEqual([message]);
  });

  test('entities and long reasons are cut to the first lines', async () => {
    const text =
      '<testcase classname="t" name="n"><failure message="a &lt; b&#10;c&#10;&#10;d&#10;e">x</failure></testcase>';
    expect((await run(1, text)).failures[0]?.message).toBe('a < b\nc\nd');
  });
});

test('words name every failed test with its suite', async () => {
  const error = new TestFailure([
    await run(1, passing + failing + skipped),
    { ...(await run(0, passing)), suite: 'e2e' },
  ]);
  expect(error.message).toBe(
    [
      '1 test failed',
      '',
      'unit: 1 passed, 1 failed, 1 skipped in 1.3 s',
      '  FAILED tests.a::test_two',
      '    AssertionError: no',
      'e2e: 1 passed in 1.3 s',
    ].join('\n'),
  );
  expect(describeResults([await run(0, passing)])).toBe('unit: 1 passed in 1.3 s');
});

test('however much fails, and however long its lines are, the message can be read, and told twice as engines do', async () => {
  const long = 'x'.repeat(2_000);
  const cases = (of: string) =>
    Array.from({ length: 500 }, (_, at) => `<testcase classname="t" name="n${at}">${of}</testcase>`).join('');
  const broken = await run(1, cases(`<failure message="${long}&#10;${long}&#10;${long}&#10;${long}">x</failure>`));
  const silent = await readResult('lint', { exitCode: 1, output: `${long}\n`.repeat(100), junit: undefined });
  const { message } = new TestFailure([broken, silent]);
  expect(message).toMatch(/^501 tests failed\n\nunit: 0 passed, 500 failed/);
  expect(message).toContain('\n  and 480 more, which the reports name\n');
  expect(message.split('\n').length).toBeLessThan(110);
  expect(message.length).toBeLessThan(30_000);
});
