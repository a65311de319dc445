/** Workers and schedulers, out of the code, the Procfile and the configuration. */
import { describe, expect, it } from 'vitest';
import { NOT_CONFIGURED } from '../../../src/config/load.js';
import { explained } from '../../../src/detect/explain/sections.js';
import { explainText } from '../../../src/detect/explain/text.js';
import { formatDiagnostic, inWords } from '../../../src/diagnostics/words.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const CELERY = { 'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\ncelery==5.4.0\nredis==5.0.0\n' };
const READS = "import os\n\nURL = os.environ['CELERY_BROKER_URL']\nREDIS = os.environ['REDIS_URL']\n";
const shop = (files: Files, app: Files = FLASK) => withFiles(app, { ...CELERY, 'shop/config.py': READS, ...files });
const TASKS = 'from celery import Celery\n\ncelery = Celery(__name__)\n';

async function componentsOf(files: Files): Promise<string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  return (facts!.components ?? []).map(({ name, command }) => `${name}: ${command.value.join(' ')}`);
}

const worker = (app: string) => `worker: celery --app ${app} worker --loglevel INFO --concurrency 2`;

describe('the compose file', () => {
  const compose = (...services: readonly string[]) => ({
    'compose.yaml': `services:\n${services.map(line => `  ${line}\n`).join('')}`,
  });
  const FACTORY = {
    'shop/tasks.py':
      'from celery import current_app\n\ndef make(app):\n    app.celery = current_app\n    return app.celery\n',
  };
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'a worker behind a watcher and behind a shell',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: . }',
          'mails: { build: ., command: ["watchmedo auto-restart -p *.py -- celery -A shop.celery worker -Q mails"] }',
          'slow: { build: ., command: bash -c "source /venv/bin/activate && python -m celery -A shop.celery worker -Q slow" }',
        ),
      }),
      [
        'worker: celery -A shop.celery worker -Q mails --concurrency 2',
        'slow: celery -A shop.celery worker -Q slow --concurrency 2',
      ],
    ],
    [
      'those alone that name a package which is there',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: . }',
          'celery: { build: ., command: celery -A OldShop worker -l info }',
          'mails: { build: ., command: celery --app=shop.celery worker -l info }',
        ),
      }),
      ['worker: celery --app=shop.celery worker -l info --concurrency 2'],
    ],
    [
      'the worker for people where one for developers stands beside it, as the example of its variables fills it',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: . }',
          'slow-dev: { build: ., profiles: [dev], command: "celery -A shop.celery worker --loglevel=${LEVEL} -Q slow" }',
          'slow: { build: ., profiles: [prod], command: "celery -A shop.celery worker --loglevel=${LEVEL} -Q slow --concurrency=${COUNT}" }',
        ),
        '.env.template': 'LEVEL=WARNING\nCOUNT=3\n',
      }),
      ['worker: celery -A shop.celery worker --loglevel=WARNING -Q slow --concurrency=3'],
    ],
    [
      'a worker and a scheduler that no code shows',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: . }',
          'celery_worker: { build: ., command: celery -A shop.celery worker --loglevel=info }',
          'celery_beat: { build: ., command: celery -A shop.celery beat }',
          'flower: { build: ., command: celery -A shop.celery flower }',
        ),
      }),
      [
        'worker: celery -A shop.celery worker --loglevel=info --concurrency 2',
        'scheduler: celery -A shop.celery beat --pidfile  --schedule /tmp/celerybeat-schedule',
      ],
    ],
    [
      'what scripts start that the image has under other names',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: { context: ., dockerfile: docker/app/Dockerfile } }',
          'queue: { build: { context: ., dockerfile: docker/app/Dockerfile }, command: /start-worker }',
          'clock: { build: { context: ., dockerfile: docker/app/Dockerfile }, command: sh /scripts/beat }',
          'other: { build: { context: ., dockerfile: docker/app/Dockerfile }, command: /start-flower }',
        ),
        'docker/app/Dockerfile':
          'FROM python:3.13\nCOPY --chown=1000 ./docker/app/worker/start /start-worker\nCOPY ["docker/app/beat", "/scripts/"]\n',
        'docker/app/worker/start':
          "#!/bin/bash\nset -e\nwatchfiles --filter python 'celery -A shop.celery worker -Q high,default' shop\n",
        'docker/app/beat': '#!/bin/sh\nrm -f celerybeat.pid\nexec celery -A shop.celery beat -l INFO\n',
      }),
      [
        'worker: celery -A shop.celery worker -Q high,default --concurrency 2',
        'scheduler: celery -A shop.celery beat -l INFO --pidfile  --schedule /tmp/celerybeat-schedule',
      ],
    ],
    [
      'what scripts start that are the entrypoint, but not one that serves, by a pattern of files as well',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: ., entrypoint: [/bin/serve.sh] }',
          'queue: { build: ., entrypoint: [/bin/queue.sh] }',
          'clock: { build: ., entrypoint: /bin/clock.sh }',
        ),
        Dockerfile: 'FROM python:3.13\nWORKDIR /code\nCOPY . .\nADD deploy/* /bin/\nCMD ["/bin/serve.sh"]\n',
        'deploy/serve.sh': '#!/bin/sh\ncelery -A shop.celery worker &\nexec gunicorn shop:app\n',
        'deploy/queue.sh': '#!/bin/sh\ncelery -A shop.celery worker -Q low\n',
        'deploy/clock.sh': '#!/bin/sh\nrm -f celerybeat.pid\ncelery -A shop.celery beat -l INFO\n',
      }),
      [
        'worker: celery -A shop.celery worker -Q low --concurrency 2',
        'scheduler: celery -A shop.celery beat -l INFO --pidfile  --schedule /tmp/celerybeat-schedule',
      ],
    ],
    [
      'files that a worker or a scheduler would write, and the background, which end a container',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: . }',
          'worker: { build: ., command: celery --app=shop worker --loglevel=info --logfile=logs/celery.log -D --pidfile w.pid -B }',
          'beat: { build: ., command: celery -A shop beat -f logs/beat.log --pidfile=/tmp/beat.pid -s data/schedule -S shop.Clock }',
        ),
      }),
      [
        'worker: celery --app=shop worker --loglevel=info -B --schedule /tmp/celerybeat-schedule --concurrency 2',
        'scheduler: celery -A shop beat --pidfile=/tmp/beat.pid -S shop.Clock --schedule /tmp/celerybeat-schedule',
      ],
    ],
    [
      'several workers of one kind, by their names, and one that runs the image of the web server',
      shop({
        ...FACTORY,
        ...compose(
          'web: { build: ., image: shop }',
          'fast: { image: shop, command: celery -A shop.celery worker -Q fast -c 4 }',
          'slow: { build: ., command: [celery, -A, shop.celery, worker, -Q, slow, --pool=solo] }',
        ),
      }),
      ['worker: celery -A shop.celery worker -Q fast -c 4', 'slow: celery -A shop.celery worker -Q slow --pool=solo'],
    ],
    [
      "a command of Django's",
      withFiles(DJANGO, compose('web: { build: . }', 'tasks: { build: ., command: python manage.py run_huey }')),
      ['tasks: python manage.py run_huey'],
    ],
    [
      'nothing of other images, nor what ends by itself',
      withFiles(
        DJANGO,
        compose(
          'web: { build: ., command: python manage.py migrate }',
          'worker: { image: other, command: celery -A x worker }',
        ),
      ),
      [],
    ],
    [
      'what the Procfile says before it',
      withFiles(DJANGO, {
        ...compose('tasks: { build: ., command: python manage.py run_huey }'),
        Procfile: 'jobs: python manage.py rqworker\n',
      }),
      ['jobs: python manage.py rqworker'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await componentsOf(files)).toEqual(expected);
  });
});

