/** Development without mounts on a real Docker Engine: `docker compose watch` carries edits into running containers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const stop = new AbortController();
const COMPOSE = ['compose', '-f', 'compose.yaml', '-f', 'compose.watch.yaml'];
let app: EjectedApp;
let watching: Promise<unknown> = Promise.resolve();
const page = async () => (await docker().inside('curl', ['-sS', 'http://127.0.0.1:8000/'], { reject: false })).stdout;

/** Writes a file again and again, as it is only seen what changes once somebody watches, until the page has a text. */
async function untilPageHas(text: string, write: () => void): Promise<string> {
  const end = Date.now() + 60_000;
  let answer = '';
  while (Date.now() < end && !answer.includes(text)) {
    write();
    for (let tries = 0; tries < 10 && !answer.includes(text); tries += 1) {
      await sleep(500);
      answer = await page();
    }
  }
  return answer;
}

beforeAll(async () => {
  app = await ejectedExample('flask-stream');
  await docker().provide(...imagesOf(app.plan));
  await docker().inside('make', ['setup'], { cwd: app.path });
  await docker().inside('docker', [...COMPOSE, 'up', '--build', '--detach', '--wait'], { cwd: app.path });
  const options = { cwd: app.path, reject: false, cancelSignal: stop.signal };
  watching = docker().inside('docker', [...COMPOSE, 'watch', '--no-up'], options);
});
afterAll(async () => {
  stop.abort();
  await watching;
  await docker().empty();
  app.remove();
});

test('an edit of a page of the frontend and of a module is served without another start', async () => {
  const containers = async () => (await docker().inside('docker', [...COMPOSE, 'ps', '-q'], { cwd: app.path })).stdout;
  const started = await containers();
  const html = join(app.path, 'frontend/index.html');
  const edited = readFileSync(html, 'utf8').replace(/<title>[^<]*<\/title>/, '<title>carried over</title>');
  expect(await untilPageHas('carried over', () => writeFileSync(html, edited))).toContain('carried over');
  const module = join(app.path, 'flask_stream/__init__.py');
  const text = readFileSync(module, 'utf8');
  const at = text.lastIndexOf('    return app');
  const hook = '    app.after_request(lambda answer: (answer.headers.set("X-Edited", "yes"), answer)[1])\n';
  writeFileSync(module, `${text.slice(0, at)}${hook}${text.slice(at)}`);
  const headers = async () =>
    (await docker().inside('curl', ['-sSI', 'http://127.0.0.1:8000/health'], { reject: false })).stdout;
  await expect.poll(headers, { timeout: 60_000, interval: 500 }).toContain('X-Edited: yes');
  expect(await containers()).toBe(started);
});
