/** The main job as a day of work goes: all green, nothing changed, an edit here, a mistake there. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLE, makeScratch } from './support/example.js';
import { cached, logPodman, type Outcome, quayside, ran } from './support/quayside.js';

const scratch = makeScratch();
const app = scratch.example('app');
const inScratch = (...path: string[]): string => join(scratch.dir, ...path);
afterAll(() => scratch.remove());

/** What no run before can have had. */
const fresh = (): string => randomUUID();
const SUITES = [/pytest tests\/unit/, /pytest tests\/e2e/] as const;
const PYTHON_PARTS = [/read the lock file/, /install Python dependencies/] as const;
const FRONTEND_BUILD = /build the frontend/;
const COMPILATION = /compile the app/;

/** The steps that match no pattern. */
const others = (steps: readonly string[], ...patterns: readonly RegExp[]): readonly string[] =>
  steps.filter(name => !patterns.some(pattern => pattern.test(name)));

describe('the example', () => {
  let run: Outcome;
  beforeAll(async () => {
    run = await quayside(['test', `--source=${EXAMPLE}`]);
  });

  test('passes, with a count for each suite on standard output', () => {
    expect(run).toMatchObject({ code: 0 });
    const counts = /^unit: (\d+) passed in [\d.]+ s\ne2e: (\d+) passed in [\d.]+ s\n$/.exec(run.stdout);
    expect(Number(counts?.[1]) + Number(counts?.[2])).toBeGreaterThanOrEqual(40);
  });

  test('shows each step once, and a closing line that counts them', () => {
    const names = run.steps.map(step => step.name);
    expect(names.filter(name => SUITES.some(suite => suite.test(name)))).toHaveLength(2);
    expect(run.stderr.trimEnd().split('\n').at(-1)).toMatch(
      new RegExp(`^${run.steps.length} steps, \\d+ cached, \\d+ run in `),
    );
    expect(run.stderr).not.toMatch(/failed|error/i);
  });

  test('unchanged, it is answered from the cache, and no container is started', async () => {
    const podman = logPodman(inScratch('podman'));
    const again = await quayside(['test', `--source=${EXAMPLE}`], { env: { PATH: podman.PATH } });
    expect(again).toMatchObject({ code: 0, stdout: run.stdout });
    expect(ran(again)).toEqual([]);
    expect(again.steps.filter(step => step.state !== 'cached')).toEqual([]);
    expect(podman.calls().filter(call => /\b(run|create|start|exec)\b/.test(call))).toEqual([]);
  });
});

describe('an edit of one line of Python', () => {
  let run: Outcome;
  beforeAll(async () => {
    app.append('flask_stream/errors.py', `\n# ${fresh()}\n`);
    run = await quayside(['test', `--source=${app.path}`]);
  });

  test('passes', () => {
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^unit: \d+ passed .*\ne2e: \d+ passed .*\n$/);
  });

  test('compiles and tests again, and rebuilds nothing else', () => {
    expect(others(ran(run), COMPILATION, ...SUITES)).toEqual([]);
    expect(ran(run)).toEqual(expect.arrayContaining(SUITES.map(suite => expect.stringMatching(suite))));
    for (const part of [...PYTHON_PARTS, FRONTEND_BUILD])
      expect(cached(run)).toContainEqual(expect.stringMatching(part));
  });
});

describe('a failing unit test', () => {
  let run: Outcome;
  beforeAll(async () => {
    const unique = `the tide ${fresh()}`;
    app.append(
      'tests/unit/test_sse.py',
      `\n\ndef test_the_tide():\n    print("${unique}")\n    assert "ebb" == "flood"\n`,
    );
    run = await quayside(['test', `--source=${app.path}`, `--reports=${inScratch('unit-failed')}`]);
  });

  test('ends in 1 and is named with its reason, beside what the other suite found', () => {
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(
      /^error: 1 test failed\n\nunit: \d+ passed, 1 failed in .*\n {2}FAILED tests\.unit\.test_sse::test_the_tide\n {4}AssertionError: .*'ebb' == 'flood'/m,
    );
    expect(run.stderr).toMatch(/^e2e: \d+ passed/m);
  });

  test('shows the output of the suite under its step', () => {
    expect(run.steps).toContainEqual({ name: expect.stringMatching(SUITES[0]), state: 'failed' });
    expect(run.stderr).toMatch(/^unit │ the tide [0-9a-f-]{36}$/m);
    expect(run.stderr).toMatch(/^unit │ FAILED tests\/unit\/test_sse\.py::test_the_tide/m);
  });

  test('leaves the browser tests cached: they read none of it', () => {
    expect(cached(run)).toContainEqual(expect.stringMatching(SUITES[1]));
    expect(others(ran(run), COMPILATION, SUITES[0])).toEqual([]);
  });

  test('is in the reports, which are written all the same', () => {
    const junit = readFileSync(inScratch('unit-failed/unit/junit.xml'), 'utf8');
    expect(junit).toMatch(/<testsuite [^>]*failures="1"/);
    expect(junit).toMatch(/<testcase [^>]*name="test_the_tide"[^>]*><failure /);
    expect(readFileSync(inScratch('unit-failed/unit/coverage.xml'), 'utf8')).toMatch(
      /<coverage [^>]*line-rate="0\.\d+"/,
    );
    expect(readFileSync(inScratch('unit-failed/unit/coverage/index.html'), 'utf8')).toContain('Coverage report');
    expect(readFileSync(inScratch('unit-failed/e2e/junit.xml'), 'utf8')).toMatch(/failures="0"/);
  });

  test('runs again when it is asked for again, by another function too, and what passed does not', async () => {
    const again = await quayside(['reports', `--source=${app.path}`, `--output=${inScratch('failed-again')}`]);
    expect(again.code).toBe(0);
    expect(others(ran(again), SUITES[0])).toEqual([]);
    expect(again.steps).toContainEqual({ name: expect.stringMatching(SUITES[0]), state: 'failed' });
    const output = (of: string): string => readFileSync(inScratch(of, 'unit/output.txt'), 'utf8');
    expect(output('failed-again')).toContain('FAILED tests/unit/test_sse.py::test_the_tide');
    expect(output('failed-again')).not.toBe(output('unit-failed'));
    expect(readFileSync(inScratch('failed-again/unit/junit.xml'), 'utf8')).toContain('test_the_tide');
  });
});

