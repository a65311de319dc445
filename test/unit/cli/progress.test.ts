import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { showProgress, wantsColor } from '../../../cli/progress.js';
import { duration, liveLines, outputLines, type ProgressMode } from '../../../cli/progress-lines.js';
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
    entitle(titled, { title: 'install the locked packages' });
    const { text, progress } = recorded('plain', { isTTY: false });
    const step = { kind: 'step', name: 'exec sh -ec pip install', status: 'cached' } as const;
    progress.onEvent({ ...step, id: '1', command: titled });
    progress.onEvent({ ...step, id: '2', command: ['sh', '-ec', 'pip install'] });
    progress.onEvent({ ...step, id: '3', status: 'started', command: titled });
    vi.advanceTimersByTime(4500);
    progress.finish();
    const lines = text()
      .split('\n')
      .map(line => line.replace(/ {2,}/g, ' '));
    expect(lines.slice(0, 3)).toEqual([
      '= install the locked packages cached',
      '= exec sh -ec pip install cached',
      '… install the locked packages, 4.5s so far',
    ]);
  });

  test('quiet: failures and notices only', () => {
    const { text, progress } = recorded('quiet', { isTTY: true }, { NO_COLOR: '1' });
    for (const event of EVENTS) progress.onEvent(event);
    progress.finish();
    expect(text()).not.toMatch(/npm ci|unit: pytest|steps/);
    expect(text()).toMatch(/no image registry[\s\S]*✘ e2e: pytest/);
  });

  test('a log says after a second what is waited for, and is never silent for longer than five', () => {
    const { text, progress } = recorded('plain', { isTTY: false });
    progress.onEvent({ kind: 'doing', id: 'd1', what: 'reading /app' });
    vi.advanceTimersByTime(1000);
    expect(text()).toBe('… reading /app, 1.0s so far\n');
    progress.onEvent({ kind: 'doing', id: 'd1' });
    progress.onEvent({ kind: 'step', id: '1', name: 'image: apt', status: 'started' });
    progress.onEvent({ kind: 'output', id: '1', lines: ['Get:1 one', 'Get:2 two'], omitted: 0, rest: ' 40%\r 50%' });
    vi.advanceTimersByTime(4500);
    expect(text().split('\n').slice(1)).toEqual(['… image: apt, 4.5s so far: 50%', '']);
    vi.advanceTimersByTime(4500);
    expect(text().split('\n').slice(2)).toEqual(['… image: apt, 9.0s so far: 50%', '']);
    progress.finish();
  });

  test('what is quick is not worth a word', () => {
    const { text, progress } = recorded('plain', { isTTY: false });
    progress.onEvent({ kind: 'doing', id: 'd1', what: 'reading /app' });
    vi.advanceTimersByTime(900);
    progress.onEvent({ kind: 'doing', id: 'd1' });
    progress.finish();
    expect(text()).toBe('');
  });

  test('where the engine has nothing to do, the app is being understood', () => {
    const { text, progress } = recorded('plain', { isTTY: false });
    vi.advanceTimersByTime(1000);
    progress.finish();
    expect(text()).toBe('… reading the app and working out what to do, 1.0s so far\n');
  });

  test('behind its last step, what was made is put together', () => {
    const { text, progress } = recorded('plain', { isTTY: false });
    progress.onEvent({ kind: 'step', id: '1', name: 'image: apt', status: 'started' });
    progress.onEvent({ kind: 'step', id: '1', name: 'image: apt', status: 'done', seconds: 1 });
    vi.advanceTimersByTime(5000);
    expect(text().split('\n')[1]).toBe('… putting together what was made, 4.5s so far');
    progress.finish();
  });

  test('once the work is done, the session ends', () => {
    const { text, progress } = recorded('plain', { isTTY: false });
    vi.advanceTimersByTime(3000);
    progress.ending();
    vi.advanceTimersByTime(5000);
    progress.finish();
    expect(text().split('\n')[1]).toMatch(/^… ending the session, [\d.]+s so far$/);
  });

  describe('of suites that run side by side', () => {
    const command = (id: string) => ['sh', '-c', `run ${id}`];
    const begin = (progress: ReturnType<typeof showProgress>): void => {
      for (const id of ['unit', 'e2e']) {
        entitle(command(id), { title: `run the ${id} tests`, suite: id });
        progress.onEvent({ kind: 'step', id, name: `exec ${id}`, status: 'started', command: command(id) });
      }
      progress.onEvent({
        kind: 'output',
        id: 'unit',
        lines: ['\u001b[32mtest_a PASSED\u001b[0m'],
        omitted: 0,
        rest: '',
      });
      progress.onEvent({
        kind: 'output',
        id: 'e2e',
        lines: ['::error::no', 'ok 2', 'reports kept as 0a1b-2c'],
        omitted: 12,
        rest: 'ok',
      });
    };
    const failed = { kind: 'step', id: 'e2e', name: 'exec e2e', status: 'failed', seconds: 2, output: 'ok 2' } as const;

    test('in a log the lines come as they are printed, behind the name of their suite, and not once more at the end', () => {
      const { text, progress } = recorded('auto', { isTTY: false });
      begin(progress);
      progress.onEvent({ ...failed, command: command('e2e') });
      expect(text().replace(/ {2,}/g, ' ')).toBe(
        'unit │ test_a PASSED\ne2e │ … 12 lines\ne2e │ ::error::no\ne2e │ ok 2\n✘ run the e2e tests 2.0s\n',
      );
      progress.finish();
    });

    test('on a terminal each has its last line at the foot, and a failure its output', () => {
      const { text, progress } = recorded('auto', { isTTY: true, columns: 80 }, { NO_COLOR: '1' });
      begin(progress);
      vi.advanceTimersByTime(120);
      expect(text()).toBe('⠋ run the unit tests 0.1s │ test_a PASSED\n⠋ run the e2e tests 0.1s │ ok');
      progress.onEvent({ ...failed, command: command('e2e') });
      expect(text().split('\u001b[1A\u001b[2K').at(-1)).toMatch(/^✘ run the e2e tests +2\.0s\n {2}│ ok 2\n$/);
      progress.finish();
    });

    test('quiet says nothing of them before they fail', () => {
      const { text, progress } = recorded('quiet', { isTTY: false });
      begin(progress);
      expect(text()).toBe('');
      progress.onEvent({ ...failed, command: command('e2e') });
      expect(text()).toContain('│ ok 2');
      progress.finish();
    });
  });

  test('what another failure ended says so', () => {
    const { text, progress } = recorded('plain', { isTTY: false });
    const step = { kind: 'step', seconds: 1 } as const;
    for (const id of ['1', '2', '3']) progress.onEvent({ kind: 'step', id, name: `step ${id}`, status: 'started' });
    progress.onEvent({ ...step, id: '1', name: 'step 1', status: 'failed', output: '' });
    progress.onEvent({ ...step, id: '2', name: 'step 2', status: 'cancelled', because: '1' });
    progress.onEvent({ ...step, id: '3', name: 'step 3', status: 'cancelled' });
    progress.finish();
    const lines = text().split('\n');
    expect(lines.map(line => line.replace(/ {2,}/g, ' '))).toEqual([
      '✘ step 1 1.0s',
      '- step 2 1.0s cancelled: step 1 failed',
      '- step 3 1.0s cancelled: step 1 failed',
      '3 steps, 0 cached, 0 run, 1 failed, 2 cancelled in 0.0s',
      '',
    ]);
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

test('the lines at the foot fit their terminal', () => {
  const steps = [
    { name: 'unit: pytest', seconds: 3, last: 'tests/test_shop.py::test_buy PASSED [ 50%]' },
    { name: 'e2e: pytest', seconds: 4, last: '' },
  ];
  expect(liveLines(steps, '⠋', 80)).toEqual([
    '⠋ unit: pytest 3.0s │ tests/test_shop.py::test_buy PASSED [ 50%]',
    '⠋ e2e: pytest 4.0s',
  ]);
  expect(liveLines(steps, '⠋', 20).map(line => line.length)).toEqual([19, 18]);
  const many = Array.from({ length: 7 }, (_, i) => ({ name: `step ${i}`, seconds: 1, last: '' }));
  expect(liveLines(many, '⠋', 80).slice(3)).toEqual(['⠋ step 3 1.0s', '  and 3 more']);
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
