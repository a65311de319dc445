/** Development of an app with a frontend on a real Docker Engine: both halves take in edits, and what containers make belongs to who started them. */
import { chownSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/types.js';
import { quayside } from '../e2e/support/quayside.js';
import { ROOT } from '../engine/cli/quayside-process.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
const app = join(dir, 'app');
/** Somebody who is neither root nor the user of the image. */
const DEVELOPER = 4321;

const page = async () => (await docker().inside('curl', ['-sS', 'http://127.0.0.1:8000/'], { reject: false })).stdout;

async function untilPageHas(text: string, seconds: number): Promise<string> {
  const end = Date.now() + seconds * 1000;
  let answer = await page();
  while (!answer.includes(text) && Date.now() < end) {
    await sleep(200);
    answer = await page();
  }
  return answer;
}

beforeAll(async () => {
  cpSync(join(ROOT, 'examples/flask-stream'), app, { recursive: true });
  expect(await quayside(['eject', `--source=${app}`, '--yes'])).toMatchObject({ code: 0 });
  const own = (path: string): void => {
    chownSync(path, DEVELOPER, DEVELOPER);
    if (statSync(path).isDirectory()) for (const name of readdirSync(path)) own(join(path, name));
  };
  own(app);
});
afterAll(async () => {
  await docker().empty();
  rmSync(dir, { recursive: true, force: true });
});

test('make up builds the frontend into the source, as the developer', async ({ skip }) => {
  if (!docker().composeBuilds)
    skip('compose needs buildx to build: ./quayside setup --for-tests compiles it where Go is');
  const plan = JSON.parse(readFileSync(join(ROOT, 'test/golden/plan/flask-stream.golden.json'), 'utf8')) as Plan;
  await docker().provide(...Object.keys(plan.images).filter(name => !/playwright|nginx/.test(name)));
  await docker().inside('make', ['setup'], { cwd: app });
  const env = join(app, '.env');
  writeFileSync(env, readFileSync(env, 'utf8').replace(/^(UID|GID)=.*$/gm, `$1=${DEVELOPER}`));
  await docker().inside('make', ['up'], { cwd: app });
  expect(await untilPageHas('<html', 20)).toContain('<html');
  expect(statSync(join(app, 'frontend/dist/index.html')).uid).toBe(DEVELOPER);
});

test('an edit of the page is built and served without another start', async () => {
  const html = join(app, 'frontend/index.html');
  writeFileSync(html, readFileSync(html, 'utf8').replace(/<title>[^<]*<\/title>/, '<title>edited here</title>'));
  expect(await untilPageHas('edited here', 20)).toContain('edited here');
});
