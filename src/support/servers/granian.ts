import { objectName } from '../app-object.js';
import type { ServerDefinition } from './definition.js';

export const granian = {
  title: 'granian',
  doc: 'ASGI and WSGI.',
  rank: 4,
  packages: ['granian'],
  runs: true,
  serves: { asgi: { rank: 3, taken: 'when there' }, wsgi: { rank: 2, taken: 'when there' } },
  // https://github.com/emmett-framework/granian#options
  command: {
    programs: ['granian'],
    takingValue:
      '--host --port --uds --uds-permissions --interface --http --workers --blocking-threads --blocking-threads-idle-timeout --runtime-threads --runtime-blocking-threads --runtime-mode --loop --task-impl --backlog --backpressure --http1-buffer-size --http1-header-read-timeout --http2-initial-connection-window-size --http2-initial-stream-window-size --http2-keep-alive-interval --http2-keep-alive-timeout --http2-max-concurrent-streams --http2-max-frame-size --http2-max-headers-size --http2-max-send-buffer-size --log-level --log-config --access-log-fmt --ssl-certificate --ssl-keyfile --ssl-keyfile-password --ssl-protocol-min --ssl-ca --ssl-crl --url-path-prefix --respawn-interval --rss-sample-interval --rss-samples --workers-lifetime --workers-max-rss --workers-kill-timeout --working-dir --env-files --static-path-route --static-path-mount --static-path-dir-to-file --static-path-expires --metrics-scrape-interval --metrics-address --metrics-port --reload-paths --reload-ignore-dirs --reload-ignore-patterns --reload-ignore-paths --reload-tick --process-name --pid-file'.split(
        ' ',
      ),
    address: ['--host', '--port', '--uds', '--uds-permissions'],
    local:
      '--interface --workers-kill-timeout --env-files --pid-file --reload --reload-paths --reload-ignore-dirs --reload-ignore-patterns --reload-ignore-paths --reload-tick --ssl-certificate --ssl-keyfile --ssl-keyfile-password --ssl-protocol-min --ssl-ca --ssl-crl --ssl-client-verify'.split(
        ' ',
      ),
    means: { '--workers': 'workers', '--working-dir': 'directory', '--factory': 'factory' },
    attribute: 'app',
  },
  factory: 'option',
  start: {
    by: 'serve.py',
    files: [],
    since: { '--access-log': '1.4.4', '--workers-kill-timeout': '1.7.6' },
    words: app => [
      ...'granian --host 0.0.0.0 --port {port} --workers {workers} --workers-kill-timeout {grace} --access-log'.split(
        ' ',
      ),
      '--interface',
      app.protocol,
      ...(app.call === 'factory' ? ['--factory'] : []),
      objectName(app),
    ],
  },
  bring: {},
} as const satisfies ServerDefinition;
