/** The first quayside.yaml, from the command line: written once, and never over another. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeScratch } from './support/example.js';
import { quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());

describe('init', () => {
  const app = scratch.example('initial');
  const init = (...flags: readonly string[]) => quayside(['init', `--source=${app.path}`, ...flags]);
  const textOf = (path: string) => readFileSync(join(app.path, path), 'utf8');
  const isThere = (path: string) => existsSync(join(app.path, path));

  test('writes what was found, with what is asked for beside it; what is understood stays the same', async () => {
    rmSync(join(app.path, 'quayside.yaml'), { force: true });
    const before = await quayside(['plan', `--source=${app.path}`]);
    expect(await init('--also=github', '--yes')).toMatchObject({ code: 0 });
    expect(textOf('quayside.yaml')).toContain('#server:');
    expect(textOf('.github/workflows/quayside.yml')).toContain('pull_request');
    expect(isThere('Dockerfile')).toBe(false);
    expect(await quayside(['plan', `--source=${app.path}`])).toMatchObject({ code: 0, stdout: before.stdout });
  });

  test('leaves a quayside.yaml that is there as it is, and names it', async () => {
    app.write('quayside.yaml', '# mine\n');
    const again = await init('--yes');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/QS802[\s\S]*quayside\.yaml/) });
    expect(textOf('quayside.yaml')).toBe('# mine\n');
  });

  test('without anything beside it leaves what an eject wrote where it is', async () => {
    rmSync(join(app.path, 'quayside.yaml'));
    expect(await quayside(['eject', `--source=${app.path}`, '--only=makefile', '--yes'])).toMatchObject({ code: 0 });
    expect(await init('--yes')).toMatchObject({ code: 0 });
    expect(isThere('Makefile')).toBe(true);
    expect(isThere('.github/workflows/quayside.yml')).toBe(true);
  });
});
