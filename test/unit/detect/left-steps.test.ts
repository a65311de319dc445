/** What the app's own deployment does and nothing here does: told of step by step, and nothing of what is followed or needless. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;

const image = (...steps: readonly string[]) =>
  lines('FROM python:3.12', 'WORKDIR /app', ...steps, 'CMD ["gunicorn", "shop:create_app()"]');

/** Files of an app; undefined takes one away. */
type Changes = Parameters<typeof withFiles>[1];

async function leftOf(files: Changes): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(withFiles(FLASK, files));
  expect(diagnostics).toEqual([]);
  return (facts!.left ?? []).map(({ kind, name, value, place }) => {
    const of = name === undefined ? '' : `${name}: `;
    return `${kind} ${place.file}:${place.line ?? '-'} ${of}${value}`;
  });
}

type Case = readonly [title: string, files: Changes, expected: readonly string[]];

describe('what a container is made with', () => {
  it.each<Case>([
    [
      'nothing that sets it up, installs, or tidies up',
      {
        Dockerfile: image(
          'RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev curl && rm -rf /var/lib/apt/lists/*',
          'RUN curl -sSL https://install.python-poetry.org | python3 -',
          'RUN pip install --upgrade pip && pip install -r requirements.txt && python -m compileall .',
          'RUN useradd -m app && mkdir -p /app/logs && chown -R app:app /app && ln -sf /usr/bin/python3 /usr/bin/python',
          'COPY requirements.txt /tmp/',
          'COPY . .',
          "RUN sed -i 's/\\r$//g' /app/run && chmod +x run",
          'ENV A=1',
          'EXPOSE 8000',
        ),
      },
      [],
    ],
    [
      'scripts that are called after what they install, and packages in the version that a variable has, where a lock has others',
      {
        'requirements.txt': undefined,
        'pyproject.toml':
          '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.12"\ndependencies = ["flask", "gunicorn"]\n[project.optional-dependencies]\npgsql = ["psycopg2"]\n',
        Dockerfile: image(
          'ENV PSYCOPG_VERSION=2.9.3',
          'RUN python get-poetry.py && python install.py',
          'RUN pip install "psycopg2==$PSYCOPG_VERSION"',
          'RUN python tools/install_bootstrap.py -u',
        ),
      },
      ['build Dockerfile:5 pip install psycopg2==2.9.3', 'build Dockerfile:6 python tools/install_bootstrap.py -u'],
    ],
    [
      'programs, downloads and files that are made, each instruction once',
      {
        Dockerfile: image(
          'COPY . .',
          'RUN make assets',
          'RUN python -c "import nltk; nltk.download(\'punkt\')" && python -m spacy download en_core_web_sm',
          'RUN wget -q https://example.com/models/small.bin -O model.bin',
          'RUN echo "$COMMIT" > /app/version.json',
          'RUN cp settings.example.py settings.py',
        ),
      },
      [
        'build Dockerfile:4 make assets',
        "build Dockerfile:5 python -c import nltk; nltk.download('punkt'); python -m spacy download en_core_web_sm",
        'build Dockerfile:6 wget -q https://example.com/models/small.bin -O model.bin',
        'build Dockerfile:7 … > /app/version.json',
        'build Dockerfile:8 cp settings.example.py settings.py',
      ],
    ],
    [
      'packages of the system that no other part brings, those that are known in all releases being brought whatever version is asked for',
      {
        Dockerfile: image(
          'RUN apt-get update && apt-get install -y wkhtmltopdf libpq5 git tesseract-ocr=5.* build-essential',
        ),
      },
      ['package Dockerfile:3 wkhtmltopdf'],
    ],
    [
      'not those that code asks for, nor those of Alpine that are taken away again',
      {
        'shop/clips.py': 'import subprocess\n\nsubprocess.run(["ffmpeg", "-i", "a.mov"])\n',
        Dockerfile: image('RUN apt-get install -y ffmpeg', 'RUN apk add --virtual .build-deps abc-tool'),
      },
      [],
    ],
    [
      'files that it has under another name, or elsewhere',
      {
        'deploy/prod.cfg': '',
        '.env.dist': '',
        'deploy/nginx.conf': '',
        'deploy/check.py': '',
        Dockerfile: image(
          'COPY . .',
          'COPY .env.dist .env',
          'COPY deploy/prod.cfg /etc/shop/shop.cfg',
          'COPY deploy/nginx.conf /etc/nginx/conf.d/',
          'COPY shop/__init__.py ./shop/',
          'COPY deploy/check.py /check.py',
          'HEALTHCHECK CMD python /check.py',
        ),
      },
      ['copy Dockerfile:4 .env.dist as /app/.env', 'copy Dockerfile:5 deploy/prod.cfg as /etc/shop/shop.cfg'],
    ],
    [
      'what it takes from other stages and images, but for packages and tools',
      {
        Dockerfile: lines(
          'FROM python:3.12 AS builder',
          'WORKDIR /app',
          'COPY . .',
          'RUN pip install --prefix=/install -r requirements.txt && python generate.py',
          'FROM rust:1 AS tools',
          'RUN cargo build --release',
          'FROM python:3.12 AS unused',
          'RUN python nothing.py',
          'FROM python:3.12',
          'COPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv',
          'COPY --from=builder /install /usr/local',
          'COPY --from=builder /app /app',
          'COPY --from=tools /target/release/words /app/words',
          'WORKDIR /app',
          'CMD gunicorn "shop:create_app()"',
        ),
      },
      ['build Dockerfile:4 python generate.py', 'copy Dockerfile:13 /target/release/words of tools as /app/words'],
    ],
    [
      'a Dockerfile of which nothing is followed',
      { 'Dockerfile.dev': image('RUN make assets') },
      ['file Dockerfile.dev:- Dockerfile.dev'],
    ],
    [
      'several of which none is the one of the app',
      { 'docker/a.Dockerfile': image(), 'docker/b.Dockerfile': image() },
      ['file docker/a.Dockerfile:- docker/a.Dockerfile docker/b.Dockerfile'],
    ],
    [
      'the one that a compose file builds, whatever starts it',
      {
        'docker/a.Dockerfile': image('RUN make a'),
        'docker/b.Dockerfile': lines('FROM python:3.12', 'COPY . /app', 'RUN make b'),
        'compose.yaml': lines('services:', '  web:', '    build: { context: ., dockerfile: docker/b.Dockerfile }'),
      },
      ['build docker/b.Dockerfile:3 make b'],
    ],
    [
      'nothing where the configuration has commands',
      { Dockerfile: image('RUN make assets'), 'quayside.yaml': 'build: { commands: [make assets] }\n' },
      [],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await leftOf(files)).toEqual(expected);
  });
});

