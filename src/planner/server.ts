/** How the production image starts its server. */
import type { Facts } from '../detect/facts.js';
import { defined } from '../source/defined.js';
import { runServer } from '../support/run-servers.js';
import { assetPath } from './assets.js';
import { SERVE, workDirectory } from './paths.js';

/** The command of the production image. Ports and numbers of workers are decided when it starts. */
export function serverCommand(facts: Pick<Facts, 'server' | 'entry' | 'workers'>): readonly string[] {
  const { start } = runServer(facts.server.value);
  const words = start.words(facts.entry.value, {
    ...defined({ workerClass: facts.workers?.workerClass?.value }),
    fileOf: assetPath,
  });
  if (start.by === 'itself') return words;
  return ['python', SERVE, ...(start.stop === undefined ? [] : [`--stop=${start.stop}`]), ...words];
}

/** The files of docker/ that the server's start needs. */
export function serverFiles(facts: Pick<Facts, 'server'>): readonly string[] {
  const { start } = runServer(facts.server.value);
  return [...start.files, ...(start.by === 'itself' ? [] : ['serve.py'])];
}

/** Variables that the server's start reads. */
export function serverEnv(facts: Pick<Facts, 'server' | 'workers' | 'root'>): Readonly<Record<string, string>> {
  const { single, conf } = facts.workers ?? {};
  const { settings } = runServer(facts.server.value);
  return {
    ...(single ? { WEB_CONCURRENCY: '1' } : {}),
    ...(settings && conf ? { [settings.variable]: `${workDirectory(facts)}/${conf.value}` } : {}),
  };
}
