/** How the production image starts its server. */
import type { EntryPoint, Facts } from '../detect/facts.js';
import { GUNICORN_CONF, SERVE, workDirectory } from './paths.js';

/** The entry point as its server's command line names it. */
export function entryName(entry: EntryPoint): string {
  return `${entry.module}:${entry.attribute}`;
}

/** The command of the production image. Ports and numbers of workers are decided when it starts. */
export function serverCommand(facts: Facts): readonly string[] {
  const entry = facts.entry.value;
  const name = entryName(entry);
  const isFactory = entry.call === 'factory';
  const serve = ['python', SERVE, facts.server.value];
  switch (facts.server.value) {
    case 'gunicorn': {
      const worker = facts.workers?.workerClass?.value;
      const workerClass = worker === undefined ? [] : ['--worker-class', worker];
      return ['gunicorn', '--config', GUNICORN_CONF, ...workerClass, isFactory ? `${name}()` : name];
    }
    case 'uvicorn':
      return [...serve, ...(isFactory ? ['--factory'] : []), name];
    case 'hypercorn':
      return [...serve, `${entry.protocol}:${name}${isFactory ? '()' : ''}`];
    case 'granian':
      return [...serve, '--interface', entry.protocol, ...(isFactory ? ['--factory'] : []), name];
  }
}

/** Variables that the server's start reads. */
export function serverEnv(facts: Facts): Record<string, string> {
  const { workers = {} } = facts;
  return {
    ...(workers.single && { WEB_CONCURRENCY: '1' }),
    ...(workers.conf && { QUAYSIDE_GUNICORN_CONF: `${workDirectory(facts)}/${workers.conf.value}` }),
  };
}
