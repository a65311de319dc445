import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../engine/contract.js';
import { openActivity } from '../../../engine/solve/activity.js';
import { type Endings, reportCached, reportStep } from '../../../engine/solve/steps.js';
import { openSecrets } from '../../../engine/store/secrets.js';

const STEP = { id: 's1', name: 'exec deploy hunter2', command: ['deploy', '--key=hunter2'] };
const SHOWN = { kind: 'step', id: 's1', name: 'exec deploy ***', command: ['deploy', '--key=***'] };

/** What is told of steps in a session that knows the secret `hunter2`. */
function watched() {
  const events: EngineEvent[] = [];
  const secrets = openSecrets({});
  secrets.set('key', 'hunter2');
  const activity = openActivity();
  return { events, activity, context: { secrets, activity, emit: (event: EngineEvent) => void events.push(event) } };
}

const endings: Endings<number> = {
  ofError: error => `${error.message} hunter2`,
  ofResult: code => (code === 0 ? undefined : `exit ${code} hunter2`),
};

describe('a step', () => {
  test.each<[string, () => Promise<number>, object]>([
    ['that is done', async () => 0, { status: 'done' }],
    ['whose result is a failure to whoever watches', async () => 3, { status: 'failed', output: 'exit 3 ***' }],
  ])('%s gives its result, and is told of without secrets', async (_, work, end) => {
    const { events, context } = watched();
    expect(await reportStep(context, STEP, work, endings)).toBe(await work());
    expect(events).toEqual([
      { ...SHOWN, status: 'started' },
      { ...SHOWN, ...end, seconds: expect.any(Number) },
    ]);
  });

  test('that fails rejects with its error, whose text is told', async () => {
    const { events, context } = watched();
    const failure = new Error('no');
    await expect(reportStep(context, STEP, () => Promise.reject(failure), endings)).rejects.toBe(failure);
    expect(events).toEqual([
      { ...SHOWN, status: 'started' },
      { ...SHOWN, status: 'failed', output: 'no ***', seconds: expect.any(Number) },
    ]);
  });

  test('whose result was there takes no time, and has no command unless it runs one', () => {
    const { events, context } = watched();
    reportCached(context, { id: 's2', name: 'mmdebstrap bookworm' });
    expect(events).toStrictEqual([{ kind: 'step', id: 's2', name: 'mmdebstrap bookworm', status: 'cached' }]);
  });

  test('that ends in the failure of another is cancelled by that one', async () => {
    const { events, context } = watched();
    const failure = new Error('no');
    const service = reportStep(context, { id: 'db', name: 'service db' }, () => Promise.reject(failure), endings);
    await reportStep(context, STEP, () => service, endings).catch(() => undefined);
    expect(events.slice(2)).toEqual([
      { kind: 'step', id: 'db', name: 'service db', status: 'failed', output: 'no ***', seconds: expect.any(Number) },
      { ...SHOWN, status: 'cancelled', because: 'db', seconds: expect.any(Number) },
    ]);
  });

  test('that ends with the session is cancelled', async () => {
    const { events, context, activity } = watched();
    await activity.end(0);
    await reportStep(context, STEP, () => Promise.reject(new Error('exit code: 137')), endings).catch(() => undefined);
    expect(events.at(-1)).toEqual({ ...SHOWN, status: 'cancelled', seconds: expect.any(Number) });
  });
});
