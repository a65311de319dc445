import { objectName } from '../app-object.js';
import type { ServerDefinition } from './definition.js';

export const waitress = {
  title: 'waitress',
  doc: 'WSGI, in one process with threads.',
  rank: 5,
  packages: ['waitress'],
  madeFor: 'wsgi',
  runs: true,
  serves: { wsgi: { rank: 4, taken: 'when there' } },
  // https://docs.pylonsproject.org/projects/waitress/en/stable/runner.html
  command: {
    programs: ['waitress-serve', 'waitress'],
    takingValue:
      '--host --port --listen --unix-socket --unix-socket-perms --url-scheme --url-prefix --ident --threads --trusted-proxy --trusted-proxy-count --trusted-proxy-headers --backlog --recv-bytes --send-bytes --outbuf-overflow --outbuf-high-watermark --inbuf-overflow --connection-limit --cleanup-interval --channel-timeout --max-request-header-size --max-request-body-size --asyncore-loop-timeout --channel-request-lookahead'.split(
        ' ',
      ),
    address: ['--host', '--port', '--listen', '--unix-socket', '--unix-socket-perms'],
    local: [],
    means: { '--call': 'factory' },
  },
  starter: 'waitress.serve',
  factory: 'option',
  start: {
    by: 'serve.py',
    // It waits for open requests when it is interrupted, and for none when it is terminated.
    stop: 'INT',
    files: [],
    words: app => [
      // A stream keeps one of the threads as long as it is open; who sends half a request keeps none, but counts as a connection.
      ...'waitress-serve --host=0.0.0.0 --port={port} --threads=128 --connection-limit=900'.split(' '),
      // One proxy, or `*`; without FORWARDED_ALLOW_IPS these are left out.
      '--trusted-proxy={proxy}',
      '--trusted-proxy-headers=x-forwarded-for x-forwarded-proto x-forwarded-host{proxied}',
      ...(app.call === 'factory' ? ['--call'] : []),
      objectName(app),
    ],
  },
  bring: { oldest: '1.4' },
} as const satisfies ServerDefinition;