describe("programs of the app's own in a compose file", () => {
  const beside = (service: string, more: Files = {}) =>
    withFiles(FLASK, {
      'compose.yaml': `services:\n  web: { build: ., ports: ["8000:8000"] }\n  ${service}\n`,
      'notify.py': 'while True:\n    pass\n',
      'shop/consumer.py': 'while True:\n    pass\n',
      'shop/__main__.py': 'import sys\n',
      ...more,
    });
  it.each<readonly [string, string, readonly string[]]>([
    [
      'that are there by name',
      'consumer: { build: ., command: python -u -m shop.consumer }',
      ['consumer: python -m shop.consumer'],
    ],
    [
      'that are started again',
      'mails: { build: ., restart: always, command: [python3, /app/notify.py] }',
      ['mails: python notify.py'],
    ],
    [
      'behind a shell that waits',
      'worker: { build: ., command: sh -c "sleep 5 && python notify.py --all" }',
      ['worker: python notify.py --all'],
    ],
    [
      'as an argument of the app',
      'updater: { build: ., command: ["python", "-m", "shop", "run-update-daemon"] }',
      ['updater: python -m shop run-update-daemon'],
    ],
    ['by an entrypoint', 'worker: { build: ., entrypoint: python notify.py }', ['worker: python notify.py']],
    ['but not once', 'init: { build: ., restart: on-failure, command: python notify.py }', []],
    ['but not for nobody', 'mails: { build: ., command: python notify.py }', []],
    ['but not on demand', 'worker: { build: ., profiles: [tools], command: python notify.py }', []],
    ['but not what answers', 'worker: { build: ., ports: ["9000:9000"], command: python notify.py }', []],
    ['but not of another image', 'worker: { image: other, restart: always, command: python notify.py }', []],
  ])('are processes: %s', async (_, service, expected) => {
    expect(await componentsOf(beside(service))).toEqual(expected);
  });

  it('are no processes where they answer requests', async () => {
    const service = 'jobs: { build: ., restart: always, command: python run.py }';
    expect(await componentsOf(beside(service, { 'run.py': 'import uvicorn\n' }))).toEqual([]);
  });
});

