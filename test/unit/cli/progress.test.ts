import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { showProgress, wantsColor } from '../../../cli/progress.js';
import { duration, liveLine, outputLines, type ProgressMode } from '../../../cli/progress-lines.js';
import type { EngineEvent } from '../../../engine/contract.js';
import { entitle } from '../../../src/dagger/titles.js';

const plain = { red: String, green: String, yellow: String, dim: String, bold: String };

const EVENTS: readonly EngineEvent[] = [
  { kind: 'notice', text: 'no image registry answers\nimages are built from packages' },
  { kind: 'step', id: '1', name: 'frontend: npm ci', status: 'cached' },
  { kind: 'step', id: '2', name: 'unit: pytest', status: 'started' },
  { kind: 'step', id: '3', name: 'e2e: pytest', status: 'started' },
  { kind: 'step', id: '2', name: 'unit: pytest', status: 'done', seconds: 12.34 },
  {
    kind: 'step',
    id: '3',
    name: 'e2e: pytest',
    status: 'failed',
    seconds: 187,
    output: 'test_upload\r\n::error::not a command here\n 10%\r 100%\n\u001b[31mFAILED\u001b[0m token=***\n\n',
  },
];

function recorded(
  mode: ProgressMode,
  terminal: { isTTY: boolean; columns?: number },
  env: NodeJS.ProcessEnv = {},
): { text: () => string; progress: ReturnType<typeof showProgress> } {
  let text = '';
  const progress = showProgress({
    stream: {
      ...terminal,
      write: chunk => {
        text += chunk;
      },
    },
    mode,
    env,
  });
  return { text: () => text, progress };
}

describe('progress', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('in a log: each step once, with time, cached or output', () => {
    const { text, progress } = recorded('auto', { isTTY: false });
    for (const event of EVENTS) progress.onEvent(event);
    vi.setSystemTime(190_000);
    progress.finish();
    expect(text()).toMatchInlineSnapshot(`
      "! no image registry answers
        images are built from packages
      = frontend: npm ci                                                   cached
      ✔ unit: pytest                                                        12.3s
      ✘ e2e: pytest                                                         3m07s
        │ test_upload
        │ ::error::not a command here
        │  100%
        │ FAILED token=***
      3 steps, 1 cached, 1 run, 1 failed in 3m10s
      "
    `);
  });

  test('a command is called by its title where it has one, by what the engine calls it elsewhere', () => {
    const titled = ['sh', '-ec', 'pip install --requirement main.txt'];
    entitle(titled, 'install the locked packages');
    const { text, progress } = recorded('plain', { isTTY: false });
    const step = { kind: 'step', name: 'exec sh -ec pip install', status: 'cached' } as const;
    progress.onEvent({ ...step, id: '1', command: titled });
    progress.onEvent({ ...step, id: '2', command: ['sh', '-ec', 'pip install'] });
    progress.onEvent({ ...step, id: '3', status: 'started', command: titled });
    vi.advanceTimersByTime(31_000);
    progress.finish();
    const lines = text()
      .split('\n')
      .map(line => line.replace(/ {2,}/g, ' '));
    expect(lines.slice(0, 3)).toEqual([
      '= install the locked packages cached',
      '= exec sh -ec pip install cached',
      '… install the locked packages, 30.0s so far',
    ]);
  });

  test('quiet: failures and notices only', () => {
    const { text, progress } = recorded('quiet', { isTTY: true }, { NO_COLOR: '1' });
    for (const event of EVENTS) progress.onEvent(event);
    progress.finish();
    expect(text()).not.toMatch(/npm ci|unit: pytest|steps/);
    expect(text()).toMatch(/no image registry[\s\S]*✘ e2e: pytest/);
  });

  test('a long step is mentioned in a log every 30 seconds', () => {
    const { text, progress } = recorded('plain', { isTTY: false });
    progress.onEvent({ kind: 'step', id: '1', name: 'image: apt', status: 'started' });
    vi.advanceTimersByTime(29_000);
    expect(text()).toBe('');
    vi.advanceTimersByTime(32_000);
    expect(text()).toBe('… image: apt, 30.0s so far\n… image: apt, 60.0s so far\n');
    progress.finish();
  });

  test('on a terminal: a last line says what runs, and goes away', () => {
    const { text, progress } = recorded('auto', { isTTY: true, columns: 40 }, { NO_COLOR: '1' });
    progress.onEvent({ kind: 'step', id: '1', name: 'image: apt', status: 'started' });
    vi.advanceTimersByTime(120);
    expect(text()).toBe('⠋ image: apt 0.1s');
    progress.onEvent({ kind: 'step', id: '1', name: 'image: apt', status: 'done', seconds: 0.2 });
    progress.finish();
    expect(text().split('\r\u001b[2K').at(-1)).toMatch(/^✔ image: apt +0\.2s\n1 step, 0 cached, 1 run in 0\.1s\n$/);
  });

  test('suspended, nothing is drawn over someone else’s terminal', () => {
    const { text, progress } = recorded('auto', { isTTY: true });
    progress.suspend();
    for (const event of EVENTS) progress.onEvent(event);
    vi.advanceTimersByTime(1000);
    progress.finish();
    expect(text()).toBe('');
  });
});

test.each<[NodeJS.ProcessEnv, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  [{ TERM: 'dumb' }, true, false],
])('colour with %j on a terminal %s: %s', (env, isTTY, expected) => {
  expect(wantsColor(env, isTTY)).toBe(expected);
});

test('a long output keeps its end', () => {
  const lines = outputLines(Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n'), plain);
  expect(lines).toHaveLength(61);
  expect(lines[0]).toBe('  │ … 40 earlier lines');
  expect(lines.at(-1)).toBe('  │ line 99');
  expect(outputLines('\n', plain)).toEqual([]);
});

test('the live line fits its terminal', () => {
  const steps = [
    { name: 'unit: pytest', seconds: 3 },
    { name: 'e2e: pytest', seconds: 4 },
  ];
  expect(liveLine(steps, '⠋', 80)).toBe('⠋ unit: pytest 3.0s · e2e: pytest 4.0s');
  expect(liveLine(steps, '⠋', 20)).toHaveLength(19);
});

test.each([
  [0.04, '0.0s'],
  [99.9, '99.9s'],
  [99.97, '1m40s'],
  [119.6, '2m00s'],
  [3599, '59m59s'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
