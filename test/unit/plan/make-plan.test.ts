import { describe, expect, test } from 'vitest';
import type { Config } from '../../../src/config/schema.js';
import type { AddressPart, Facts } from '../../../src/detect/facts.js';
import { stageInputs } from '../../../src/plan/fold.js';
import { imageSettings } from '../../../src/plan/look-up.js';
import { fillTemplate } from '../../../src/plan/template.js';
import type { Plan, Suite } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { commandOf, commandsOf, environmentOf, stageOf, stepsOf } from '../support/steps.js';
import { flaskStream } from './flask-stream.facts.js';

const place = { file: 'pyproject.toml', line: 1 };
const { frontend: _, ...withoutFrontend } = flaskStream;

const stage = stageOf;
const steps = stepsOf;
const sourceOf = (plan: Plan, id: string) =>
  steps(plan, id, 'copy').flatMap(({ from }) => (from.kind === 'source' ? [from] : []))[0]!;
const needed = ({ needs }: Suite) => needs.map(({ to }) => to);
const web = ({ processes }: Plan) => processes.find(({ role }) => role === 'web')!;
const commands = (plan: Plan, id: string) => commandsOf(stageOf(plan, id).steps).join('\n');

function env(plan: Plan): Record<string, string> {
  return Object.assign({}, ...steps(plan, 'runtime', 'env').map(step => step.values));
}

const plan = makePlan(flaskStream, {});

test('the scanner is an image of the plan, and so of the lock, where the configuration speaks of scans', () => {
  expect(plan).not.toHaveProperty('scan');
  const { scan, images } = makePlan(flaskStream, { scan: { failOn: 'low' } });
  expect(scan).toEqual({ image: expect.any(String), failOn: 'low', onlyFixed: false, ignore: [] });
  expect(Object.keys(images)).toContain(scan!.image);
});

describe('the production image', () => {
  test('copies the source after everything that changes less often', () => {
    const kinds = stage(plan, 'production').steps.map(step => (step.kind === 'copy' ? step.from.kind : step.kind));
    expect(kinds.lastIndexOf('source')).toBeGreaterThan(kinds.lastIndexOf('stage'));
    expect(kinds.slice(kinds.lastIndexOf('source'))).toEqual(['source', 'script', 'user']);
  });

  test.each([
    ['tests/unit', 'tests'],
    ['shop/tests', 'shop/tests'],
    ['e2e', 'e2e'],
    ['test_shop.py', 'test_shop.py'],
    // The app itself, with its tests inside.
    ['shop', undefined],
    ['ab_test', undefined],
  ])('of tests in %s it leaves out %s', (path, left) => {
    const suites = [{ name: 'unit' as const, command: ['pytest', path], place }];
    const excluded = sourceOf(makePlan({ ...flaskStream, suites }, {}), 'production').exclude ?? [];
    expect(excluded.filter(pattern => [path, path.split('/')[0], left].includes(pattern))).toEqual(left ? [left] : []);
  });

  test('has neither tests nor test tools nor the sources of the frontend', () => {
    expect(sourceOf(plan, 'production').exclude).toEqual(expect.arrayContaining(['tests', 'frontend', '**/.env']));
    expect(plan.source).toEqual({ gitignore: true, exclude: expect.arrayContaining(['**/.git', '**/node_modules']) });
    expect(steps(plan, 'production', 'copy').map(step => (step.from.kind === 'stage' ? step.from.stage : ''))).toEqual([
      'python-builder',
      'frontend',
      '',
    ]);
  });

  test('takes only the app’s own dependencies, by hash', () => {
    expect(commands(plan, 'python-lock')).toContain('poetry export --no-interaction --only=main --output /lock/main/');
    expect(commands(plan, 'python-builder')).toContain('--require-hashes -r /lock/main/requirements.txt');
    expect(commands(plan, 'python-builder')).not.toContain('/lock/dev');
  });

  test('runs as a user of fixed id, from an exec-form entrypoint, and says how it is', () => {
    expect(commands(plan, 'runtime')).toContain('useradd --uid 1000');
    expect(imageSettings(plan.stages, 'production').user).toBe('app');
    expect(steps(plan, 'production', 'entrypoint')).toMatchObject([
      {
        args: ['/usr/local/bin/quayside-entrypoint'],
        command: ['gunicorn', '--config', '/usr/local/lib/quayside/gunicorn.conf.py', 'flask_stream:create_app()'],
      },
    ]);
    expect(steps(plan, 'production', 'healthcheck')[0]?.check.args).toEqual([
      'python',
      '/usr/local/lib/quayside/healthcheck.py',
    ]);
    expect(env(plan)).toMatchObject({ QUAYSIDE_HEALTH_PATH: '/health', FLASK_APP: 'flask_stream:create_app' });
  });

  test('keeps compilers out of what runs', () => {
    const facts: Facts = {
      ...flaskStream,
      native: [{ dependency: 'mysqlclient', build: ['gcc', 'libmariadb-dev'], runtime: ['libmariadb3'], place }],
    };
    const native = makePlan(facts, {});
    expect(commands(native, 'python-builder')).toContain('gcc libmariadb-dev');
    expect(commands(native, 'runtime')).toContain('libmariadb3');
    expect(commands(native, 'runtime') + commands(native, 'production')).not.toMatch(/gcc|-dev\b/);
  });
});