describe('supervisord', () => {
  const CONF = [
    '[supervisord]',
    'nodaemon=true',
    '[program:web]',
    'command=gunicorn shop:app',
    '[program:mails]',
    'environment=HOME=/tmp',
    "command=/bin/sh -c 'exec celery -A shop.tasks worker -Q mails'",
    '[program:jobs]',
    'command=python manage.py run_huey -f',
    '[program:proxy]',
    'command=nginx -g "daemon off;"',
    '[program:other]',
    'command=celery -A %(ENV_APP)s worker',
    '',
  ].join('\n');

  it.each<readonly [string, Files, readonly string[]]>([
    [
      'names the workers that it starts, each once',
      { 'docker/supervisord.conf': CONF, 'supervisord-tasks.conf': CONF },
      ['worker: celery -A shop.tasks worker -Q mails --concurrency 2', 'jobs: python manage.py run_huey -f'],
    ],
    [
      'counts where no Procfile names any',
      {
        'supervisord.conf': CONF,
        Procfile: 'web: gunicorn "shop:create_app()"\nslow: celery -A shop.tasks worker -Q slow\n',
      },
      ['slow: celery -A shop.tasks worker -Q slow --concurrency 2'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await componentsOf(shop({ 'shop/tasks.py': TASKS, ...files }))).toEqual(expected);
  });
});

describe('the server that supervisord starts', () => {
  const conf = (...programs: readonly string[]) => `[supervisord]\nnodaemon=true\n${programs.join('\n')}\n`;
  const image = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["supervisord", "-c", "/etc/supervisord.conf"]\n';
  const served = async (files: Files) => {
    const { facts, diagnostics } = await detectFiles(withFiles(FLASK, files));
    expect(diagnostics).toEqual([]);
    const { server, workers } = facts!;
    return [server?.value, workers?.count?.value, ...(workers?.options?.value ?? []), server?.place.file].join(' ');
  };
  const WEB = '[program:web]\ncommand=gunicorn -w 3 --preload --bind :8000 "shop:create_app()"';

  it.each<readonly [string, Files, string]>([
    [
      'says how the app is served',
      { Dockerfile: image, 'supervisord.conf': conf(WEB) },
      'gunicorn 3 --preload supervisord.conf',
    ],
    [
      'by a script of the container too',
      {
        Dockerfile: image.replace(/CMD.*/, 'CMD ["/start.sh"]'),
        'start.sh': '#!/bin/sh\nflask db upgrade\nexec /usr/bin/supervisord -n\n',
        'docker/supervisor.conf': conf('[program:cron]\ncommand=cron -f', WEB),
      },
      'gunicorn 3 --preload docker/supervisor.conf',
    ],
    [
      'says nothing where the container starts another',
      { Dockerfile: image.replace(/CMD.*/, 'CMD gunicorn -w 5 "shop:create_app()"'), 'supervisord.conf': conf(WEB) },
      'gunicorn 5 Dockerfile',
    ],
    [
      'says nothing where no container has supervisord',
      { 'supervisord.conf': conf(WEB) },
      'gunicorn  requirements.txt',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await served(files)).toBe(expected);
  });
});

it.each(['python manage.py run_worker', 'flask rq worker', 'python -m flask rq worker'])(
  'in a compose file %s is a worker',
  async command => {
    const compose = `services:\n  web: { build: ., image: shop }\n  jobs: { image: shop, command: ${command} }\n`;
    expect(await componentsOf(withFiles(FLASK, { 'compose.yaml': compose }))).toEqual([`jobs: ${command}`]);
  },
);

describe('Celery', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    ['an object at the top of a module', shop({ 'shop/tasks.py': TASKS }), [worker('shop.tasks:celery')]],
    [
      'kept by the Flask app, named in a module for the worker',
      shop({
        'shop/queue.py':
          'from celery import Celery\n\ndef init(app):\n    app.extensions["celery"] = Celery(app.name)\n',
        'worker.py':
          'from shop import create_app\n\nflask_app = create_app()\ncelery_app = flask_app.extensions["celery"]\n',
      }),
      [worker('worker:celery_app')],
    ],
    [
      'in a module of its own that makes the app first',
      shop({
        'shop/tasks.py': TASKS,
        'celery_worker.py': 'from shop import create_app\nfrom shop.tasks import celery\n\napp = create_app()\n',
      }),
      [worker('celery_worker:celery')],
    ],
    [
      'filled by a function, for a worker and for its scheduler',
      shop({
        'shop/queue.py': `${TASKS}\ndef start(app):\n    celery.conf.update(app.config)\n    return celery\n`,
        'celery_worker.py':
          'from shop import create_app\nfrom shop.queue import start\n\ncelery = start(create_app())\n',
        'celery_beat.py': 'from shop import create_app\nfrom shop.queue import start\n\ncelery = start(create_app())\n',
      }),
      [worker('celery_worker:celery')],
    ],
    [
      'made by a function',
      shop({
        'shop/queue.py':
          'from celery import Celery\n\ndef make_celery(app):\n    return Celery(app)\n\ncelery = make_celery("shop")\n',
      }),
      [worker('shop.queue:celery')],
    ],
    [
      'of a class of its own',
      shop({
        'shop/queue.py':
          'from celery.app.base import Celery\n\nclass AppCelery(Celery):\n    pass\n\nqueue = AppCelery("shop")\n',
      }),
      [worker('shop.queue:queue')],
    ],
    [
      'that a script names, where the code does not show it',
      shop({
        'shop/__init__.py':
          'from celery import current_app as queue\nfrom flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n',
        'run_celery.py': 'from shop import create_app, queue\n\napp = create_app()\n',
        Makefile: 'worker:\n\t. ./env.sh && celery --quiet -A run_celery.queue worker --pidfile=/tmp/a\n',
      }),
      [worker('run_celery.queue')],
    ],
    [
      'that a script names, before the one that the code shows',
      shop({
        'wsgi.py': 'from shop.tasks import celery\n',
        'shop/tasks.py': TASKS,
        'docker/worker.sh': '#!/bin/sh\nexec celery worker -A wsgi.celery -l info\n',
      }),
      [worker('wsgi.celery')],
    ],
    [
      'that a script names by its package, as the code shows it',
      shop({ 'shop/celery.py': TASKS, 'worker.sh': 'celery -A shop worker\n' }),
      [worker('shop.celery:celery')],
    ],
    [
      'that the code shows, where a script names one of another app',
      shop({ 'shop/tasks.py': TASKS, 'worker.sh': 'celery -A other.tasks worker\n' }),
      [worker('shop.tasks:celery')],
    ],
    [
      'of a Django project',
      withFiles(DJANGO, {
        'requirements.txt': 'Django==5.2\ngunicorn==23.0.0\ncelery==5.4.0\nredis==5.0.0\n',
        'site_/celery.py': 'from celery import Celery\n\napp = Celery("site_")\napp.autodiscover_tasks()\n',
        'site_/broker.py': READS,
      }),
      [worker('site_.celery:app')],
    ],
    [
      'with a schedule',
      shop({ 'shop/tasks.py': `${TASKS}celery.conf.beat_schedule = {"a": {"task": "t", "schedule": 30}}\n` }),
      [
        worker('shop.tasks:celery'),
        'scheduler: celery --app shop.tasks:celery beat --loglevel INFO --pidfile  --schedule /tmp/celerybeat-schedule',
      ],
    ],
    ['installed but not used', shop({}), []],
    ['turned off', shop({ 'shop/tasks.py': TASKS, 'quayside.yaml': 'components: { worker: false }\n' }), []],
  ])('%s', async (_, files, expected) => {
    expect(await componentsOf(files)).toEqual(expected);
  });

  it.each<readonly [string, Files]>([
    ['no object', shop({ 'shop/tasks.py': 'from celery import shared_task\n' })],
    ['two objects', shop({ 'shop/tasks.py': TASKS, 'shop/mails.py': TASKS })],
  ])('asks when there is %s', async (_, files) => {
    const { diagnostics } = await detectFiles(files);
    expect(diagnostics.map(({ code }) => code)).toEqual(['QS309']);
    expect(inWords(diagnostics[0]!).fix).toContain('components: { worker:');
  });
});

