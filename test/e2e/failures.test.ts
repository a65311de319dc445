/** What comes up wrong in its container: the migration, the app, a service. Each ends in 1 with the last words of what failed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from './support/example.js';
import { type Outcome, quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());

describe('a broken migration', () => {
  const reports = join(scratch.dir, 'reports');
  let run: Outcome;
  beforeAll(async () => {
    const app = scratch.example('migration');
    app.replace('migrations/versions/0003_dimensions.py', '"width"', '"title"');
    run = await quayside(['test', `--source=${app.path}`, `--reports=${reports}`]);
  });

  test('ends in 1, told once, with the command, the migration and the database’s own words', () => {
    expect(run).toMatchObject({ code: 1, stdout: '' });
    const message = run.stderr.slice(run.stderr.indexOf('\nerror: '));
    expect(message).toMatch(
      /error: QS702: the database migration failed before the unit suite, at 0002 -> 0003, Width, .*: flask db upgrade\n/,
    );
    expect(message).toMatch(/Duplicate column name 'title'/);
    expect(message).toMatch(/\n {2}expected: .*\n {2}fix: /);
    expect(message.match(/QS702/g)).toHaveLength(1);
  });

  test('tests nothing', () => {
    expect(run.stderr).not.toMatch(/passed/);
    expect(run.steps.filter(({ state }) => state === 'failed').map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/pytest tests\/unit/),
    );
  });

  test('is in the reports of each suite that it kept from running', () => {
    for (const suite of ['unit', 'e2e'])
      expect(readFileSync(join(reports, suite, 'error.txt'), 'utf8')).toMatch(
        /^QS702: .*\n[\s\S]*Duplicate column name/,
      );
  });
});

test('an app that does not start is named with its last lines', async () => {
  const app = scratch.example('app');
  app.append('quayside.yaml', 'env:\n  GUNICORN_TIMEOUT: soon\n');
  const run = await quayside(['browser', `--source=${app.path}`]);
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(
    /^error: QS703: the app, which the e2e suite needs, ended with exit code 1\n( {4}.*\n)+ {2}expected: /m,
  );
  expect(run.stderr).toMatch(/^ {4}ValueError: invalid literal for int\(\) with base 10: 'soon'$/m);
});

test('an image of a service that cannot be had is said before anything is built, with the key that goes on without it', async () => {
  const app = scratch.example('image');
  const search = '{ image: registry.invalid/search:1, port: 7700, variable: SEARCH_URL }';
  app.append('quayside.yaml', `services:\n  search: ${search}\n`);
  const run = await quayside(['build', `--source=${app.path}`, `--output=${join(scratch.dir, 'app.tar')}`]);
  expect(run).toMatchObject({ code: 75, stdout: '' });
  expect(run.stderr).toMatch(/^error: service search: image registry\.invalid\/search:1: no registry answers/m);
  expect(run.stderr).toMatch(/^ {2}fix: write in quayside\.yaml: services: \{ search: /m);
  expect(run.steps).toEqual([]);
});

describe('a service of a broken catalogue', () => {
  const own = scratch.quayside('quayside');
  const app = scratch.example('service');
  const run = (): Promise<Outcome> => quayside(['unit', `--source=${app.path}`], { program: own.launcher });
  const command = 'test-command: [redis-server, --save, "", --appendonly, "no"]';

  test('that ends is named with its exit code and its last lines', async () => {
    own.replace('compose/redis.yaml', command, 'test-command: [redis-server, --tide, high]');
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error: QS701: redis, which the unit suite needs, ended with exit code 1\n( {4}.*\n)+ {2}expected: /m,
    );
    expect(stderr).toMatch(/^ {4}>>> 'tide "high"'$/m);
  });

  test('that never is healthy is named with what its check and it itself say', async () => {
    own.replace(
      'compose/redis.yaml',
      'test-command: [redis-server, --tide, high]',
      'test-command: [redis-server, --port, "6380"]',
    );
    own.replace('compose/redis.yaml', 'start_period: 20s', 'start_period: 1s');
    own.replace('compose/redis.yaml', 'retries: 6', 'retries: 2');
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: QS701: redis, which the unit suite needs, did not become healthy\n/m);
    expect(stderr).toMatch(/^ {4}Could not connect to Redis at 127\.0\.0\.1:6379: Connection refused$/m);
    expect(stderr).toMatch(/^ {4}.*Ready to accept connections/m);
  });
});
