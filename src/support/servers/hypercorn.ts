import { objectReference } from '../app-object.js';
import type { ServerDefinition } from './definition.js';

export const hypercorn = {
  title: 'hypercorn',
  doc: 'ASGI and WSGI.',
  rank: 3,
  packages: ['hypercorn'],
  madeFor: 'asgi',
  runs: true,
  serves: { asgi: { rank: 2, taken: 'when there' }, wsgi: { rank: 3, taken: 'when there' } },
  // https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html
  command: {
    programs: ['hypercorn'],
    takingValue:
      '--access-log --access-logfile --access-logformat --backlog -b --bind --ca-certs --certfile --cert-reqs --ciphers -c --config --error-log --error-logfile --log-file --graceful-timeout --read-timeout --max-requests --max-requests-jitter -g --group -k --worker-class --keep-alive --keyfile --keyfile-password --insecure-bind --log-config --log-level -p --pid --quic-bind --root-path --server-name --statsd-host --statsd-prefix -m --umask -u --user --verify-mode --websocket-ping-interval -w --workers'.split(
        ' ',
      ),
    address: ['-b', '--bind', '--insecure-bind', '--quic-bind'],
    local:
      '-c --config -u --user -g --group -p --pid --reload --graceful-timeout --access-log --access-logfile --error-log --error-logfile --log-file --ca-certs --certfile --keyfile --keyfile-password --cert-reqs --ciphers --verify-mode'.split(
        ' ',
      ),
    means: { '-w': 'workers', '--workers': 'workers' },
    attribute: 'app',
  },
  factory: 'call',
  start: {
    by: 'serve.py',
    files: [],
    since: { '--access-logfile': '0.7', '--graceful-timeout': '0.10' },
    words: app => [
      ...'hypercorn --bind 0.0.0.0:{port} --workers {workers} --graceful-timeout {grace} --access-logfile -'.split(' '),
      `${app.protocol}:${objectReference(app)}`,
    ],
  },
  develops: (app, port) => [
    ...`hypercorn --reload --bind 0.0.0.0:${port}`.split(' '),
    `${app.protocol}:${objectReference(app)}`,
  ],
  bring: { oldest: '0.11' },
} as const satisfies ServerDefinition;
