/** Files that an app can live with: shown, written, kept up to date, and never written over what somebody changed. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from './support/example.js';
import { type Outcome, quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());

describe('what git ignores', () => {
  const app = scratch.example('ejected-beside-ignored');
  const own = { '.env.example': 'MINE=1\n', Makefile: 'mine:\n', 'deploy/docs/README.md': 'mine\n' };

  test('is not written over, and what a clone would lack is said or has another name', async () => {
    app.write('.gitignore', `${readFileSync(join(app.path, '.gitignore'), 'utf8')}\n.env*\nMakefile\ndeploy/\nlib/\n`);
    for (const [path, text] of Object.entries(own)) app.write(path, text);
    const written = await quayside(['eject', `--source=${app.path}`, '--yes']);
    expect(written).toMatchObject({ code: 0 });
    expect(written.stderr).toContain('Makefile is ignored by git: the rendered one is Makefile.quayside');
    expect(written.stderr).toMatch(/git ignores deploy\/.* and \d+ more: a clone is without/);
    expect(written.stderr).toContain('deploy/docs/README.md was not written by Quayside');
    for (const [path, text] of Object.entries(own)) expect(readFileSync(join(app.path, path), 'utf8')).toBe(text);
    expect(readFileSync(join(app.path, 'quayside.env.example'), 'utf8')).toContain('Rendered by quayside eject');
    expect(readFileSync(join(app.path, 'deploy/docs/README.md.quayside-new'), 'utf8')).toContain('# Running');
  });

  test('is as it would be written, and stays so', async () => {
    expect(await quayside(['eject', `--source=${app.path}`, '--yes'])).toMatchObject({ code: 0, stdout: '' });
    expect(await quayside(['eject', `--source=${app.path}`, '--check'])).toMatchObject({ code: 0 });
  });
});

describe('eject', () => {
  const app = scratch.example('ejected');
  const eject = (...flags: readonly string[]) => quayside(['eject', `--source=${app.path}`, ...flags]);
  const textOf = (path: string) => readFileSync(join(app.path, path), 'utf8');
  let before: Outcome;
  let written: Outcome;

  beforeAll(async () => {
    before = await quayside(['explain', `--source=${app.path}`]);
  });

  test('asks before it writes, and where nobody sits it says how to go on', async () => {
    const asked = await eject();
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(existsSync(join(app.path, 'Dockerfile'))).toBe(false);
  });

  test('--check names what is missing, and writes nothing', async () => {
    const checked = await eject('--check');
    expect(checked).toMatchObject({ code: 1, stderr: expect.stringContaining('compose.yaml') });
    expect(existsSync(join(app.path, 'Dockerfile'))).toBe(false);
  });

  test('--yes shows the difference and writes', async () => {
    written = await eject('--yes');
    expect(written).toMatchObject({ code: 0, stdout: expect.stringContaining('+FROM ') });
    expect(textOf('Dockerfile')).toContain(' AS production');
    expect(statSync(join(app.path, '.quayside/image/entrypoint.sh')).mode & 0o777).toBe(0o755);
    expect(await eject('--check')).toMatchObject({ code: 0, stdout: '' });
  });

  test('what was written changes nothing of what is understood', async () => {
    const after = await quayside(['explain', `--source=${app.path}`]);
    expect(after).toMatchObject({ code: 0, stdout: before.stdout });
  });

  test('what was changed by hand stays, and is no evidence', async () => {
    const mine = `${textOf('compose.yaml')}\n# mine\n`;
    app.write('compose.yaml', mine);
    const again = await eject('--yes');
    expect(again).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/compose\.yaml was changed by hand and stays/),
    });
    expect(textOf('compose.yaml')).toBe(mine);
    expect(await quayside(['explain', `--source=${app.path}`])).toMatchObject({ stdout: before.stdout });
  });

  test('what was removed stays away, and is written by force', async () => {
    rmSync(join(app.path, 'Makefile'));
    expect(await eject('--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Makefile was removed by hand'),
    });
    expect(existsSync(join(app.path, 'Makefile'))).toBe(false);
    expect(await eject('--yes', '--force', '--only=makefile')).toMatchObject({ code: 0 });
    expect(textOf('Makefile')).toContain('.PHONY');
  });

  test("the app's own Dockerfile and Makefile stay, and compose builds from the one beside", async () => {
    const other = scratch.example('with-own');
    other.write('Dockerfile', 'FROM scratch\n');
    other.write('Makefile', 'all:\n');
    const done = await quayside(['eject', `--source=${other.path}`, '--yes']);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('the rendered one is Dockerfile.quayside') });
    const read = (path: string) => readFileSync(join(other.path, path), 'utf8');
    expect([read('Dockerfile'), read('Makefile')]).toEqual(['FROM scratch\n', 'all:\n']);
    expect(read('compose.yaml')).toContain('dockerfile: Dockerfile.quayside\n');
    expect([existsSync(join(other.path, '.dockerignore')), read('Dockerfile.quayside.dockerignore')]).toEqual([
      false,
      expect.stringContaining('Dockerfile.quayside\n'),
    ]);
    expect(await quayside(['eject', `--source=${other.path}`, '--check'])).toMatchObject({ code: 0 });
  });

  test('what programs know by other names takes a place as well', async () => {
    const other = scratch.example('aliased');
    for (const name of ['docker-compose.yml', 'makefile', 'compose.prod.yaml'])
      other.write(name, name === 'makefile' ? 'up:\n\techo theirs\n' : 'services: {}\n');
    const { code, stderr } = await quayside(['eject', `--source=${other.path}`, '--yes']);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('docker-compose.yml was not') });
    const places = ['compose.quayside.yaml', 'compose.quayside.prod.yaml', 'Makefile.quayside', 'compose.dev.yaml'];
    for (const place of places) expect([place, existsSync(join(other.path, place))]).toEqual([place, true]);
    expect(existsSync(join(other.path, 'compose.yaml'))).toBe(false);
    expect(readFileSync(join(other.path, 'compose.prod.yaml'), 'utf8')).toBe('services: {}\n');
  });

  test('a format that is not there is named with those that are', async () => {
    const wrong = await eject('--yes', '--only=makefiles');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('QS801') });
    expect(wrong.stderr).toContain('did you mean "makefile"');
  });
});
