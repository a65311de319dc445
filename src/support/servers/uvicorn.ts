import { objectName } from '../app-object.js';
import type { ServerDefinition } from './definition.js';

export const uvicorn = {
  title: 'uvicorn',
  doc: 'ASGI, first when several are there.',
  rank: 2,
  packages: ['uvicorn'],
  madeFor: 'asgi',
  runs: true,
  serves: { asgi: { rank: 1, taken: 'when there' } },
  // https://www.uvicorn.org/settings/
  command: {
    programs: ['uvicorn'],
    takingValue:
      '--host --port --uds --fd --reload-dir --reload-include --reload-exclude --reload-delay --workers --loop --http --ws --ws-max-size --ws-max-queue --ws-ping-interval --ws-ping-timeout --ws-per-message-deflate --lifespan --interface --env-file --log-config --log-level --forwarded-allow-ips --root-path --limit-concurrency --backlog --limit-max-requests --limit-max-requests-jitter --timeout-keep-alive --timeout-graceful-shutdown --timeout-worker-healthcheck --ssl-keyfile --ssl-certfile --ssl-keyfile-password --ssl-version --ssl-cert-reqs --ssl-ca-certs --ssl-ciphers --header --app-dir --h11-max-incomplete-event-size'.split(
        ' ',
      ),
    address: ['--host', '--port', '--uds', '--fd'],
    local:
      '--reload --reload-dir --reload-include --reload-exclude --reload-delay --env-file --timeout-graceful-shutdown --ssl-keyfile --ssl-certfile --ssl-keyfile-password --ssl-version --ssl-cert-reqs --ssl-ca-certs --ssl-ciphers'.split(
        ' ',
      ),
    means: { '--workers': 'workers', '--app-dir': 'directory', '--factory': 'factory' },
  },
  starter: 'uvicorn.run',
  factory: 'option',
  start: {
    by: 'serve.py',
    files: [],
    since: { '--timeout-graceful-shutdown': '0.22' },
    words: app => [
      ...'uvicorn --host 0.0.0.0 --port {port} --workers {workers} --timeout-graceful-shutdown {grace}'.split(' '),
      ...(app.call === 'factory' ? ['--factory'] : []),
      objectName(app),
    ],
  },
  develops: (app, port) => [
    ...`uvicorn --reload --host 0.0.0.0 --port ${port}`.split(' '),
    ...(app.call === 'factory' ? ['--factory'] : []),
    objectName(app),
  ],
  bring: {
    // Websockets need another package; the rest of the extra is for development, or is built from source where nobody has built it.
    oldest: '0.11',
    extra: 'standard',
    without:
      'anyio colorama exceptiongroup httptools idna python-dotenv pyyaml sniffio uvloop watchfiles watchgod'.split(' '),
  },
} as const satisfies ServerDefinition;
