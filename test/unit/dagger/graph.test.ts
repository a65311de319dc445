import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { App } from '../../../src/dagger/app.js';
import { wordsOf } from '../../../src/dagger/titles.js';
import { endsWith } from '../../../src/dagger/words.js';
import { DiagnosticError } from '../../../src/diagnostics/error.js';
import { appImages } from '../../../src/plan/look-up.js';
import type { Plan, Suite } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { flaskStream } from '../plan/flask-stream.facts.js';
import {
  allOps,
  boundService,
  FakeFailure,
  type FakeSession,
  opsOf,
  type Recipe,
  startFakeSession,
} from './fake-session.js';

let session: FakeSession;
let disconnect: () => void;
let connected: Promise<void>;
let dagger: typeof import('@dagger.io/dagger');
let apps: typeof import('../../../src/dagger/app.js');
let suites: typeof import('../../../src/dagger/suites.js');

beforeAll(async () => {
  session = await startFakeSession();
  // The client reads where its session is when it is first used.
  process.env.DAGGER_SESSION_PORT = `${session.port}`;
  process.env.DAGGER_SESSION_TOKEN = session.token;
  dagger = await import('@dagger.io/dagger');
  await new Promise<void>(open => {
    connected = dagger.connection(() => {
      open();
      return new Promise<void>(close => {
        disconnect = close;
      });
    });
  });
  apps = await import('../../../src/dagger/app.js');
  suites = await import('../../../src/dagger/suites.js');
}, 60_000);

afterEach(() => {
  expect(session.problems).toEqual([]);
  session.leaves.length = 0;
  session.answer = () => undefined;
});

afterAll(async () => {
  disconnect();
  await connected;
  await session.close();
});

const plan = makePlan(flaskStream, {});
const suite = (id: Suite['id']) => plan.suites.find(candidate => candidate.id === id)!;

function appOf(of: Plan = plan): App {
  return apps.openApp(of, dagger.dag.host().directory('/source'));
}

async function recipeOf(object: { id(): Promise<string> }): Promise<Recipe> {
  session.leaves.length = 0;
  await object.id();
  return session.leaves.at(-1)!.recipe;
}

/** The recipe of the container that a suite's command ran in. */
function runOf(): Recipe {
  return session.leaves.findLast(({ leaf, recipe }) => leaf === 'sync' && isRun(recipe))!.recipe;
}

/** Whether a container is what a suite's command leaves. */
function isRun(recipe: Recipe, of: readonly Suite[] = plan.suites): boolean {
  const { field, args } = recipe.at(-1)!;
  return field === 'withExec' && of.some(one => endsWith(args.args as string[], one.args));
}

describe('the production image', () => {
  test('of a component that the app does not have is refused with the names there are', async () => {
    expect(() => apps.processImage(appOf(), undefined, 'wroker')).toThrow(/QS310.*"wroker"[\s\S]*one of web/);
  });

  test('is built of its stages, source last, with health check and user', async () => {
    const recipe = await recipeOf(await apps.processImage(appOf()));
    const copies = opsOf(recipe, 'withDirectory').map(op => (op.args.source as Recipe)[0]?.field);
    expect(copies).toEqual(['container', 'container', 'container', 'host']);
    expect(opsOf(recipe, 'withDockerHealthcheck')[0]?.args).toMatchObject({
      args: ['python', '/usr/local/lib/quayside/healthcheck.py'],
      startInterval: '500ms',
      retries: 3,
    });
    expect(recipe.at(-1)).toEqual({ field: 'withUser', args: { name: 'app' } });
    expect(opsOf(recipe, 'withEntrypoint')[0]?.args.args).toEqual(['/usr/local/bin/quayside-entrypoint']);
  });

  test('selects what it takes of the source before it copies it, never while', async () => {
    const recipe = await recipeOf(await apps.processImage(appOf()));
    const copies = allOps(recipe).filter(op => op.field === 'withDirectory');
    expect(copies.filter(op => 'include' in op.args || 'exclude' in op.args)).toEqual([]);
    const filtered = copies.map(op => (op.args.source as Recipe).at(-1)).filter(op => op?.field === 'filter');
    expect(filtered.map(op => op?.args.include)).toContainEqual(['pyproject.toml', 'poetry.lock']);
  });

  test('knows what every command is for, and says it beside the graph', async () => {
    const recipe = await recipeOf(await apps.processImage(appOf()));
    const commands = allOps(recipe).flatMap(op => (op.field === 'withExec' ? [op.args.args as string[]] : []));
    const titles = commands.map(args => wordsOf(args)?.title);
    expect(titles).toEqual(expect.arrayContaining(['compile the app', 'install Python dependencies']));
    expect(titles).not.toContain(undefined);
    expect(JSON.stringify(commands)).not.toContain('install Python dependencies');
  });

  test('holds no secret, and no cache is left mounted in any stage', async () => {
    const recipe = await recipeOf(await apps.processImage(appOf()));
    const fields = allOps(recipe).map(op => op.field);
    expect(fields).not.toContain('setSecret');
    const count = (field: string) => fields.filter(name => name === field).length;
    expect(count('withMountedCache')).toBeGreaterThan(0);
    expect(count('withoutMount')).toBe(count('withMountedCache'));
  });

  test('is built for another platform but for what is the same on all', async () => {
    const recipe = await recipeOf(await apps.processImage(appOf(), 'linux/arm64' as never));
    const bases = allOps(recipe).flatMap((op, at, ops) =>
      op.field === 'from'
        ? [`${String(op.args.address).split('/').pop()} ${ops[at - 1]?.args.platform ?? 'native'}`]
        : [],
    );
    expect([...new Set(bases)].sort()).toEqual([
      'node:22-slim native',
      'python:3.11-slim linux/arm64',
      'python:3.11-slim native',
    ]);
  });
});