describe('the frontend', () => {
  test('installs from its lock before its sources are there, on the build platform, with a download cache only', () => {
    const { platform, steps: all } = stage(plan, 'frontend');
    expect(platform).toBe('build');
    expect(all.map(step => commandOf(step)?.split(' ', 2).join(' ') ?? step.kind)).toEqual([
      'workdir',
      'copy',
      'npm ci',
      'copy',
      'npm run',
    ]);
    expect(steps(plan, 'frontend', 'exec').flatMap(step => step.caches?.map(cache => cache.path))).toEqual([
      '/root/.npm',
      '/root/.npm',
    ]);
  });

  test('is left out of the plan when the app has none', () => {
    const plain = makePlan(withoutFrontend, {});
    expect(plain.stages.map(({ id }) => id)).not.toContain('frontend');
  });

  test('may build into the app’s own directories', () => {
    const output = { value: 'flask_stream/static', place };
    const inside = makePlan({ ...flaskStream, frontend: { ...flaskStream.frontend!, output } }, {});
    const static_ = '/app/flask_stream/static';
    const built = { kind: 'stage', stage: 'frontend', path: static_ } as const;
    expect(steps(inside, 'production', 'copy')).toContainEqual({ kind: 'copy', from: built, to: static_ });
    expect(sourceOf(inside, 'production').exclude).toContain('flask_stream/static');
    const frontend = { ...flaskStream.frontend!, hasCode: true as const };
    expect(sourceOf(makePlan({ ...flaskStream, frontend }, {}), 'production').exclude).not.toContain('frontend');
  });
});

describe('package managers', () => {
  const uv: Facts = { ...flaskStream, python: { ...flaskStream.python, packageManager: { value: 'uv', place } } };
  const pip: Facts = {
    ...flaskStream,
    python: {
      ...flaskStream.python,
      packageManager: { value: 'pip', place },
      requirements: {
        main: { value: 'requirements.txt', place },
        dev: { value: 'requirements-dev.txt', place },
        files: ['requirements.txt', 'requirements-dev.txt'],
      },
    },
  };

  /** The app with a group and an extra that belong into production. */
  const ships = (facts: Facts, extras: readonly string[] = ['s3']): Facts => {
    const groups = ['prod', 's3'].map(value => ({ value, place }));
    return { ...facts, python: { ...facts.python, groups, extras } };
  };

  test.each([
    ['poetry', flaskStream, 'poetry export --no-interaction --with=dev --output /lock/dev/requirements.txt'],
    ['poetry', flaskStream, 'poetry export --no-interaction --only=e2e --output /lock/e2e/requirements.txt'],
    ['uv', uv, 'uv export --quiet --locked --no-emit-project --no-default-groups --output-file /lock/main/'],
    ['uv', uv, '--no-default-groups --group=dev --output-file /lock/dev/requirements.txt'],
    ['uv', uv, '--no-default-groups --only-group=e2e --output-file /lock/e2e/requirements.txt'],
    ['poetry', ships(flaskStream), 'poetry export --no-interaction --with=prod --extras=s3 --output /lock/main/'],
    ['poetry', ships(flaskStream), 'poetry export --no-interaction --with=prod,dev --extras=s3 --output /lock/dev/'],
    ['poetry', ships(flaskStream), 'poetry export --no-interaction --only=e2e --output /lock/e2e/requirements.txt'],
    ['uv', ships(uv), '--no-default-groups --group=prod --group=dev --extra=s3 --output-file /lock/dev/'],
    ['uv', ships(uv, ['e2e']), '--no-default-groups --group=prod --group=s3 --extra=e2e --output-file /lock/e2e/'],
    ['pip', pip, "printf -- '-r files/%s\\n' requirements.txt > /lock/main/requirements.txt"],
    ['pip', pip, "printf -- '-r files/%s\\n' requirements.txt requirements-dev.txt > /lock/dev/requirements.txt"],
  ])('%s: %#', (_name, facts, command) => {
    expect(commands(makePlan(facts, {}), 'python-lock')).toContain(command);
  });

  test('pip: the development file goes to the tests, and without the app to the browser', () => {
    const { devGroup: _, ...python } = pip.python;
    const tools = ['pytest', 'playwright'].map(name => ({ name, group: 'dev', place }) as const);
    const suites = pip.suites.map(({ groups: __, ...suite }) => suite);
    const app = makePlan({ ...pip, python: { ...python, dependencies: tools }, suites }, {});
    expect(commands(app, 'python-lock')).toContain(
      "'-r files/%s\\n' requirements.txt requirements-dev.txt > /lock/dev/",
    );
    expect(commands(app, 'python-lock')).toContain("'-r files/%s\\n' requirements-dev.txt > /lock/e2e/");
    expect(stageInputs(stage(app, 'test'))).toContain('python-test-builder');
  });

  test('without a lock there are no hashes to require', () => {
    expect(commands(makePlan(pip, {}), 'python-builder')).not.toContain('--require-hashes -r /lock/');
    expect(commands(makePlan(uv, {}), 'python-builder')).toContain('--require-hashes -r /lock/');
  });
});

