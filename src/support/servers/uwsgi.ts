import { objectReference } from '../app-object.js';
import type { ServerDefinition } from './definition.js';

/** Options of the machine, the socket or the process manager that a file of settings was written for. */
const LOCAL =
  'socket uwsgi-socket http http-socket https https2 http-to http11-socket fastcgi-socket scgi-socket shared-socket stats stats-server http-modifier1 chmod-socket chmod chown-socket uid gid user group daemonize daemonize2 pidfile pidfile2 safe-pidfile logto logto2 logger req-logger log-master touch-reload touch-chain-reload touch-workers-reload touch-logreopen py-autoreload python-autoreload auto-procname procname procname-prefix home virtualenv venv pyhome plugin plugins plugins-dir binary-path emperor vassals-include die-on-term master no-orphans vacuum strict need-app hook-master-start worker-reload-mercy reload-mercy cheaper cheaper-initial cheaper-step cheaper-algo uwsgi-file env enable-threads single-interpreter log-x-forwarded-for ini yaml yml json xml if-env if-not-env endif';

export const uwsgi = {
  title: 'uWSGI',
  doc: 'WSGI, in processes with threads; the options of the command line and of its file of settings (ini, YAML, JSON, XML) are kept, but for sockets, users and files of one machine. Built from source where the app has it so; pyuwsgi, which is built already, does as well, and is what is brought.',
  rank: 7,
  packages: ['pyuwsgi', 'uwsgi'],
  madeFor: 'wsgi',
  runs: true,
  serves: { wsgi: { rank: 5, taken: 'when there' } },
  // https://uwsgi-docs.readthedocs.io/en/latest/Options.html
  command: {
    programs: ['uwsgi', 'pyuwsgi'],
    takingValue:
      '-s --socket --http --http-socket -p --processes --workers -t --harakiri -w --module --wsgi --wsgi-file --callable --chdir --ini --yaml --yml -y --json -j --xml -x --threads --buffer-size -b --uid --gid --mount --chdir2 --file --pp --pythonpath --python-path --stats --pidfile --daemonize -d -H --home --virtualenv --venv --max-requests -R --listen -l --static-map --env --cheaper --offload-threads --post-buffering --http-timeout --touch-reload --logto --gevent --chmod-socket --evil-reload-on-rss --reload-on-rss --max-worker-lifetime'.split(
        ' ',
      ),
    address: ['-s', '--socket', '--http', '--http-socket'],
    local: ['-d', '-H', '-M', ...LOCAL.split(' ').map(name => `--${name}`)],
    means: {
      '-p': 'workers',
      '--processes': 'workers',
      '--workers': 'workers',
      '--chdir': 'directory',
      '--chdir2': 'directory',
      '--pp': 'directory',
      '--pythonpath': 'directory',
      '--python-path': 'directory',
      '-w': 'app',
      '--module': 'app',
      '--wsgi': 'app',
      '--wsgi-file': 'app file',
      '--file': 'app file',
      '--callable': 'attribute',
      '--mount': 'mounted app',
      '--ini': 'settings',
    },
    attribute: 'application',
    settings: {
      section: 'uwsgi',
      usual: ['uwsgi.ini', 'app.ini', 'wsgi.ini', 'uwsgi.yaml', 'uwsgi.yml', 'uwsgi.json', 'uwsgi.xml'],
    },
  },
  factory: 'call',
  start: {
    by: 'serve.py',
    files: [],
    words: app => [
      ...'uwsgi --http=0.0.0.0:{port} --master --die-on-term --need-app --single-interpreter --enable-threads'.split(
        ' ',
      ),
      ...'--processes={workers} --threads=256 --buffer-size=32768 --http-timeout=3600 --worker-reload-mercy={grace}'.split(
        ' ',
      ),
      // In order: workers answer what they have begun.
      '--hook-master-start=unix_signal:15 gracefully_kill_them_all',
      // Its router ends each connection; who is not told asks the next question into one that is closed.
      '--add-header=Connection: close',
      '--route-if=equal:${HTTP_X_FORWARDED_PROTO};https addvar:UWSGI_SCHEME=https{proxied}',
      `--module=${objectReference(app)}`,
    ],
  },
  bring: { oldest: '2.0.25' },
} as const satisfies ServerDefinition;