describe('secrets of the build', () => {
  const secrets = [{ name: 'CORP_TOKEN' }, { name: 'NETRC', file: '/root/.netrc' }];
  const asking: Plan = {
    ...plan,
    stages: plan.stages.map(stage => ({
      ...stage,
      steps: stage.steps.map(step =>
        step.kind === 'script' && step.title === 'install Python dependencies' ? { ...step, secrets } : step,
      ),
    })),
  };
  const appGiven = (...uris: string[]) =>
    apps.openApp(
      asking,
      dagger.dag.host().directory('/source'),
      uris.map(uri => dagger.dag.secret(uri)),
    );
  const valuesOfAddresses = (values: Readonly<Record<string, string>>) => {
    session.answer = (leaf, recipe) => {
      const uri = String(recipe.at(-1)?.args.uri);
      if (leaf === 'uri') return uri;
      return leaf === 'plaintext' ? (values[uri] ?? new FakeFailure('not set', {})) : undefined;
    };
  };

  test('are found by the addresses that Dagger gives, and known by names of their own', async () => {
    valuesOfAddresses({ 'env://CORP_TOKEN': 'one', 'file:///home/me/.netrc': 'two\n' });
    const recipe = await recipeOf(await apps.processImage(appGiven('env://CORP_TOKEN', 'file:///home/me/.netrc')));
    const set = allOps(recipe).filter(op => op.field === 'setSecret');
    expect(new Map(set.map(op => [op.args.name, op.args.plaintext]))).toEqual(
      new Map([
        ['quayside/build/CORP_TOKEN', 'one'],
        ['quayside/build/NETRC', 'two\n'],
      ]),
    );
    const count = (field: string) => allOps(recipe).filter(op => op.field === field).length;
    expect(count('withSecretVariable')).toBe(count('withoutSecretVariable'));
    expect(allOps(recipe).find(op => op.field === 'withMountedSecret')?.args).toMatchObject({
      path: '/root/.netrc',
      mode: 0o400,
    });
  });

  test('that are missing, and those that nothing takes, are told of before anything is built', async () => {
    valuesOfAddresses({ 'env://CORP_TOKEN': '', 'env://OTHER': 'x' });
    const failed: DiagnosticError = await apps.processImage(appGiven('env://OTHER')).catch(error => error);
    expect(failed.diagnostics.map(({ code, data }) => [code, data])).toEqual([
      ['QS220', { name: 'env://OTHER' }],
      ['QS217', { name: 'CORP_TOKEN' }],
      ['QS217', { name: 'NETRC' }],
    ]);
    expect(session.leaves.filter(({ leaf }) => leaf === 'sync')).toEqual([]);
  });
});

