/** The start of the built image: whether what is published comes up and answers, before anyone calls it built. */
import type { Config } from '../config/schema.js';
import type { Facts } from '../detect/facts.js';
import type { Stage, Step, Suite } from '../plan/types.js';
import { bring } from './assets.js';
import { APP_ALIAS, SMOKE, USER, workDirectory } from './paths.js';
import { serverCommand } from './server.js';
import { type Surroundings, withCode } from './suites.js';

const STAGE = 'smoke';

/** Seconds within which the app has to answer: the start period of its health check, and half of that again. */
const PATIENCE = 90;

type Started = Pick<Facts, 'server' | 'entry' | 'workers' | 'started' | 'components' | 'root'>;

/** The published image with the program that starts it; none when it is not to be started. */
export function smokeStages(configured: Config['suites']): readonly Stage[] {
  if (configured?.smoke === false) return [];
  const brought = ['smoke.py', 'worker-ready.py', 'page-error.py'].map(bring);
  const steps: readonly Step[] = [{ kind: 'user', user: 'root' }, ...brought, { kind: 'user', user: USER.name }];
  return [{ id: STAGE, base: { kind: 'stage', stage: 'production' }, platform: 'target', steps }];
}

/** The suite of one start: the web server and what runs beside it, from the one image, with all services; one worker is enough. */
export function smokeSuites(facts: Started, { configured, services, code }: Surroundings): readonly Suite[] {
  if (configured?.smoke === false) return [];
  const bench = withCode(
    code,
    services.map(({ id }) => id),
  );
  const beside = (facts.components ?? []).map(({ name, command }) => [name, command.value] as const);
  const commands = [...beside, [APP_ALIAS, serverCommand(facts)] as const];
  return [
    {
      id: 'smoke',
      kind: 'smoke',
      tool: 'start',
      title: 'start the image',
      stage: STAGE,
      workdir: workDirectory(facts),
      ...bench,
      env: { ...bench.env, WEB_CONCURRENCY: '1', ...configured?.smoke?.env },
      args: ['python', SMOKE, `${PATIENCE}`, JSON.stringify(commands)],
      migrates: code.hasMigrations,
    },
  ];
}
