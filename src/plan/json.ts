/** The plan as text: a stable JSON form, and a digest of what it builds. */
import { createHash } from 'node:crypto';
import type { Plan } from './types.js';

/** Formats the plan as JSON. Keys are sorted, arrays keep their order, so equal plans give equal text. */
export function planJson(plan: Plan): string {
  return `${JSON.stringify(sorted(plan), null, 2)}\n`;
}

/** SHA-256 of what the plan does, as hex. Titles are words for people and do not count. */
export function planDigest(plan: Plan): string {
  const text = JSON.stringify(sorted(plan), (key, value) => (key === 'title' ? undefined : value));
  return createHash('sha256').update(text).digest('hex');
}

/** Freezes plain data all the way down and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