describe('suites', () => {
  test('unit migrates and tests in one command, with services of its own', async () => {
    await suites.runSuite(appOf(), suite('unit'));
    const run = runOf();
    expect(run.at(-1)).toMatchObject({ field: 'withExec', args: { useEntrypoint: true } });
    const env = Object.fromEntries(opsOf(run, 'withEnvVariable').map(op => [op.args.name, op.args.value]));
    expect(env).toMatchObject({ QUAYSIDE_MIGRATE: '1', REDIS_URL: 'redis://redis:6379/0' });
    expect(opsOf(run, 'withServiceBinding').map(op => op.args.alias)).toEqual(['mariadb', 'redis']);
  });

  test('a password is one value per label, and only ever a secret', async () => {
    await suites.runSuite(appOf(), suite('unit'));
    const secrets = allOps(runOf()).filter(op => op.field === 'setSecret');
    const values = new Map(secrets.map(op => [op.args.name, op.args.plaintext as string]));
    const password = values.get('quayside/flask-stream/unit/mariadb')!;
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(values.get('quayside/flask-stream/unit/DATABASE_URL')).toBe(
      `mysql+pymysql://app:${password}@mariadb:3306/app`,
    );
    const others = allOps(runOf()).filter(op => op.field !== 'setSecret');
    expect(
      JSON.stringify(others.map(op => ({ ...op, args: { ...op.args, secret: '', service: '', source: '' } }))),
    ).not.toContain(password);
    expect(opsOf(runOf(), 'withSecretVariable').map(op => op.args.name)).toEqual(['SECRET_KEY', 'DATABASE_URL']);
  });

  test('secrets of tests are the same at every run and in every function: results are found again', async () => {
    const set = async (id: Suite['id']) => {
      await suites.runSuite(appOf(), suite(id));
      const secrets = allOps(runOf()).filter(op => op.field === 'setSecret');
      return new Map(secrets.map(({ args }) => [args.name as string, args.plaintext as string]));
    };
    const [unit, browser] = [await set('unit'), await set('e2e')];
    const elsewhere = '../../../src/dagger/secrets.js?another-process';
    const { appValue, runValue }: typeof import('../../../src/dagger/secrets.js') = await import(elsewhere);
    for (const [name, value] of unit) {
      const [, app, label, what] = name.split('/') as [string, string, string, string];
      const ofRun = what === 'SECRET_KEY' ? appValue : runValue;
      if (what !== 'DATABASE_URL') expect(ofRun({ app, label, profile: 'test' }, what)).toBe(value);
      expect([...browser.values()]).not.toContain(value);
    }
    const served = { app: plan.name, label: 'serve', profile: 'serve' } as const;
    const { runValue: here } = await import('../../../src/dagger/secrets.js');
    expect(runValue(served, 'SECRET_KEY')).not.toBe(here(served, 'SECRET_KEY'));
  });

  test('a database starts by its image’s entrypoint, healthy by its own check, its data in memory', async () => {
    await suites.runSuite(appOf(), suite('unit'));
    const database = boundService(runOf(), 'mariadb');
    expect(database.at(-1)).toMatchObject({ field: 'asService', args: { useEntrypoint: true } });
    expect((database.at(-1)!.args.args as string[])[0]).toBe('mariadbd');
    expect(opsOf(database, 'withMountedTemp')).toEqual([
      { field: 'withMountedTemp', args: { path: '/var/lib/mysql' } },
    ]);
    expect(opsOf(database, 'withDockerHealthcheck')[0]?.args).toMatchObject({
      args: ['healthcheck.sh', '--connect', '--innodb_initialized'],
      startInterval: '250ms',
    });
  });

  test('e2e runs the production image as a service that migrates when it starts', async () => {
    await suites.runSuite(appOf(), suite('e2e'));
    const run = runOf();
    const app = boundService(run, 'web');
    expect(app.at(-1)).toMatchObject({ field: 'asService', args: { useEntrypoint: true } });
    expect(opsOf(app, 'withEnvVariable').at(-1)?.args).toEqual({ name: 'QUAYSIDE_MIGRATE', value: '1' });
    expect(opsOf(app, 'withDockerHealthcheck')).toHaveLength(1);
    expect(opsOf(run, 'withEnvVariable').at(-1)?.args).toEqual({ name: 'BASE_URL', value: 'http://web:8000' });
    expect(opsOf(run, 'withSecretVariable')).toEqual([]);
  });

  test('browser tests can look into the mail that the app has sent, and into nothing else of it', async () => {
    const place = { file: 'shop/mail.py' };
    const mail = {
      kind: 'mailpit',
      addresses: [{ variable: { value: 'SMTP_URL', place }, scheme: { value: 'smtp', place } }],
    } as const;
    const facts = { ...flaskStream, services: [...flaskStream.services, mail] };
    const withMail = makePlan(facts, {});
    const app = appOf(withMail);
    await suites.runSuite(app, withMail.suites.find(({ id }) => id === 'e2e')!);
    const bound = opsOf(runOf(), 'withServiceBinding').map(({ args }) => args.alias);
    expect(bound).toEqual(['mailpit', 'web']);
    expect(boundService(runOf(), 'mailpit')).toEqual(boundService(boundService(runOf(), 'web'), 'mailpit'));
    const told = opsOf(runOf(), 'withEnvVariable').map(({ args }) => args.name);
    expect(told).toContain('SMTP_URL');
    expect(told).not.toContain('REDIS_URL');
  });

  test('workers run while browsers look, and the first process with the app’s code migrates', async () => {
    const place = { file: 'shop/tasks.py' };
    const components = ['worker', 'feed'].map(name => ({ name, command: { value: ['python', `${name}.py`], place } }));
    const facts = { ...flaskStream, components };
    const withWorkers = makePlan(facts, {});
    const app = appOf(withWorkers);
    await suites.runSuite(app, withWorkers.suites.find(({ id }) => id === 'e2e')!);
    const web = boundService(runOf(), 'web');
    const feed = boundService(web, 'feed');
    const worker = boundService(feed, 'worker');
    expect(feed.at(-1)).toMatchObject({ field: 'asService', args: { args: ['python', 'feed.py'] } });
    expect(boundService(worker, 'mariadb')).toEqual(boundService(web, 'mariadb'));
    const migrates = (recipe: Recipe) =>
      opsOf(recipe, 'withEnvVariable').some(({ args }) => args.name === 'QUAYSIDE_MIGRATE');
    expect([worker, feed, web].map(migrates)).toEqual([true, false, false]);
    expect(opsOf(worker, 'withDockerHealthcheck').at(-1)?.args.args).toEqual(['test', '-e', '/tmp/quayside-started']);
  });

  test('workers and the web server share their data, which the first of them finds empty', async () => {
    const place = { file: 'shop/tasks.py' };
    const facts = {
      ...flaskStream,
      components: [{ name: 'worker', command: { value: ['python', 'worker.py'], place } }],
      volumes: ['/data/cache', 'uploads'].map(value => ({ value, place })),
    };
    const shared = makePlan(facts, {});
    const app = appOf(shared);
    await suites.runSuite(app, shared.suites.find(({ id }) => id === 'e2e')!);
    const web = boundService(runOf(), 'web');
    const worker = boundService(web, 'worker');
    const mounts = opsOf(web, 'withMountedCache').map(({ args }) => args);
    expect(mounts).toMatchObject([{ path: '/data', owner: '1000:0' }, { path: '/app/uploads' }]);
    expect(opsOf(worker, 'withMountedCache').map(({ args }) => args)).toEqual(mounts);
    expect(worker.at(-1)).toMatchObject({
      field: 'asService',
      args: {
        args: [
          'sh',
          '-ec',
          expect.stringMatching(/^find \/data \/app\/uploads .*-delete/),
          expect.any(String),
          'python',
          'worker.py',
        ],
      },
    });
  });

  test('each suite has its own instances', async () => {
    const both = appOf();
    await suites.runSuite(both, suite('unit'));
    const unit = boundService(runOf(), 'mariadb');
    await suites.runSuite(both, suite('e2e'));
    const e2e = boundService(boundService(runOf(), 'web'), 'mariadb');
    expect(e2e).not.toEqual(unit);
    expect(opsOf(e2e, 'withEnvVariable').at(-1)?.args).toEqual({ name: 'QUAYSIDE_LABEL', value: 'e2e' });
  });

  test('each platform that is published starts on databases of its own', async () => {
    session.answer = leaf => (leaf === 'defaultPlatform' ? 'linux/amd64' : undefined);
    const { eachBuilt } = await import('../../../src/publish/build.js');
    const platforms = ['linux/amd64', 'linux/arm64'] as never;
    await eachBuilt(
      appOf(),
      { platforms, images: appImages(plan), labels: {}, isStarted: true },
      async () => undefined,
    );
    const labels = session.leaves.flatMap(({ recipe }) =>
      allOps(recipe).flatMap(({ field, args }) =>
        field === 'withEnvVariable' && args.name === 'QUAYSIDE_LABEL' ? [args.value] : [],
      ),
    );
    expect([...new Set(labels)].toSorted()).toEqual(['smoke', 'smoke-linux-arm64']);
  });

  test('every stage is built once, however many suites ask for it', async () => {
    const all = appOf();
    await Promise.all([
      suites.checkSuites(all, ['unit', 'e2e', 'lint', 'smoke']),
      suites.gatherReports(all, ['unit', 'e2e', 'smoke']),
    ]);
    const commands = session.leaves.filter(({ leaf }) => leaf === 'sync');
    // The stages that they need, and one run for each of them: none to start the image once more than the browser tests do.
    const isOfOthers = ({ id }: { readonly id: string }) =>
      ['smoke', 'development', 'development-debug', 'proxy'].includes(id);
    const [stages, wanted] = [plan.stages, plan.suites].map(all => all.filter(item => !isOfOthers(item)));
    expect(commands).toHaveLength(stages!.length + wanted!.length);
  });
});

