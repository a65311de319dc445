/** That files which Pythons since 3.6 run are written in what these know, and what stands in for importlib.metadata says what that says. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settledTime } from '../../engine/oci/settled-time.js';

const docker = fileURLToPath(new URL('../../docker/', import.meta.url));
const python = (code: string, ...words: string[]): string =>
  execFileSync('python3', ['-c', code, ...words], { cwd: docker, encoding: 'utf8' });

test('every file is one for Python 3.6', () => {
  const files = readdirSync(docker).filter(name => name.endsWith('.py'));
  const code = `
import ast, pathlib, sys
for name in sys.argv[1:]:
    tree = ast.parse(pathlib.Path(name).read_text(), name, feature_version=(3, 6))
    # Functions of later Pythons that are easily written.
    later = {"removeprefix", "removesuffix", "fromisoformat", "freedesktop_os_release"}
    late = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in later]
    late += [node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in {"capture_output", "text", "dirs_exist_ok"}]
    if late:
        print(name, *late)
`;
  expect(python(code, ...files)).toBe('');
});

test('what is installed is read as importlib.metadata reads it', () => {
  const code = `
import json, sysconfig
from importlib import metadata
import old_metadata
from pip._vendor.packaging.requirements import Requirement

def known(module):
    found = module.distributions(path=[sysconfig.get_path("purelib")])
    return sorted([
        item.metadata["Name"],
        item.version,
        sorted(str(Requirement(line)) for line in item.requires or []),
        sorted(str(file) for file in item.files or []) if item.read_text("RECORD") else None,
    ] for item in found if item.metadata["Name"])

print(len(known(metadata)), known(metadata) == known(old_metadata))
`;
  expect(python(code)).toMatch(/^[1-9]\d* True\n$/);
});

test('bytecode that is valid by time is valid in a layer, where sources have the time of their content', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'quayside-bytecode-'));
  try {
    mkdirSync(join(dir, 'tests'));
    for (const name of ['one.py', 'two.py', 'bad.py', 'tests/left.py'])
      writeFileSync(join(dir, name), name === 'bad.py' ? 'print "no"\n' : `name = ${JSON.stringify(name)}\n`);
    const command = `python3 ${join(docker, 'old-compile.py')} -x /tests/ ${dir} > /dev/null || :`;
    // Of later Pythons this variable alone makes bytecode that is valid by content.
    execFileSync('env', ['-u', 'SOURCE_DATE_EPOCH', 'sh', '-c', command]);
    const compiled = readdirSync(join(dir, '__pycache__'));
    expect(compiled.map(name => name.split('.')[0]).toSorted()).toEqual(['one', 'two']);
    expect(readdirSync(join(dir, 'tests'))).toEqual(['left.py']);
    for (const name of compiled) {
      const source = join(dir, `${name.split('.')[0]}.py`);
      const time = await settledTime(pieces(readFileSync(source)));
      expect(statSync(source).mtimeMs / 1000).toBe(time);
      // After the magic number and the flags, of which 3.6 has none.
      expect(readFileSync(join(dir, '__pycache__', name)).readUInt32LE(8)).toBe(time);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}