describe('suites', () => {
  const suite = (of: Plan, id: string) => of.suites.find(candidate => candidate.id === id)!;

  test('unit migrates its own database and writes JUnit and coverage', () => {
    expect(suite(plan, 'unit')).toMatchObject({ stage: 'test', tool: 'pytest', migrates: true });
    expect(needed(suite(plan, 'unit'))).toEqual(['mariadb', 'redis']);
    expect(suite(plan, 'unit').args.join(' ')).toContain('--cov=flask_stream --cov-report=xml:/reports/coverage.xml');
    expect(suite(plan, 'unit').reports).toMatchObject({ directory: '/reports', files: { junit: 'junit.xml' } });
  });

  test('asks for coverage only when pytest-cov is installed', () => {
    const dependencies = flaskStream.python.dependencies.filter(({ name }) => name !== 'pytest-cov');
    const bare = makePlan({ ...flaskStream, python: { ...flaskStream.python, dependencies } }, {});
    expect(suite(bare, 'unit').args.join(' ')).not.toContain('--cov');
  });

  test('e2e talks to the app from the browser image of the locked version', () => {
    expect(suite(plan, 'e2e')).toMatchObject({
      stage: 'e2e',
      migrates: false,
      needs: [],
      secrets: [],
      opens: { processes: ['web'], services: ['mariadb', 'redis'], variable: 'BASE_URL' },
    });
    expect(stage(plan, 'e2e').base).toEqual({
      kind: 'image',
      reference: 'mcr.microsoft.com/playwright/python:v1.58.0-noble',
    });
    expect(suite(plan, 'e2e').args).toContain('--base-url=http://web:8000');
    expect(sourceOf(plan, 'e2e')).toMatchObject({
      include: expect.arrayContaining(['pyproject.toml', 'tests/**']),
      exclude: expect.arrayContaining(['tests/unit', 'tests/integration']),
    });
  });

  test('lint needs no services and its arguments stay as they are', () => {
    expect(suite(plan, 'lint')).toMatchObject({ args: ['ruff', 'check', '.'], needs: [], migrates: false });
  });

  test('a command of another tool names no test directories', () => {
    const django = { name: 'unit', command: ['python', 'manage.py', 'test'], place } as const;
    const made = makePlan({ ...flaskStream, suites: [django] }, {});
    expect(sourceOf(made, 'production').exclude).not.toContain('manage.py');
    expect(suite(made, 'unit').tool).toBe('django');
  });
});