describe('what goes wrong', () => {
  const exec = (cmd: readonly string[], exitCode: number, stderr: string) =>
    new FakeFailure('exit code', { _type: 'EXEC_ERROR', cmd, exitCode, stdout: '', stderr });
  /** The unit suite's own command, ended. */
  const ended = (exitCode: number, stderr: string) =>
    exec(['entrypoint', 'sh', ...suite('unit').args], exitCode, stderr);
  /** Fails the run of a suite, not the stages before it. */
  const failRun = (failure: FakeFailure) => {
    session.answer = (leaf, recipe) => (leaf === 'sync' && isRun(recipe) ? failure : undefined);
  };

  test.each<[string, Suite['id'], FakeFailure, string]>([
    [
      'an unhealthy database',
      'unit',
      exec(['healthcheck.sh', '--connect', '--innodb_initialized'], 1, 'cannot connect'),
      'QS701: mariadb, which the unit suite needs, did not become healthy\n    cannot connect',
    ],
    [
      'a cache that ends',
      'unit',
      exec(['docker-entrypoint.sh', 'redis-server', '--save', '', '--appendonly', 'no'], 1, 'bad configuration'),
      'QS701: redis, which the unit suite needs, ended with exit code 1\n    bad configuration',
    ],
    [
      'a migration that fails as the app starts',
      'e2e',
      exec(['/usr/local/bin/quayside-entrypoint', 'gunicorn'], 78, 'quayside: migration failed'),
      'QS702: the database migration failed before the e2e suite: flask db upgrade\n    quayside: migration failed',
    ],
    [
      'an app that ends',
      'e2e',
      exec(['/usr/local/bin/quayside-entrypoint', 'gunicorn'], 3, 'ImportError: boom'),
      'QS703: the app, which the e2e suite needs, ended with exit code 3\n    ImportError: boom',
    ],
    [
      'an app that never is healthy',
      'e2e',
      exec(['python', '/usr/local/lib/quayside/healthcheck.py'], 1, 'GET /health answered 503'),
      'QS703: the app, which the e2e suite needs, did not become healthy\n    GET /health answered 503',
    ],
  ])('%s', async (_name, id, failure, message) => {
    failRun(failure);
    const error = await suites.runSuite(appOf(), suite(id)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DiagnosticError);
    expect((error as Error).message).toContain(message);
  });

  test.each([
    [
      'INFO Running upgrade  -> 0001, Uploads.\nINFO Running upgrade 0001 -> 0002, Events.\nboom',
      'at 0001 -> 0002, Events.: ',
    ],
    ['INFO Running upgrade  -> 0001, Uploads.\nboom', 'at the first, 0001, Uploads.: '],
    ['  Applying auth.0001_initial... OK\n  Applying shop.0002_price...Traceback', 'at shop.0002_price: '],
  ])('the migration that was under way is named: %j', async (stderr, name) => {
    failRun(ended(78, stderr));
    const error = await suites.runSuite(appOf(), suite('unit')).catch((reason: unknown) => reason);
    expect((error as Error).message).toContain(`before the unit suite, ${name}flask db upgrade`);
  });

  test('a migration that fails before the unit tests', async () => {
    failRun(ended(78, 'no such column'));
    await expect(suites.runSuite(appOf(), suite('unit'))).rejects.toThrow(/QS702: .*\n {4}no such column/);
  });

  test('a failure of the machine stays what it is', async () => {
    failRun(new FakeFailure('the registry did not answer', { _type: 'INFRASTRUCTURE' }));
    const error = await suites.runSuite(appOf(), suite('unit')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ extensions: { _type: 'INFRASTRUCTURE' } });
  });

  test('a command of the build that fails is told by what it was for', async () => {
    session.answer = (leaf, recipe) =>
      leaf === 'sync' && opsOf(recipe, 'withExec').some(op => (op.args.args as string[]).includes('build'))
        ? exec(['npm', 'run', 'build'], 2, 'TS2322')
        : undefined;
    const error = await suites.runSuite(appOf(), suite('e2e')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      diagnostics: [{ code: 'QS710', data: { step: 'build the frontend', exitCode: 2, output: 'TS2322' } }],
    });
  });

  test('failing tests are named, and their reports still are there', async () => {
    const junit =
      '<testsuites><testsuite time="2.5"><testcase classname="tests.unit.test_a" name="test_ok"/>' +
      '<testcase classname="tests.unit.test_a" name="test_no"><failure message="assert 1 == 2&#10;more">x</failure></testcase>' +
      '</testsuite></testsuites>';
    session.answer = (leaf, recipe) => {
      const fromFailure = JSON.stringify(recipe).includes('5eaf00d');
      if (leaf === 'sync' && isRun(recipe, [suite('unit')]))
        return exec((recipe.at(-1)!.args.args as string[]).slice(), 1, 'E assert\nreports kept as 5eaf00d');
      if (leaf === 'glob') return ['junit.xml'];
      return leaf === 'contents' ? (fromFailure ? junit : junit.replace(/<failure.*failure>/, '')) : undefined;
    };
    const failing = appOf();
    const check = suites.checkSuites(failing, ['unit', 'e2e']);
    await expect(check).rejects.toThrow(
      'unit: 1 passed, 1 failed in 2.5 s\n  FAILED tests.unit.test_a::test_no\n    assert 1 == 2',
    );
    await expect(check).rejects.toMatchObject({ name: 'TestFailure' });
    const reports = await recipeOf(await suites.gatherReports(failing, ['unit', 'e2e']));
    const gathered = opsOf(reports, 'withDirectory').map(op => op.args);
    expect(gathered.map(({ path }) => path)).toEqual(['unit', 'e2e']);
    const [unit, browser] = gathered.map(({ source }) => source as Recipe);
    expect(opsOf(unit!, 'withNewFile').at(-1)?.args).toEqual({ path: 'output.txt', contents: 'E assert\n' });
    // Fetched by a command that needs no service, and as whoever may.
    expect(opsOf(unit!, 'withServiceBinding')).toEqual([]);
    expect(opsOf(unit!, 'withExec').at(-1)?.args.args).toContain('5eaf00d');
    expect(isRun(browser!.slice(0, -2))).toBe(true);
  });

  test('no command is told that it may fail: an engine would keep the failure and answer the next run with it', async () => {
    const all = appOf();
    await Promise.all([
      suites.checkSuites(
        all,
        plan.suites.map(({ kind }) => kind),
      ),
      suites.formattedFiles(all),
    ]);
    const commands = session.leaves.flatMap(({ recipe }) => allOps(recipe)).filter(({ field }) => field === 'withExec');
    expect(commands.filter(({ args }) => args.expect !== undefined)).toEqual([]);
  });

  test('a suite has one place for the reports of failures, whoever asks for it, and no other has it', async () => {
    const all = appOf();
    await suites.checkSuites(all, ['unit', 'e2e']);
    const runs = session.leaves.filter(({ leaf, recipe }) => leaf === 'sync' && isRun(recipe));
    const volumes = runs.map(
      ({ recipe }) => (opsOf(recipe, 'withMountedCache').at(-1)!.args.cache as Recipe)[0]!.args.key,
    );
    expect(new Set(volumes).size).toBe(2);
  });
});

test('a directory is listed once and a file read once', async () => {
  const { directoryTree } = await import('../../../src/dagger/tree.js');
  const contents = vi.fn(() => 'text');
  session.answer = leaf => (leaf === 'glob' ? ['b/', 'b/c.py', 'a.py'] : leaf === 'contents' ? contents() : undefined);
  const tree = await directoryTree(dagger.dag.host().directory('/source'));
  expect(tree.paths).toEqual(['a.py', 'b/c.py']);
  expect(await Promise.all([tree.read('a.py'), tree.read('a.py'), tree.read('missing')])).toEqual([
    'text',
    'text',
    undefined,
  ]);
  expect(contents).toHaveBeenCalledTimes(1);
});