describe("queues of Celery's tasks", () => {
  it.each<readonly [string, string, string]>([
    ['of settings that route them', 'celery.conf.task_routes = {"shop.tasks.*": "main-queue"}', 'celery,main-queue'],
    [
      'of settings that say more of each',
      'CELERY_TASK_ROUTES = {"shop.a": {"queue": "slow", "routing_key": "x"}, "shop.b": {"queue": "fast"}}',
      'celery,slow,fast',
    ],
    [
      'of single tasks, beside one for all others',
      'celery.conf.update(task_default_queue="shop")\n@celery.task(queue="mails")\ndef send():\n    pass\n\nsend.apply_async(queue="late")',
      'shop,mails,late',
    ],
  ])('%s', async (_, code, expected) => {
    const components = await componentsOf(shop({ 'shop/tasks.py': `${TASKS}${code}\n` }));
    expect(components).toEqual([
      `worker: celery --app shop.tasks:celery worker --loglevel INFO --queues ${expected} --concurrency 2`,
    ]);
  });

  it('are none that the worker knows by itself', async () => {
    const code = 'celery.conf.task_queues = (Queue("a"), Queue("b"))\ncelery.conf.task_routes = {"shop.*": "a"}\n';
    expect(await componentsOf(shop({ 'shop/tasks.py': `${TASKS}${code}` }))).toEqual([worker('shop.tasks:celery')]);
  });
});