describe('configuration', () => {
  test.each<[string, Config, (made: Plan) => unknown, unknown]>([
    [
      'port',
      { port: 5000 },
      made => [web(made).port, env(made).PORT, steps(made, 'production', 'expose')[0]?.port],
      [5000, '5000', 5000],
    ],
    ['env', { env: { LOG_LEVEL: 'info' } }, made => env(made).LOG_LEVEL, 'info'],
    ['server.workers', { server: { workers: 3 } }, made => env(made).WEB_CONCURRENCY, '3'],
    [
      'services.version',
      { services: { mariadb: { version: '11.8' } } },
      made => made.services.find(({ id }) => id === 'mariadb')?.image,
      'docker.io/library/mariadb:11.8',
    ],
    [
      'services.image',
      { services: { mariadb: { image: 'example/mariadb:fork' } } },
      made => [made.services.find(({ id }) => id === 'mariadb')?.image, Object.keys(made.images)],
      ['example/mariadb:fork', expect.arrayContaining(['example/mariadb:fork'])],
    ],
    [
      'a service by its image',
      {
        services: {
          own: {
            search: {
              image: 'example/search:1',
              port: 7700,
              variable: 'SEARCH_URL',
              value: 'http://{host}:{port}/v1',
              env: { KEY: 'x' },
              data: '/data',
            },
          },
        },
      },
      made => [
        made.services.find(({ id }) => id === 'search'),
        told(made).search,
        needed(made.suites.find(({ id }) => id === 'unit')!),
        made.variables.find(({ name }) => name === 'SEARCH_URL')?.service,
      ],
      [
        {
          id: 'search',
          image: 'example/search:1',
          env: { KEY: 'x' },
          ports: [7700],
          probe: { kind: 'tcp', port: 7700 },
          data: '/data',
          files: [],
          seenByBrowsers: false,
          profiles: { test: { memory: ['/data'] }, serve: { memory: ['/data'] } },
        },
        { SEARCH_URL: 'http://search:7700/v1' },
        ['mariadb', 'redis', 'search'],
        'search',
      ],
    ],
    [
      'suites.env',
      { suites: { unit: { env: { A: 'b' } } } },
      made => made.suites.find(({ id }) => id === 'unit')?.env.A,
      'b',
    ],
    [
      'suites.services',
      { suites: { unit: { services: ['redis'] } } },
      made => needed(made.suites.find(({ id }) => id === 'unit')!),
      ['redis'],
    ],
  ])('%s', (_key, config, read, expected) => {
    expect(read(makePlan(flaskStream, config))).toEqual(expected);
  });
});

/** What the web server is told of each service. */
function told(plan: Plan): Record<string, Record<string, string>> {
  return Object.fromEntries(
    web(plan).needs.map(({ to, env }) => {
      const port = plan.services.find(({ id }) => id === to)!.ports[0];
      const filling = { host: to, port: `${port}`, password: 'a password' };
      return [
        to,
        Object.fromEntries(Object.entries(env).map(([name, template]) => [name, fillTemplate(template, filling)])),
      ];
    }),
  );
}

test('a second variable for a service gets the same address', () => {
  const [mariadb, redis] = flaskStream.services;
  const [url] = redis!.addresses!;
  const addresses = [url!, { ...url!, variable: { value: 'CELERY_BROKER_URL', place } }];
  const made = makePlan({ ...flaskStream, services: [mariadb!, { ...redis!, addresses }] }, {});
  expect(made.services.map(({ id }) => id)).toEqual(['mariadb', 'redis']);
  expect(told(made)).toMatchObject({
    redis: { REDIS_URL: 'redis://redis:6379/0', CELERY_BROKER_URL: 'redis://redis:6379/0' },
  });
});

test("values that the deployment gives are those of a trial, and of the image where the app's own has them", () => {
  const environment = [
    { name: 'MODE', value: { value: 'shop.Production', place }, inImage: false },
    { name: 'REGION', value: { value: 'eu', place }, inImage: true },
  ];
  const made = makePlan({ ...flaskStream, environment }, { env: { REGION: 'us' } });
  expect(web(made).profiles.test?.env).toMatchObject({ MODE: 'shop.Production' });
  expect(made.suites[0]?.env).toMatchObject({ MODE: 'shop.Production' });
  const inImage = environmentOf(made, 'runtime');
  expect(inImage).toMatchObject({ REGION: 'us' });
  expect(inImage).not.toHaveProperty('MODE');
});

test('an address in parts fills each variable, the password as a secret', () => {
  const part = (name: AddressPart) => ({ part: name, variable: { value: name.toUpperCase(), place } });
  const names: readonly AddressPart[] = ['host', 'port', 'user', 'password', 'database', 'engine'];
  const made = makePlan(
    {
      ...flaskStream,
      services: [
        { kind: 'postgres', parts: names.map(part), version: { value: '15', place } },
        { kind: 'redis', parts: [part('host'), part('database'), part('empty')] },
      ],
    },
    {},
  );
  expect(made.services.map(({ image }) => image.split('/').at(-1))).toEqual(['postgres:15', 'redis:7']);
  expect(told(made)).toEqual({
    postgres: {
      HOST: 'postgres',
      PORT: '5432',
      USER: 'app',
      PASSWORD: 'a password',
      DATABASE: 'app',
      ENGINE: 'django.db.backends.postgresql',
    },
    redis: { HOST: 'redis', DATABASE: '0', EMPTY: '' },
  });
  expect(made.variables.find(({ name }) => name === 'PASSWORD')).toMatchObject({ secret: true, service: 'postgres' });
  expect(made.variables.find(({ name }) => name === 'PORT')).toMatchObject({ secret: false, service: 'postgres' });
});

