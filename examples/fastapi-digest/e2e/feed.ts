import type { Page } from '@playwright/test';

export const TITLE = 'Harbour Talk & Tide';

const FEED = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Harbour Talk &amp; Tide</title>
  <item><title>Why lighthouses blink</title><description><![CDATA[<p>Every lighthouse blinks in a rhythm of its own.
    Sailors read the rhythm like a name. Last summer we had ice cream.</p>]]></description></item>
  <item><title>Knots</title><description>A knot is a promise of a rope. The bowline is the king of knots.</description></item>
</channel></rss>`;

/** Sends a feed by the form and waits for the page of its digest; the id of the digest. */
export async function askForDigest(page: Page, content: string = FEED): Promise<string> {
  await page.goto('/');
  await page
    .getByLabel('Feed (RSS file)')
    .setInputFiles({ name: 'harbour.xml', mimeType: 'application/rss+xml', buffer: Buffer.from(content) });
  await page.getByLabel('Length').selectOption('short');
  await page.getByRole('button', { name: 'Make a digest' }).click();
  await page.waitForURL(/\/digests\/[0-9a-f]{32}$/);
  return new URL(page.url()).pathname.split('/').at(-1)!;
}
