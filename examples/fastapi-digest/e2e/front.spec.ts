import { expect, test } from '@playwright/test';
import { askForDigest } from './feed.js';

test.describe('nginx in front', () => {
  test.beforeEach(({ baseURL }) => {
    test.skip(!baseURL?.startsWith('https:'), 'BASE_URL is a server without nginx in front');
  });

  test('both servers answer over TLS, with headers that keep browsers from guessing', async ({ request }) => {
    for (const path of ['/', '/api/v1/digests']) {
      const response = await request.get(path);
      expect(response.status()).toBe(200);
      expect(response.headers()).toMatchObject({
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
      });
      expect(response.headers().server).toBe('nginx');
      expect(response.headers()['x-powered-by']).toBeUndefined();
    }
  });

  test('events bring a digest step by step, and nobody asks for it', async ({ page }) => {
    const problems: string[] = [];
    page.on('console', message => message.type() === 'error' && problems.push(message.text()));
    const asked: string[] = [];
    page.on('request', request => request.url().includes('/api/v1/digests/') && asked.push(request.url()));
    await askForDigest(page);
    await expect(page.getByRole('status')).toHaveText('Ready');
    expect(asked).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('the WebSocket tells the end and closes', async ({ page }) => {
    const id = await askForDigest(page);
    await expect(page.getByRole('status')).toHaveText('Ready');
    const told = await page.evaluate(
      path =>
        new Promise<{ status: string; code: number }>((resolve, reject) => {
          const url = new URL(path, location.href);
          url.protocol = url.protocol.replace('http', 'ws');
          const socket = new WebSocket(url);
          let status = '';
          socket.onmessage = event => (status = JSON.parse(event.data).status);
          socket.onerror = () => reject(new Error('no WebSocket'));
          socket.onclose = event => resolve({ status, code: event.code });
        }),
      `/api/v1/ws/${id}`,
    );
    expect(told).toEqual({ status: 'done', code: 1000 });
  });

  test('pages are compressed', async ({ request }) => {
    const page = await request.get('/', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(page.headers()['content-encoding']).toBe('gzip');
  });

  test('unencrypted requests are sent on', async ({ request }) => {
    test.skip(!process.env.HTTP_URL, 'HTTP_URL does not say where they go');
    const response = await request.get(`${process.env.HTTP_URL}/digests/x?y=1`, { maxRedirects: 0 });
    expect(response.status()).toBe(308);
    expect(response.headers().location).toMatch(/^https:\/\/[^/]+\/digests\/x\?y=1$/);
  });
});
