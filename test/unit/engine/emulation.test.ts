import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SetupError } from '../../../engine/errors.js';
import { hostPlatform } from '../../../engine/objects/platform.js';
import { requireRunnable, whyNotRun } from '../../../engine/podman/emulation.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'binfmt-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const other = hostPlatform === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64';
const machine = hostPlatform === 'linux/amd64' ? 'b700' : '3e00';

/** What the kernel tells of a program that runs others. */
const entry = ({ isEnabled = true, flags = 'F', of = machine } = {}): string =>
  `${isEnabled ? 'enabled' : 'disabled'}\ninterpreter /usr/bin/qemu\nflags: ${flags}\noffset 0\nmagic 7f454c460201010000000000000000000200${of}\nmask ffffffffffffff00fffffffffffffffffeffffff\n`;

function register(entries: Readonly<Record<string, string>>): string {
  const directory = join(dir, 'binfmt_misc');
  mkdirSync(directory);
  for (const [name, text] of Object.entries({ status: 'enabled\n', register: '', ...entries }))
    writeFileSync(join(directory, name), text);
  return directory;
}

describe('programs of another processor', () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp | undefined]>([
    ['run with QEMU, whatever its entry is called', { 'qemu-x': entry({ flags: 'PF' }) }, undefined],
    ['do not where nothing is registered', {}, /nothing is registered in .* that runs programs for/],
    ['do not by an entry for others', { 'qemu-s390x': entry({ of: '0016' }) }, /nothing is registered/],
    ['do not by an entry for scripts', { python: 'enabled\nextension .pyc\n' }, /nothing is registered/],
    ['do not where the entry is off', { qemu: entry({ isEnabled: false }) }, /qemu in .* is switched off/],
    ['do not where all entries are', { qemu: entry(), status: 'disabled\n' }, /qemu in .* is switched off/],
    ['do not where containers lack the program', { qemu: entry({ flags: 'PO' }) }, /without the flag F/],
    [
      'run by the one of two entries that can',
      { a: entry({ flags: '' }), b: entry(), c: entry({ isEnabled: false }) },
      undefined,
    ],
  ])('%s', (_, entries, why) => {
    const said = whyNotRun(other, register(entries));
    if (why === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(why);
  });

  test('do not where the kernel was not told of any, which is said by name', () => {
    expect(whyNotRun(other, join(dir, 'none'))).toMatch(/the kernel has no binfmt_misc/);
    expect(whyNotRun(other, dir)).toMatch(/binfmt_misc is not mounted on/);
  });

  test('are not asked about where they are its own, or of no known processor', () => {
    for (const platform of [hostPlatform, `${hostPlatform}/v2`, 'linux/mips64', 'windows'])
      expect(whyNotRun(platform, dir)).toBeUndefined();
    expect(() => requireRunnable(hostPlatform)).not.toThrow();
  });

  test('are refused as something that the owner of the machine has to see to', () => {
    expect(new SetupError('x').extensions).toEqual({ _type: 'SETUP' });
  });
});