test.each<[string, Partial<Facts>, string]>([
  [
    'uvicorn',
    { server: { value: 'uvicorn', place } },
    'python /usr/local/lib/quayside/serve.py uvicorn --host 0.0.0.0 --port {port} --workers {workers} --timeout-graceful-shutdown {grace} --factory a:make',
  ],
  [
    'hypercorn',
    { server: { value: 'hypercorn', place } },
    'python /usr/local/lib/quayside/serve.py hypercorn --bind 0.0.0.0:{port} --workers {workers} --graceful-timeout {grace} --access-logfile - asgi:a:make()',
  ],
  [
    'granian',
    { server: { value: 'granian', place } },
    'python /usr/local/lib/quayside/serve.py granian --host 0.0.0.0 --port {port} --workers {workers} --workers-kill-timeout {grace} --access-log --interface asgi --factory a:make',
  ],
  [
    'waitress',
    { server: { value: 'waitress', place } },
    'python /usr/local/lib/quayside/serve.py --stop=INT waitress-serve --host=0.0.0.0 --port={port} --threads=128 --connection-limit=900 --trusted-proxy={proxy} --trusted-proxy-headers=x-forwarded-for x-forwarded-proto x-forwarded-host{proxied} --call a:make',
  ],
  [
    'gunicorn with a worker class',
    { server: { value: 'gunicorn', place }, workers: { workerClass: { value: 'gevent', place } } },
    'gunicorn --config /usr/local/lib/quayside/gunicorn.conf.py --worker-class gevent a:make()',
  ],
  [
    'gunicorn with threads, which its settings have already',
    { server: { value: 'gunicorn', place }, workers: { workerClass: { value: 'gthread', place } } },
    'gunicorn --config /usr/local/lib/quayside/gunicorn.conf.py a:make()',
  ],
  [
    'gunicorn, whose app is made with an argument',
    {
      server: { value: 'gunicorn', place },
      entry: { value: { module: 'a', attribute: 'make', call: 'factory', arguments: "'x'", protocol: 'wsgi' }, place },
    },
    "gunicorn --config /usr/local/lib/quayside/gunicorn.conf.py a:make('x')",
  ],
])('the server is %s', (_name, facts, command) => {
  const entry = { value: { module: 'a', attribute: 'make', call: 'factory', protocol: 'asgi' }, place } as const;
  const made = makePlan({ ...flaskStream, entry, ...facts }, {});
  expect(steps(made, 'production', 'entrypoint')[0]?.command.join(' ')).toBe(command);
});

test("gunicorn's worker class is imported in the image when it is not gunicorn's own", () => {
  const checks = (facts: Partial<Facts>) =>
    [commands(makePlan({ ...flaskStream, ...facts }, {}), 'production')].flatMap(text =>
      [...text.matchAll(/check-packages\.py .*--worker (\S+)/g)].map(([, worker]) => worker),
    );
  expect(checks({ workers: { workerClass: { value: 'gevent', place } } })).toEqual(['gevent']);
  expect(checks({})).toEqual([]);
});

test('pyright gets the Node.js that it runs on, unless the app brings one', () => {
  const suites = [{ name: 'typecheck' as const, command: ['pyright'], place }];
  const made = (...extras: string[]) => {
    const dependencies = [{ name: 'pyright', group: 'dev' as const, extras, place }];
    return makePlan({ ...flaskStream, suites, python: { ...flaskStream.python, dependencies } }, {});
  };
  expect(commands(made(), 'test')).toMatch(/apt-get install .* nodejs\n/);
  expect(commands(made('nodejs'), 'test')).not.toContain('apt-get');
  expect(commands(plan, 'test')).not.toContain('apt-get');
});

test('one worker where connections stay open, unless the configuration says how many', () => {
  const single = { ...flaskStream, workers: { single: { value: 'websockets', place } } };
  expect(env(makePlan(single, {})).WEB_CONCURRENCY).toBe('1');
  expect(env(makePlan(single, { server: { workers: 3 } })).WEB_CONCURRENCY).toBe('3');
  expect(env(plan)).not.toHaveProperty('WEB_CONCURRENCY');
});