it('has no worker for queues that it only looks at', async () => {
  const files = withFiles(FLASK, {
    'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\nredis==5.0.0\nrq==2.0.0\n',
    'shop/config.py': "import os\n\nREDIS = os.environ['REDIS_URL']\n",
    'shop/page.py': 'from rq import Queue\n\ndef count(name):\n    return len(Queue(name, connection=c))\n',
  });
  expect(await componentsOf(files)).toEqual([]);
});

describe('other task queues', () => {
  const app = (requirement: string, file: string) =>
    withFiles(FLASK, {
      'requirements.txt': `flask==3.1.0\ngunicorn==23.0.0\nredis==5.0.0\n${requirement}\n`,
      'shop/config.py': "import os\n\nREDIS = os.environ['REDIS_URL']\n",
      'shop/jobs.py': file,
    });
  it.each<readonly [string, Files, string]>([
    [
      'RQ',
      app('rq==2.0.0', 'from rq import Queue\n\nq = Queue("mails", connection=c)\nr = Queue(connection=c)\n'),
      'worker: sh -c exec rq worker --url "$REDIS_URL" mails default',
    ],
    [
      'RQ, with work for a queue of any name',
      app('rq==2.0.0', 'from rq import Queue\n\nq = Queue(NAME, connection=c)\nq.enqueue(send)\n'),
      'worker: sh -c exec rq worker --url "$REDIS_URL" default',
    ],
    [
      'RQ, with the name of its queue in a setting',
      app(
        'rq==2.0.0',
        'from rq import Queue\n\nTASK_QUEUE = os.getenv("TASK_QUEUE", "shop_tasks")\nq = Queue(app.config["TASK_QUEUE"], connection=c)\nq.enqueue(send)\n',
      ),
      'worker: sh -c exec rq worker --url "$REDIS_URL" shop_tasks',
    ],
    [
      'RQ, with the name of its queue in a field',
      app(
        'rq==2.0.0',
        'from rq import Queue\n\nclass Settings:\n    QUEUE: str = "slow"\n\nq = Queue(settings.QUEUE, connection=c)\nq.enqueue(send)\n',
      ),
      'worker: sh -c exec rq worker --url "$REDIS_URL" slow',
    ],
    [
      'RQ, written without an address',
      withFiles(app('rq==2.0.0', ''), { Procfile: 'worker: rq worker mails -v\n' }),
      'worker: sh -c exec rq worker --url "$REDIS_URL" mails -v',
    ],
    [
      'RQ, written with the address of one machine',
      withFiles(app('rq==2.0.0', ''), { Procfile: 'worker: rq worker -u redis://redis:6379/0 mails\n' }),
      'worker: sh -c exec rq worker --url "$REDIS_URL" mails',
    ],
    [
      'RQ, with settings of its own',
      withFiles(app('rq==2.0.0', ''), { Procfile: 'worker: rq worker -c settings mails\n' }),
      'worker: rq worker -c settings mails',
    ],
    [
      'arq, written as an image has it that copies the package to another place',
      withFiles(FASTAPI, {
        'main.py': undefined,
        'requirements.txt': 'fastapi==0.115.0\nuvicorn==0.32.0\narq==0.26.0\nredis==5.0.0\n',
        'src/__init__.py': '',
        'src/app/__init__.py': '',
        'src/app/main.py':
          'import os\nfrom fastapi import FastAPI\n\nREDIS = os.environ["REDIS_URL"]\napp = FastAPI()\n',
        'src/app/jobs/settings.py': 'class WorkerSettings:\n    functions = []\n',
        Procfile: 'worker: arq app.jobs.settings.WorkerSettings\n',
      }),
      'worker: arq src.app.jobs.settings.WorkerSettings',
    ],
    [
      'arq',
      app('arq==0.26.0', 'from arq import cron\n\nclass WorkerSettings:\n    functions = []\n'),
      'worker: arq shop.jobs.WorkerSettings',
    ],
    [
      'dramatiq',
      app('dramatiq==1.17.0', 'import dramatiq\n\n@dramatiq.actor\ndef mail():\n    pass\n'),
      'worker: dramatiq --processes 1 shop.jobs',
    ],
    [
      'dramatiq, taken from where its broker is set',
      withFiles(app('dramatiq==1.17.0', 'from .broker import dramatiq\n\n@dramatiq.actor\ndef mail():\n    pass\n'), {
        'shop/broker.py': 'import dramatiq\n\ndramatiq.set_broker(None)\n',
      }),
      'worker: dramatiq --processes 1 shop.jobs',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await componentsOf(files)).toEqual([expected]);
  });
});

