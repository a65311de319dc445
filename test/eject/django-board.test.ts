/** What is rendered for an app, run on a real Docker Engine: development with edits, what is kept, production behind TLS. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/types.js';
import { quayside } from '../e2e/support/quayside.js';
import { ROOT } from '../engine/cli/quayside-process.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
const app = join(dir, 'app');
const inApp = (command: string, ...args: readonly string[]) => docker().inside(command, args, { cwd: app });
const make = (...args: readonly string[]) => inApp('make', ...args);
const get = async (url: string, ...flags: readonly string[]) =>
  (await docker().inside('curl', ['-sS', '--insecure', ...flags, url], { reject: false })).stdout;

/** Asks until the answer has the text; what it was in the end when it never does. */
async function untilHas(url: string, text: string, seconds: number): Promise<string> {
  const end = Date.now() + seconds * 1000;
  let answer = '';
  while (Date.now() < end) {
    answer = await get(url);
    if (answer.includes(text)) break;
    await sleep(200);
  }
  return answer;
}

beforeAll(async () => {
  cpSync(join(ROOT, 'examples/django-board'), app, { recursive: true });
  expect(await quayside(['eject', `--source=${app}`, '--yes'])).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await docker().empty();
  rmSync(dir, { recursive: true, force: true });
});

describe('django-board', () => {
  test('make up brings everything that development needs', async ({ skip }) => {
    if (!docker().composeBuilds)
      skip('compose needs buildx to build: ./quayside setup --for-tests compiles it where Go is');
    const plan = JSON.parse(readFileSync(join(ROOT, 'test/golden/plan/django-board.golden.json'), 'utf8')) as Plan;
    const needed = Object.keys(plan.images).filter(name => !name.includes('playwright'));
    await docker().provide(...needed);
    await make('setup');
    await make('up');
    expect(await untilHas('http://127.0.0.1:8000/', '<html', 10)).toContain('<html');
  });

  test('an edit of a template and of a module is served without another start', async () => {
    const started = (
      await inApp('docker', 'compose', '-f', 'compose.yaml', '-f', 'compose.dev.yaml', 'ps', '-q', 'web')
    ).stdout;
    const template = join(app, 'board/templates/board/base.html');
    writeFileSync(template, readFileSync(template, 'utf8').replace('<body', '<body data-edited="here"'));
    expect(await untilHas('http://127.0.0.1:8000/', 'data-edited="here"', 10)).toContain('data-edited="here"');
    const file = join(app, 'board/views.py');
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}\n\ndef edited(request):\n    from django.http import HttpResponse\n\n    return HttpResponse("edited")\n`,
    );
    const urls = join(app, 'config/urls.py');
    writeFileSync(
      urls,
      `${readFileSync(urls, 'utf8')}\nfrom board.views import edited\n\nurlpatterns += [path("edited", edited)]\n`,
    );
    expect(await untilHas('http://127.0.0.1:8000/edited', 'edited', 30)).toContain('edited');
    const still = (await inApp('docker', 'compose', '-f', 'compose.yaml', '-f', 'compose.dev.yaml', 'ps', '-q', 'web'))
      .stdout;
    expect(still).toBe(started);
  });

  test('what was written is there after down and up, and in an empty project after backup and restore', async () => {
    const manage = (...words: readonly string[]) =>
      inApp(
        'docker',
        'compose',
        '-f',
        'compose.yaml',
        '-f',
        'compose.dev.yaml',
        'exec',
        '-T',
        'web',
        'python',
        'manage.py',
        ...words,
      );
    const users = async () =>
      (await manage('shell', '-c', 'from django.contrib.auth.models import User; print("users", User.objects.count())'))
        .stdout;
    await manage('shell', '-c', 'from django.contrib.auth.models import User; User.objects.create_user("kept")');
    const before = await users();
    expect(before).toMatch(/users [1-9]/);
    await make('down');
    await make('up');
    expect(await users()).toBe(before);
    await make('backup');
    await make('clean');
    await make('up');
    expect(await users()).not.toBe(before);
    await make('restore');
    expect(await users()).toBe(before);
  });

  test('production answers behind TLS, as nobody, from a file system that it cannot write to', async () => {
    await make('down');
    await make('certificates');
    await make('prod');
    const answer = await get('https://127.0.0.1/', '--include');
    expect(answer).toMatch(/^HTTP\/2 200/);
    expect(answer.toLowerCase()).toContain('strict-transport-security');
    expect(await get('http://127.0.0.1/', '--include')).toMatch(/^HTTP\/1\.1 308/);
  });
});
