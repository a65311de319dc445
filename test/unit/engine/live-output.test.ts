/** What a step prints while it runs, as whoever watches is told of it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../../engine/contract.js';
import { liveOutput } from '../../../engine/solve/live-output.js';
import { openSecrets } from '../../../engine/store/secrets.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened() {
  const events: EngineEvent[] = [];
  const secrets = openSecrets({});
  secrets.set('key', 'hunter2hunter2');
  secrets.set('pem', 'BEGIN KEY\nabcdefghijkl\nEND\n');
  const live = liveOutput({ emit: event => void events.push(event), secrets }, 's1');
  return { events, live };
}
const told = (lines: readonly string[], rest = '', omitted = 0) => ({ kind: 'output', id: 's1', lines, omitted, rest });

test('lines are told whole, some at a time', () => {
  const { events, live } = opened();
  live.take('one\ntw');
  live.take('o\nthr');
  vi.advanceTimersByTime(250);
  expect(events).toEqual([told(['one', 'two'])]);
  live.take('ee\n');
  live.end();
  expect(events.slice(1)).toEqual([told(['three'])]);
});

test('a line without an end is told when nothing more comes for a while', () => {
  const { events, live } = opened();
  live.take('test_a.py ...');
  vi.advanceTimersByTime(250);
  expect(events).toEqual([]);
  vi.advanceTimersByTime(250);
  expect(events).toEqual([told([], 'test_a.py ...')]);
  live.take('.. [100%]\n');
  live.end();
  expect(events.slice(1)).toEqual([told(['test_a.py ..... [100%]'])]);
});

test('no secret is told: in two halves, or as a line of one', () => {
  const { events, live } = opened();
  live.take('token hunter2');
  vi.advanceTimersByTime(250);
  live.take('hunter2\n');
  vi.advanceTimersByTime(250);
  live.take('abcdefghijkl\n');
  live.end();
  expect(events).toEqual([told(['token ***']), told(['***'])]);
});

test('of many lines at once the last are told', () => {
  const { events, live } = opened();
  live.take(Array.from({ length: 120 }, (_, i) => `line ${i}\n`).join(''));
  live.end();
  expect(events).toEqual([
    told(
      Array.from({ length: 50 }, (_, i) => `line ${70 + i}`),
      '',
      70,
    ),
  ]);
});
