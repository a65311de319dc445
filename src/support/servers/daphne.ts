import { objectName } from '../app-object.js';
import type { ServerDefinition } from './definition.js';

export const daphne = {
  title: 'daphne',
  doc: "ASGI, in one process: Django Channels' own server. It can call no factory, and when it is told to end it does so at once.",
  rank: 6,
  packages: ['daphne'],
  madeFor: 'asgi',
  runs: true,
  serves: { asgi: { rank: 5, taken: 'when there' } },
  // https://github.com/django/daphne/blob/main/daphne/cli.py
  command: {
    programs: ['daphne'],
    takingValue:
      '-p --port -b --bind --websocket_timeout --websocket_connect_timeout -u --unix-socket --fd -e --endpoint -v --verbosity -t --http-timeout --access-log --log-fmt --ping-interval --ping-timeout --application-close-timeout --root-path --proxy-headers-host --proxy-headers-port -s --server-name'.split(
        ' ',
      ),
    address: ['-p', '--port', '-b', '--bind', '-u', '--unix-socket', '--fd', '-e', '--endpoint'],
    local: ['--access-log'],
    means: {},
    attribute: 'application',
  },
  factory: 'none',
  start: {
    by: 'serve.py',
    files: [],
    // Only behind a proxy may a header say where a request comes from.
    words: app => [
      ...'daphne -b 0.0.0.0 -p {port} --access-log -'.split(' '),
      '--proxy-headers{proxied}',
      objectName(app),
    ],
  },
  bring: { oldest: '4.0' },
} as const satisfies ServerDefinition;
