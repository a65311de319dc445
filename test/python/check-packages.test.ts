/** docker/check-packages.py: which failures of an import are a package's own, and what is said to do about them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CHECK = fileURLToPath(new URL('../../docker/check-packages.py', import.meta.url));

/** What the program makes of code that imports something: the error that counts, and the line that helps. */
function judged(code: string): readonly [string | null, string | null] {
  const program = `
import json, runpy, sys
own = runpy.run_path(sys.argv[1])
problem = own["import_problem"](sys.argv[2])
print(json.dumps([problem, problem and own["fix_for"](problem, {})]))
`;
  const done = spawnSync('python3', ['-c', program, CHECK, code], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

test.each<readonly [string, string, string | null]>([
  ['code that works', 'import json', null],
  ['a module that nothing brings', 'import no_such_module', 'add the Python package with no_such_module'],
  [
    'a name that another release of a package had',
    'from json import no_such_name',
    'the versions of its packages do not fit together: pin the one that brings json',
  ],
  ['an order of imports', 'raise ImportError("the a package should be imported before a_binary")', null],
  ['settings', 'raise RuntimeError("no settings")', null],
])('%s', (_, code, fix) => {
  const [problem, said] = judged(code);
  expect(problem === null).toBe(fix === null);
  if (fix !== null) expect(said).toContain(fix);
});
