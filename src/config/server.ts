/** How the app is served: the part `server` of quayside.yaml. */
import * as z from 'zod';
import { anyOf } from '../diagnostics/listing.js';
import { RUN_SERVERS, serversFor, WORKER_CLASSES } from '../support/run-servers.js';
import { command, entry, port, versionText } from './values.js';

const serverKinds = RUN_SERVERS.map(([kind]) => kind);

export const server = z
  .strictObject(
    {
      entry: entry.describe('The app object or factory: module:attribute or module:factory().').optional(),
      kind: z
        .enum(serverKinds, { error: anyOf(serverKinds) })
        .describe(
          `Server of the production image. Default: the one that is a dependency, else ${serversFor('wsgi')[0]} for WSGI and ${serversFor('asgi')[0]} for ASGI, which are then installed beside the dependencies.`,
        )
        .optional(),
      version: versionText('a version such as "23.0.0"')
        .describe(
          'Version of the server, when no dependency brings it. Default: the one that a Dockerfile, another requirements file or an extra names, else the newest.',
        )
        .optional(),
      worker: z
        .enum(WORKER_CLASSES.names, { error: anyOf(WORKER_CLASSES.names) })
        .describe(WORKER_CLASSES.doc)
        .optional(),
      command: command
        .describe(
          'Command that starts the web process, in place of a server that is known: any Python program that answers on a port, such as [streamlit, run, app.py, --server.port, $PORT]. Not beside entry, kind, version, worker and workers.',
        )
        .optional(),
      port: port.describe('Port that the command answers on. Default: the one in PORT, which is 8000.').optional(),
      workers: z
        .int({ error: 'a whole number from 1 to 64' })
        .min(1, { error: 'a whole number from 1 to 64' })
        .max(64, { error: 'a whole number from 1 to 64' })
        .describe('Worker processes. Default: decided at start from the CPUs the container may use.')
        .optional(),
    },
    { error: 'a mapping with entry, kind, version, worker and workers, or with command and port' },
  )
  .refine(
    ({ command: own, port: at, ...others }) =>
      own === undefined ? at === undefined : Object.values(others).every(value => value === undefined),
    { error: 'command and port, or entry, kind, version, worker and workers' },
  )
  .describe('How the app is served.');
