/** What a project in a directory of the source declares, as far as its files show it. */
import { describe, expect, test } from 'vitest';
import { readLocalProject } from '../../../src/detect/python/local-project.js';
import { memoryTree } from '../../../src/source/tree.js';

async function declaredIn(files: Readonly<Record<string, string>>, extras: readonly string[] = []) {
  const project = await readLocalProject(memoryTree(files), '', extras);
  return project && [project.isComputed ? 'computed' : 'whole', ...project.declared];
}

const setup = (text: string, given: string) => ({
  'setup.py': `from setuptools import setup\n${text}\nsetup(name="shop", install_requires=${given})\n`,
});

describe('a setup.py', () => {
  test.each([
    ['a list', setup('', '["flask>=3", \'redis\']'), ['whole', 'flask>=3', 'redis']],
    ['a name', setup('NEEDED = ("flask", "redis")', 'NEEDED'), ['whole', 'flask', 'redis']],
    ['a name with a type', setup('NEEDED: list[str] = ["flask"]', 'list(NEEDED)'), ['whole', 'flask']],
    [
      'sums, and what is added at the top',
      setup('A = ["flask"]\nB = A + ["redis"]\nB += ["celery"]\nB.append("rq")', '[*B, "httpx"]'),
      ['whole', 'flask', 'redis', 'celery', 'rq', 'httpx'],
    ],
    [
      'a text of lines',
      setup('', '"""\n    flask>=3\n    # a comment\n    redis\n"""'),
      ['whole', 'flask>=3', 'redis'],
    ],
    ['a text that is split', setup('', '"flask\\nredis".split("\\n")'), ['whole', 'flask', 'redis']],
    [
      'what is added below a condition',
      setup('A = ["flask"]\nif WINDOWS:\n    A.append("waitress")', 'A'),
      ['computed', 'flask', 'waitress'],
    ],
    [
      'a file that it reads',
      {
        ...setup('def read(p):\n    return open(p).read().split()', 'read("deps.txt")'),
        'deps.txt': 'flask\n-i https://x\n',
      },
      ['computed', 'flask'],
    ],
    [
      'arguments that are made elsewhere',
      { 'setup.py': 'from setuptools import setup\nARGS = dict(install_requires=["flask"])\nsetup(**ARGS)\n' },
      ['computed', 'flask'],
    ],
    ['nothing', { 'setup.py': 'from setuptools import setup\nsetup()\n' }, ['whole']],
    ['code that is compiled', { 'setup.py': 'setup(ext_modules=[Extension("a", ["a.c"])])\n' }, undefined],
    ['no project', { 'app.py': '' }, undefined],
  ] as const)('%s', async (_, files, expected) => {
    expect(await declaredIn(files)).toEqual(expected);
  });

  test('names its extras as literals, and one that is not seen is asked for when it is built', async () => {
    const files = {
      'setup.py':
        'T = ["pytest"]\nsetup(install_requires=["flask"], extras_require={"test": T + ["httpx"], "all": x()})\n',
    };
    expect(await declaredIn(files, ['test'])).toEqual(['whole', 'flask', 'pytest', 'httpx']);
    expect((await declaredIn(files, ['docs']))?.[0]).toBe('computed');
  });
});

describe('other files', () => {
  test.each([
    [
      'setup.cfg with a comment behind a requirement',
      { 'setup.cfg': '[options]\ninstall_requires =\n    flask  # serves\n    redis\n' },
      ['whole', 'flask', 'redis'],
    ],
    [
      'setup.cfg that names a file',
      { 'setup.cfg': '[options]\ninstall_requires = file: deps.in\n', 'deps.in': 'flask\n' },
      ['whole', 'flask'],
    ],
    [
      'setup.cfg without a list, whose setup.py has it',
      { 'setup.cfg': '[options]\npackages = find:\n', ...setup('', '["flask"]') },
      ['whole', 'flask'],
    ],
    [
      'pyproject.toml that leaves them to a file that includes another',
      {
        'pyproject.toml':
          '[project]\nname = "a"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = "deps.in"}\n',
        'deps.in': '-r more.in\nflask\n',
      },
      ['computed', 'flask'],
    ],
    [
      'pyproject.toml that leaves them to a tool nobody knows',
      { 'pyproject.toml': '[project]\nname = "a"\ndynamic = ["dependencies", "version"]\n' },
      ['computed'],
    ],
  ] as const)('%s', async (_, files, expected) => {
    expect(await declaredIn(files)).toEqual(expected);
  });
});