describe('what a container runs at each start', () => {
  const started = (...script: readonly string[]): Files => ({
    Dockerfile: lines('FROM python:3.12', 'COPY . /app', 'ENTRYPOINT ["/app/start.sh"]'),
    'start.sh': lines('#!/bin/sh', 'set -e', ...script),
  });

  it.each<Case>([
    [
      'nothing that waits, looks, or serves',
      started(
        'until nc -z db 5432; do sleep 1; done',
        'echo "up"',
        'if [ "$1" = web ]; then shift; fi',
        'python wait_for_db.py',
        'exec gunicorn "shop:create_app()" --bind 0.0.0.0:8000',
      ),
      [],
    ],
    [
      'what fills a database, copies configuration, or starts what is no process here',
      started(
        'flask seed --all',
        'cp config.example.toml /data/config.toml',
        'python load.py &',
        'celery -A shop.tasks worker &',
        'exec gunicorn "shop:create_app()"',
      ),
      [
        'start start.sh:3 flask seed --all; cp config.example.toml /data/config.toml; python load.py; celery -A shop.tasks worker',
      ],
    ],
    [
      'not its own functions, nor migrations that run anyway',
      {
        ...started('prepare() { python load.py; }', 'prepare', 'flask db upgrade', 'exec gunicorn "shop:create_app()"'),
        'requirements.txt': 'flask\ngunicorn\nflask-migrate\nflask-sqlalchemy\n',
        'migrations/env.py': '',
        'migrations/alembic.ini': '',
      },
      ['start start.sh:3 python load.py'],
    ],
    [
      'scripts that it is given',
      {
        Dockerfile: lines(
          'FROM python:3.12',
          'COPY . /app',
          'ENTRYPOINT ["/app/a.sh"]',
          'CMD ["gunicorn", "shop:create_app()"]',
        ),
        'a.sh': 'python load.py\nexec "$@"\n',
      },
      ['start a.sh:1 python load.py'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await leftOf(files)).toEqual(expected);
  });
});

describe('what a compose file runs of the app', () => {
  const composed = (...services: readonly string[]): Files => ({
    Dockerfile: image('COPY . .'),
    'compose.yaml': lines('services:', ...services.map(service => `  ${service}`)),
  });

  it.each<Case>([
    [
      'nothing that serves, migrates, or is there for developers',
      composed(
        'web: { build: ., command: "flask run --host 0.0.0.0", ports: ["8000:8000"] }',
        'tests: { build: ., command: "python -m unittest" }',
        'extra: { build: ., command: "python check.py", profiles: [tools] }',
        'other: { image: "postgres:17" }',
      ),
      [],
    ],
    [
      'a job, or a program that no process stands for',
      composed(
        'web: { build: ., image: shop, ports: ["8000:8000"] }',
        'seed: { image: shop, command: "python seed.py --all" }',
        'relay: { build: ., command: "./relay --queue a" }',
      ),
      ['service compose.yaml:3 seed: python seed.py --all', 'service compose.yaml:4 relay: ./relay --queue a'],
    ],
    [
      'what fills services in images of their own, without what it logs in with',
      composed(
        'web: { build: ., ports: ["8000:8000"], depends_on: [db] }',
        'db: { image: "postgres:17" }',
        `buckets: { image: minio/mc, entrypoint: /bin/sh -c "mc alias set s http://s3:9000 me secret; mc mb s/data" }`,
        'tables: { image: "python:3.12", command: sh -c "pip install tabler && tabler postgresql://me:secret@db/shop init" }',
        'load: { image: "postgres:17", command: psql -h db -f /data/shop.sql }',
        'again: { image: "postgres:17", command: postgres -c shared_buffers=1GB }',
        'shell: { image: "python:3.12", command: bash }',
      ),
      [
        'container compose.yaml:3 db: postgres:17',
        'start compose.yaml:4 mc mb s/data',
        'start compose.yaml:5 tabler postgresql://…@db/shop init',
        'start compose.yaml:6 psql -h db -f /data/shop.sql',
      ],
    ],
    [
      'servers that it starts behind, or is told the address of, one without a driver among them, and no others',
      composed(
        'web: { build: ., ports: ["8000:8000"], depends_on: [db, texts, proxy], environment: { FIND_URL: "http://find:8983/solr", ME: "http://other.example.com" } }',
        'db: { image: "postgres:17" }',
        'texts: { image: "apache/tika:3" }',
        'find: { image: "solr:9" }',
        'other: { image: "example/other:1" }',
        'proxy: { image: "nginx:1" }',
        'pgadmin: { image: "dpage/pgadmin4" }',
      ),
      [
        'container compose.yaml:3 db: postgres:17',
        'container compose.yaml:4 texts: apache/tika:3',
        'container compose.yaml:5 find: solr:9',
      ],
    ],
    [
      'servers of a profile that the app is started with, and of no other',
      composed(
        'web: { build: ., ports: ["8000:8000"], depends_on: [find, texts, front], profiles: [all] }',
        'find: { image: "typesense/typesense:28.0", profiles: [all, lite] }',
        'texts: { image: "apache/tika:3", profiles: [lite] }',
        'front: { image: "node:22-slim", command: "yarn start --host", profiles: [all] }',
      ),
      ['container compose.yaml:3 find: typesense/typesense:28.0'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await leftOf(files)).toEqual(expected);
  });
});

const READS = { 'shop/config.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n' };

describe('packages of Python that a container installs by name', () => {
  it.each<Case>([
    [
      'are declared beside a list, but for tools, servers, and those that it has',
      {
        Dockerfile: image(
          'RUN pip install --no-cache-dir -r requirements.txt "redis[hiredis]>=5" Flask flake8 pip',
          'RUN pip install pymysql==1.1.1 gunicorn==23.0.0',
        ),
      },
      ['redis[hiredis]>=5 Dockerfile:3', 'pymysql==1.1.1 Dockerfile:4'],
    ],
    [
      'not the driver of another database than the one of the list',
      { 'requirements.txt': 'flask\ngunicorn\npsycopg2\n', Dockerfile: image('RUN pip install mysqlclient') },
      ['left: pip install mysqlclient'],
    ],
    [
      'not beside a list with hashes',
      {
        'requirements.txt': `flask==3.1.0 --hash=sha256:${'0'.repeat(64)}\ngunicorn==23.0.0 --hash=sha256:${'0'.repeat(64)}\n`,
        Dockerfile: image('RUN pip install redis'),
      },
      ['left: pip install redis'],
    ],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(withFiles(FLASK, { ...READS, ...files }));
    expect(diagnostics).toEqual([]);
    const { besides = [], requirements, dependencies } = facts!.python;
    const left = (facts!.left ?? []).map(({ value }) => `left: ${value}`);
    expect([...besides.map(({ value, place }) => `${value} ${place.file}:${place.line}`), ...left]).toEqual(expected);
    expect(requirements!.declared ?? []).toEqual(besides.map(({ value }) => value));
    const names = dependencies.map(({ name }) => name);
    expect(besides.every(({ value }) => names.includes(/^[\w-]+/.exec(value)![0].toLowerCase()))).toBe(true);
  });
});

describe('an app in a directory of the source', () => {
  it('is found beside a script that is called setup.py, and makes no package', async () => {
    const files = Object.fromEntries(Object.entries(FLASK).map(([path, text]) => [`api/${path}`, text]));
    const { app, diagnostics } = await understand(
      memoryTree({ ...files, 'setup.py': 'import shutil\n\nshutil.copy("api/.env.example", "api/.env")\n' }),
    );
    expect(diagnostics).toEqual([]);
    expect(app!.facts.root?.value).toBe('api');
  });

  const inApi = (steps: readonly string[], more: Files): Files => ({
    ...Object.fromEntries(Object.entries(FLASK).map(([path, text]) => [`api/${path}`, text])),
    'api/Dockerfile': image('COPY api .', ...steps),
    ...more,
  });

  it('is told of directories beside its own that its container has, once each', async () => {
    const files = inApi(
      [
        'COPY data /srv/data',
        'COPY data /srv/data',
        'COPY api/shop /app/shop',
        'COPY deploy /deploy',
        'COPY ui /app/ui',
      ],
      {
        'data/countries.csv': '',
        'deploy/start.sh': '',
        'ui/package.json': '{ "scripts": { "build": "vite build" }, "devDependencies": { "vite": "^6" } }',
        'ui/package-lock.json': '{}',
        'ui/Dockerfile': 'FROM node:22\nCOPY . .\nCMD ["npm", "start"]\n',
      },
    );
    const { app, diagnostics } = await understand(memoryTree(files));
    expect(diagnostics).toEqual([]);
    expect((app!.facts.left ?? []).map(({ value, place }) => `${place.file}:${place.line} ${value}`)).toEqual([
      'Dockerfile:4 data as /srv/data',
    ]);
  });
});

describe('files of Kubernetes', () => {
  it('are told of where they run something, all of them in one line', async () => {
    const left = await leftOf({
      'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\n',
      'k8s/service.yaml': 'apiVersion: v1\nkind: Service\n',
      'chart/templates/nightly.yaml': '{{ if .Values.nightly }}\nkind: CronJob\n{{ end }}\n',
    });
    expect(left).toEqual(['file chart/templates/nightly.yaml:- chart/templates/nightly.yaml k8s/web.yaml']);
  });

  it.each(['test/golden/k8s/web.yaml', 'examples/shop/k8s/web.yaml', 'node_modules/shop/k8s/web.yaml'])(
    "are nothing to tell of where they are not the app's: %s",
    async file => {
      expect(await leftOf({ [file]: 'apiVersion: apps/v1\nkind: Deployment\n' })).toEqual([]);
    },
  );

  it('are nothing to tell of where they run nothing', async () => {
    expect(await leftOf({ 'k8s/service.yaml': 'apiVersion: v1\nkind: Service\n' })).toEqual([]);
  });
});

describe('an example of variables for production', () => {
  it.each(['.env.prod-sample', '.env.production.example', '.env.prod.sample'])('is read as %s', async file => {
    const { facts } = await detectFiles(
      withFiles(FLASK, {
        'shop/paths.py': 'import os\n\nROOT = os.environ["APP_FOLDER"]\n',
        [file]: 'APP_FOLDER=/home/app/web\n',
      }),
    );
    expect(facts!.environment?.map(({ name, value }) => `${name}=${value.value}`)).toEqual([
      'APP_FOLDER=/home/app/web',
    ]);
  });
});

describe('another image of the app', () => {
  const SERVED = 'FROM python:3.12-slim\nCOPY . /app\nRUN pip install -r requirements.txt\n';
  const web = { Dockerfile: `${SERVED}CMD ["gunicorn", "shop:app"]\n` };

  it.each([
    ['a program of its own', 'python keep_tokens.py', ['file Dockerfile.worker:4 Dockerfile.worker']],
    ['a worker that nothing stands for', 'celery -A shop worker', ['file Dockerfile.worker:4 Dockerfile.worker']],
    ['a server', 'uvicorn shop:app', []],
    ['what those start who work on it', 'python manage.py runserver', []],
  ])('that starts %s', async (_, command, expected) => {
    expect(await leftOf({ ...web, 'Dockerfile.worker': `${SERVED}CMD ${command}\n` })).toEqual(expected);
  });

  it("is told of where it starts a program of the app's own package that does not serve", async () => {
    const left = await leftOf({
      ...web,
      'setup.py':
        'from setuptools import setup\n\nsetup(name="shop", version="1", install_requires=["flask"], entry_points={"console_scripts": ["shop = shop.cli:main"]})\n',
      'shop/cli.py': 'def main():\n    pass\n',
      'Dockerfile.worker': `${SERVED}CMD ["shop", "workers", "run"]\n`,
      'Dockerfile.slim': `${SERVED}CMD ["shop", "run", "--host", "0.0.0.0"]\n`,
    });
    expect(left).toEqual(['file Dockerfile.worker:4 Dockerfile.worker']);
  });

  it('is nothing to tell of where it is for developers', async () => {
    expect(await leftOf({ ...web, 'Dockerfile.dev': `${SERVED}CMD python keep_tokens.py\n` })).toEqual([]);
  });
});
