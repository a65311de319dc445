import { objectReference } from '../app-object.js';
import type { ServerDefinition } from './definition.js';

const SETTINGS = 'gunicorn.conf.py';

export const gunicorn = {
  title: 'gunicorn',
  doc: "WSGI, first when several are there; ASGI with uvicorn's worker when the app is started so. Workers with threads, gevent or eventlet; the app's own gunicorn.conf.py is kept.",
  rank: 1,
  packages: ['gunicorn'],
  madeFor: 'wsgi',
  runs: true,
  serves: { wsgi: { rank: 1, taken: 'when there' }, asgi: { rank: 4, taken: 'when asked for' } },
  // https://gunicorn.org/reference/settings/
  command: {
    programs: ['gunicorn'],
    takingValue:
      '-c --config -b --bind --backlog -w --workers -k --worker-class --threads --worker-connections --max-requests --max-requests-jitter -t --timeout --graceful-timeout --keep-alive --limit-request-line --limit-request-fields --limit-request-field_size --reload-engine --reload-extra-file --chdir -e --env -p --pid --worker-tmp-dir -u --user -g --group -m --umask --forwarded-allow-ips --access-logfile --access-logformat --error-logfile --log-file --log-level --logger-class --log-config --log-config-json --log-syslog-to --log-syslog-prefix --log-syslog-facility --statsd-host --dogstatsd-tags --statsd-prefix -n --name --pythonpath --paste --paster --proxy-allow-from --protocol --uwsgi-allow-from --keyfile --certfile --ssl-version --cert-reqs --ca-certs --ciphers --paste-global --forwarder-headers --header-map --root-path'.split(
        ' ',
      ),
    // https://docs.python.org/3/library/argparse.html#prefix-matching
    abbreviates: true,
    address: ['-b', '--bind'],
    local:
      '-D --daemon -p --pid -u --user -g --group --initgroups --worker-tmp-dir --reload --reload-engine --reload-extra-file --graceful-timeout --access-logfile --error-logfile --log-file --check-config --print-config --spew --paste --paster --paste-global --protocol --proxy-protocol --proxy-allow-from --keyfile --certfile --ssl-version --cert-reqs --ca-certs --ciphers --do-handshake-on-connect --suppress-ragged-eofs'.split(
        ' ',
      ),
    means: {
      '-w': 'workers',
      '--workers': 'workers',
      '-k': 'worker class',
      '--worker-class': 'worker class',
      '--chdir': 'directory',
      '--pythonpath': 'directory',
      '-c': 'settings',
      '--config': 'settings',
    },
    attribute: 'application',
  },
  factory: 'call',
  start: {
    by: 'itself',
    files: [SETTINGS, 'quayside_threads.py'],
    streaming: { GUNICORN_THREADS: '200' },
    words: (app, { workerClass, fileOf }) => [
      'gunicorn',
      '--config',
      fileOf(SETTINGS),
      // The settings have a class of their own in its place.
      ...(workerClass === undefined || workerClass === 'gthread' ? [] : ['--worker-class', workerClass]),
      objectReference(app),
    ],
  },
  develops: (app, port) => [...`gunicorn --reload --bind 0.0.0.0:${port} --threads 8`.split(' '), objectReference(app)],
  bring: { oldest: '19.7' },
  workers: {
    classes: {
      gthread: {},
      gevent: { package: 'gevent' },
      eventlet: { package: 'eventlet', dropped: { in: 26, last: '25.1.0', by: 'gevent' } },
      sync: {},
    },
    doc: "Class of gunicorn's workers. Default: gevent when that is a dependency, else gthread.",
    adapters: {
      asgi: [
        { from: { package: 'uvicorn-worker' }, workerClass: 'uvicorn_worker.UvicornWorker' },
        { from: { server: 'uvicorn' }, workerClass: 'uvicorn.workers.UvicornWorker' },
      ],
    },
  },
  settings: { path: SETTINGS, workerClass: 'worker_class', variable: 'QUAYSIDE_GUNICORN_CONF' },
} as const satisfies ServerDefinition;