describe('an edit of the frontend that breaks a browser test', () => {
  let run: Outcome;
  beforeAll(async () => {
    app.write('tests/unit/test_sse.py', readFileSync(join(EXAMPLE, 'tests/unit/test_sse.py'), 'utf8'));
    app.replace('frontend/index.html', '<title>flask-stream</title>', `<title>low tide ${fresh()}</title>`);
    run = await quayside(['test', `--source=${app.path}`, `--reports=${inScratch('e2e-failed')}`]);
  });

  test('ends in 1 and names the test', () => {
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^error: 1 test failed$/m);
    expect(run.stderr).toMatch(
      /^e2e: \d+ passed, 1 failed in .*\n {2}FAILED tests\.e2e\.test_wall::test_the_page_is_live/m,
    );
    expect(run.stderr).toMatch(/^unit: \d+ passed in/m);
  });

  test('builds the frontend again, and no Python part', () => {
    expect(ran(run)).toContainEqual(expect.stringMatching(FRONTEND_BUILD));
    expect(others(ran(run), FRONTEND_BUILD, COMPILATION, ...SUITES)).toEqual([]);
    for (const part of PYTHON_PARTS) expect(cached(run)).toContainEqual(expect.stringMatching(part));
  });

  test('leaves a trace and a screenshot of the failure among the reports', () => {
    const folder = inScratch('e2e-failed/e2e/playwright');
    const failed = readdirSync(folder).filter(name => name.includes('test-the-page-is-live'));
    expect(failed).toHaveLength(1);
    const magic = (name: string): string =>
      readFileSync(join(folder, failed[0]!, name))
        .subarray(0, 4)
        .toString('latin1');
    expect(magic('trace.zip')).toBe('PK\u0003\u0004');
    expect(magic('test-failed-1.png')).toBe('\u0089PNG');
  });

  test('leaves the screenshots that the tests take themselves', () => {
    expect(statSync(inScratch('e2e-failed/e2e/playwright/live-update.png')).size).toBeGreaterThan(1000);
  });
});

describe('reports', () => {
  test('--output writes JUnit, coverage and screenshots of a run that passed', async () => {
    const out = inScratch('deep/er/reports');
    const reported = await quayside(['reports', `--source=${EXAMPLE}`, `--output=${out}`]);
    expect(reported).toMatchObject({ code: 0, stdout: '' });
    expect(reported.stderr).toContain(`saved to ${out}`);
    // What `test` ran counts for it, and for whatever is asked next.
    expect(ran(reported)).toEqual([]);
    for (const file of ['unit/junit.xml', 'unit/coverage.xml', 'unit/coverage/index.html', 'unit/output.txt'])
      expect(existsSync(join(out, file)), file).toBe(true);
    for (const file of ['e2e/junit.xml', 'e2e/output.txt', 'e2e/playwright/uploader.png'])
      expect(existsSync(join(out, file)), file).toBe(true);
  });

  test.each(['unit', 'browser'])('%s runs nothing that test has run', async name => {
    const run = await quayside([name, `--source=${EXAMPLE}`]);
    expect(run.code).toBe(0);
    expect(ran(run)).toEqual([]);
  });

  test('without --output nothing is run, and the flag is named', async () => {
    const { code, stderr, steps } = await quayside(['reports', `--source=${EXAMPLE}`]);
    expect({ code, steps }).toEqual({ code: 2, steps: [] });
    expect(stderr).toContain('--output');
  });
});