describe('Procfile', () => {
  it('names every process but the web server and what runs before it', async () => {
    const Procfile = [
      'release: flask db upgrade',
      'postdeploy: bash bin/post_deploy.sh',
      'postcompile: bash bin/build_assets.sh',
      'web: gunicorn "shop:create_app()"',
      'worker: poetry run celery -A shop.tasks worker',
      'clock: python clock.py --every $EVERY',
    ].join('\n');
    expect(await componentsOf(shop({ 'shop/tasks.py': TASKS, Procfile }))).toEqual([
      'worker: celery -A shop.tasks worker --concurrency 2',
      'clock: sh -c exec python clock.py --every $EVERY',
    ]);
  });
});

it('of a Procfile, what developers have around the app and what ends by itself is no process', async () => {
  const Procfile = [
    'web: gunicorn shop:create_app()',
    'db: docker-compose --profile db up db',
    'assets: npm run start',
    'css: python manage.py tailwind start',
    'migrate: alembic upgrade head',
    'mails: python mails.py',
  ].join('\n');
  expect(await componentsOf(withFiles(FLASK, { Procfile, 'mails.py': '' }))).toEqual(['mails: python mails.py']);
});

describe('a process of the Procfile', () => {
  const app = (Procfile: string, more: Files = {}) =>
    shop({ Procfile: `web: gunicorn "shop:create_app()"\n${Procfile}\n`, ...more });
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'that is the server of a service is left out',
      app('redis: redis-server --port 6379\njobs: python jobs.py'),
      ['jobs: python jobs.py'],
    ],
    ['so is one of any name', app('db: exec /usr/bin/redis-server'), []],
    ['so is one in a container', app('cache: docker run --rm -p 6379:6379 redis:7-alpine'), []],
    ['has another name than a service', app('redis: python follow.py'), ['redis-process: python follow.py']],
    ['has another name than the frontend', app('frontend: python pages.py'), ['frontend-process: python pages.py']],
    ['has another name than nginx', app('gateway: python gateway.py'), ['gateway-process: python gateway.py']],
    ['may have the name of a service that the app does not use', app('mariadb: python m.py'), ['mariadb: python m.py']],
    [
      'has its state where it may write',
      app('beat: celery -A shop beat --loglevel INFO'),
      ['beat: celery -A shop beat --loglevel INFO --pidfile  --schedule /tmp/celerybeat-schedule'],
    ],
    [
      'is named as hosts are',
      app('Celery_Worker: celery -A shop worker'),
      ['celery-worker: celery -A shop worker --concurrency 2'],
    ],
    [
      'is taken away by either name',
      app('redis: python a.py\ncelery_beat: python b.py\nc: python c.py', {
        'quayside.yaml': 'components: { redis: false, celery-beat: false }\n',
      }),
      ['c: python c.py'],
    ],
    [
      'of the configuration has another name than a service, too',
      app('a: python a.py', { 'quayside.yaml': 'components: { redis: { command: [python, r.py] } }\n' }),
      ['redis-process: python r.py', 'a: python a.py'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await componentsOf(files)).toEqual(expected);
  });

  it('that is left out is told of', async () => {
    const { facts } = await detectFiles(app('redis: redis-server'));
    expect(facts!.services.map(({ kind, inPlaceOf }) => [kind, inPlaceOf?.value, inPlaceOf?.place])).toEqual([
      ['redis', 'redis', { file: 'Procfile', line: 2 }],
    ]);
    expect(explainText(explained(facts!, NOT_CONFIGURED))).toMatch(
      /instead of redis +Procfile:2: its server in the Procfile, left out/,
    );
  });
});

it('a configured process stands beside the detected ones and in place of one of the same name', async () => {
  const config =
    'components:\n  worker: { command: [celery, --app, shop.tasks, worker] }\n  feed: { command: [python, feed.py] }\n';
  expect(await componentsOf(shop({ 'shop/tasks.py': TASKS, 'quayside.yaml': config }))).toEqual([
    'worker: celery --app shop.tasks worker',
    'feed: python feed.py',
  ]);
});
