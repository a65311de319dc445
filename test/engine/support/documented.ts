import { readFileSync } from 'node:fs';

/** How many of a kind docs/reliability.md says that the tests hold: its row's two numbers, which are one. */
export function documented(what: string): number {
  const text = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8');
  const row = text.split('\n').find(line => line.startsWith(`| ${what} |`)) ?? '';
  const [, tried, survived] = /\| (\d+) \| (\d+) \|/.exec(row) ?? [];
  if (tried === undefined || tried !== survived) throw new Error(`docs/reliability.md has no count of ${what}`);
  return Number(tried);
}
