/** What docker/count-tests.py writes of a run is what became of each test, however the run ends. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { readResult } from '../../src/dagger/results.js';

const PROGRAM = new URL('../../docker/count-tests.py', import.meta.url).pathname;

const CASES = `
import unittest

class Shop(unittest.TestCase):
    def test_good(self):
        pass
    def test_bad(self):
        self.assertEqual(1, 2, "quite \\x1b[31m<bad>")
    def test_broken(self):
        raise KeyError("shelf")
    @unittest.skip("later")
    def test_skipped(self):
        pass
    @unittest.expectedFailure
    def test_known(self):
        self.fail()
    @unittest.expectedFailure
    def test_mended(self):
        pass
    def test_parts(self):
        for part in range(3):
            with self.subTest(part=part):
                self.assertNotEqual(part, 1)

class Closed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("closed")
    def test_never(self):
        pass

class Waiting(unittest.IsolatedAsyncioTestCase):
    async def test_waits(self):
        pass
`;

const scratch = mkdtempSync(join(tmpdir(), 'count-tests-'));
afterAll(() => rmSync(scratch, { recursive: true }));

async function counted(files: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const cwd = mkdtempSync(join(scratch, 'app-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const report = join(cwd, 'reports/junit.xml');
  const { exitCode, all } = await execa('python3', [PROGRAM, report, ...words], { cwd, reject: false, all: true });
  return readResult('unit', { exitCode: exitCode ?? -1, output: all, junit: readFileSync(report, 'utf8') });
}

describe('a run whose tests are counted', () => {
  it('is told of test by test', async () => {
    const files = { 'tests/test_shop.py': CASES, 'tests/test_gone.py': 'import nothing_like_it\n' };
    const result = await counted(files, '-m', 'unittest', 'tests/test_shop.py', 'tests/test_gone.py');
    expect(result).toMatchObject({ tests: 10, passed: 3, failed: 3, errors: 3, skipped: 1 });
    expect(Object.fromEntries(result.failures.map(({ name, message }) => [name, message]))).toEqual({
      'tests.test_shop.Shop::test_bad': 'AssertionError: 1 != 2 : quite ?[31m<bad>',
      'tests.test_shop.Shop::test_broken': "KeyError: 'shelf'",
      'tests.test_shop.Shop::test_mended': 'unexpected success',
      'tests.test_shop.Shop::test_parts': '(part=1) AssertionError: 1 == 1',
      'setUpClass (tests.test_shop.Closed)': 'RuntimeError: closed',
      'unittest.loader._FailedTest::test_gone': expect.stringContaining("No module named 'nothing_like_it'"),
    });
  });

  it('is that of a script with a runner of its own', async () => {
    const script = `${CASES}\nif __name__ == "__main__":\n    import sys\n    unittest.main(argv=sys.argv[1:], defaultTest="Waiting")\n`;
    expect(await counted({ 'manage.py': script }, 'manage.py', 'test')).toMatchObject({ tests: 1, passed: 1 });
  });

  it('has a report where it has no tests', async () => {
    expect(await counted({ 'manage.py': 'pass\n' }, 'manage.py', 'test')).toMatchObject({ tests: 0, failures: [] });
  });
});
