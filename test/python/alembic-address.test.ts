/** docker/alembic-address.py: which address Alembic gets to see. Its package is not on every machine: a small one stands for what is used of it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../docker/alembic-address.py', import.meta.url));

const ALEMBIC = `
from configparser import ConfigParser

class Config:
    def __init__(self, file_=None):
        self.file = ConfigParser()
        self.file.read(file_)
    def get_main_option(self, name):
        return self.file.get("alembic", name, fallback=None)
    def set_main_option(self, name, value):
        self.file.set("alembic", name, value)

def main(argv=None, prog=None):
    print(prog, *argv, Config(file_="alembic.ini").get_main_option("sqlalchemy.url"))
`;

function addressOf(written: string, given: string | undefined): string {
  const dir = mkdtempSync(join(tmpdir(), 'alembic-address-'));
  try {
    mkdirSync(join(dir, 'alembic'));
    writeFileSync(join(dir, 'alembic', '__init__.py'), '');
    writeFileSync(join(dir, 'alembic', 'config.py'), ALEMBIC);
    writeFileSync(join(dir, 'alembic.ini'), `[alembic]\nsqlalchemy.url = ${written}\n`);
    const { ADDRESS: _, ...env } = process.env;
    const done = spawnSync('python3', [PROGRAM, 'ADDRESS', 'upgrade', 'head'], {
      cwd: dir,
      encoding: 'utf8',
      env: { ...env, PYTHONPATH: dir, ...(given === undefined ? {} : { ADDRESS: given }) },
    });
    if (done.status !== 0) throw new Error(done.stderr);
    return done.stdout.trim();
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test.each<readonly [string, string, string | undefined, string]>([
  [
    'the given one, with the driver of the written one',
    'postgresql+asyncpg://a:b@db/c',
    'postgresql://u:p%40x@host:5432/app',
    'postgresql+asyncpg://u:p%40x@host:5432/app',
  ],
  ['the written one where none is given', 'mysql+pymysql://a:b@db/c', undefined, 'mysql+pymysql://a:b@db/c'],
])('%s', (_, written, given, expected) => {
  expect(addressOf(written, given)).toBe(`alembic upgrade head ${expected}`);
});
