import { expect, test } from '@playwright/test';
import { askForDigest, TITLE } from './feed.js';

test('a feed becomes a digest', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', error => problems.push(String(error)));
  await askForDigest(page);
  await expect(page.getByRole('status')).toHaveText('Ready');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(TITLE);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Why lighthouses blink', 'Knots']);
  await expect(page.getByText('ice cream')).toHaveCount(0);
  expect(problems).toEqual([]);
});

test('without WebSocket the page asks until the digest is ready', async ({ page }) => {
  await page.routeWebSocket(/\/api\/v1\/ws\//, socket => socket.close());
  await askForDigest(page);
  await expect(page.getByRole('status')).toHaveText('Ready');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(TITLE);
});

test('the audio plays, and the player can jump in it', async ({ page }) => {
  await askForDigest(page);
  const audio = page.getByLabel('The digest, spoken');
  await expect(audio).toBeVisible();
  const length = () => audio.evaluate((player: HTMLAudioElement) => player.duration);
  await expect.poll(length).toBeGreaterThan(3);
  const at = await audio.evaluate(async (player: HTMLAudioElement) => {
    player.currentTime = player.duration - 1;
    await new Promise(resolve => player.addEventListener('seeked', resolve, { once: true }));
    return player.duration - player.currentTime;
  });
  expect(at).toBeCloseTo(1, 1);
});

test('audio is served in parts', async ({ page, request }) => {
  const id = await askForDigest(page);
  await expect(page.getByRole('status')).toHaveText('Ready');
  const url = `/api/v1/audio/${id}.wav`;
  const whole = await (await request.get(url)).body();
  expect(whole.subarray(0, 4).toString()).toBe('RIFF');
  const part = await request.get(url, { headers: { Range: 'bytes=1000-1999' } });
  expect(part.status()).toBe(206);
  expect(part.headers()['content-range']).toBe(`bytes 1000-1999/${whole.length}`);
  expect(Buffer.compare(await part.body(), whole.subarray(1000, 2000))).toBe(0);
});

test('a feed that cannot be used says why', async ({ page }) => {
  await askForDigest(page, '<html></html>');
  await expect(page.getByRole('status')).toHaveText('Failed');
  await expect(page.getByRole('main').getByRole('alert')).toHaveText('The file is XML, and no RSS feed.');
});

test('an empty file is refused in the form', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Feed (RSS file)').setInputFiles({ name: 'a.xml', mimeType: 'text/xml', buffer: Buffer.alloc(0) });
  await page.getByRole('button', { name: 'Make a digest' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toHaveText('The file is empty.');
});

test('a digest that is not there is not found', async ({ page }) => {
  const response = await page.goto(`/digests/${'0'.repeat(32)}`);
  expect(response?.status()).toBe(404);
});

test.describe('without script', () => {
  test('a digest is there to read, from the server', async ({ browser, page, baseURL }) => {
    const id = await askForDigest(page);
    await expect(page.getByRole('status')).toHaveText('Ready');
    const context = await browser.newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true, baseURL });
    const plain = await context.newPage();
    await plain.goto('/');
    await plain.locator(`a[href="/digests/${id}"]`).click();
    await expect(plain).toHaveTitle(`${TITLE} – Podcast digest`);
    await expect(plain.getByRole('heading', { level: 2 })).toHaveText(['Why lighthouses blink', 'Knots']);
    await context.close();
  });
});
