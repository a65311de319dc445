/** What starts several programs in the app's own container: supervisord, and an nginx before the app. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;

const image = (command: string, ...steps: readonly string[]) =>
  lines(
    'FROM python:3.12',
    'WORKDIR /app',
    'RUN apt-get install -y nginx supervisor',
    'COPY . .',
    ...steps,
    `CMD ${command}`,
  );

const SUPERVISED = lines(
  '[supervisord]',
  'nodaemon=true',
  '[program:web]',
  'directory=/app',
  'command=gunicorn --timeout 77 "shop:create_app()"',
  '[program:sync]',
  'command=python -m shop.sync --every %(ENV_EVERY)s',
  '[program:off]',
  'autostart=false',
  'command=python -m shop.off',
);

async function told(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(withFiles(FLASK, { 'shop/sync.py': 'print(1)\n', ...files }));
  expect(diagnostics).toEqual([]);
  const { server, workers, left = [] } = facts!;
  const options = workers?.options?.value.join(' ') ?? '';
  return [
    `${server?.value} ${server?.place.file}:${server?.place.line} ${options}`,
    ...left.map(({ value, place }) => `${place.file}:${place.line} ${value}`),
  ];
}

it.each<readonly [string, Files, readonly string[]]>([
  [
    'followed to its programs, each that is not run told of, and the settings of nginx',
    {
      Dockerfile: image('["supervisord", "-n"]', 'COPY deploy/site.conf /etc/nginx/sites-enabled/default'),
      'deploy/site.conf': 'server { client_max_body_size 50m; }\n',
      'deploy/supervisord.conf': SUPERVISED,
    },
    [
      'gunicorn deploy/supervisord.conf:5 --timeout=77',
      'Dockerfile:5 deploy/site.conf',
      'deploy/supervisord.conf:7 python -m shop.sync --every $EVERY',
    ],
  ],
  [
    'by the file that it is given',
    {
      Dockerfile: image('supervisord -c /etc/supervisord.prod.conf'),
      'supervisord.conf': '[program:web]\ncommand=gunicorn "shop:create_app()"\n',
      'supervisord.prod.conf': '[program:web]\ncommand=gunicorn --timeout 9 "shop:create_app()"\n',
    },
    ['gunicorn supervisord.prod.conf:2 --timeout=9', 'Dockerfile:3 nginx'],
  ],
])('%s', async (_, files, expected) => {
  expect(await told(files)).toEqual(expected);
});
