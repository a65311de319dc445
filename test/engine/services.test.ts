/** Starts every service of the catalogue the way a suite does, and talks to it with the driver an app would use. */
import { readFileSync } from 'node:fs';
import { dag, ExecError } from '@dagger.io/dagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../cli/client.js';
import type { EngineEvent, Session } from '../../engine/contract.js';
import { startSession } from '../../engine/index.js';
import { withNeeds } from '../../src/dagger/services.js';
import type { ServiceKind } from '../../src/detect/facts.js';
import type { Need, Plan } from '../../src/plan/types.js';
import { packagedCatalogue } from '../../src/planner/catalogue.js';
import { planServices } from '../../src/planner/services.js';

const CLIENTS = readFileSync(new URL('./images/clients.py', import.meta.url), 'utf8');
const PYTHON = 'docker.io/library/python:3.11-slim-bookworm';
const DRIVERS = ['psycopg[binary]', 'pymysql', 'redis', 'pika', 'pymongo', 'boto3', 'nats-py'];
/** The goal is three seconds; this leaves room for a machine with eight times the work that it can do. */
const LONGEST_START = 60;

let session: Session;
const events: EngineEvent[] = [];
beforeAll(async () => {
  // On the state that everything else uses: images that were made once are not made again.
  session = await startSession({ onEvent: event => events.push(event) });
});
afterAll(() => session.close());

/** A plan with one service and nothing else, and the need of somebody who uses it. */
function planWith(kind: ServiceKind, version?: string): { readonly plan: Plan; readonly needs: readonly Need[] } {
  const place = { file: 'app.py' };
  const whole = { addresses: [{ variable: { value: 'ADDRESS', place }, scheme: { value: 'redis', place } }] };
  const facts = { kind, ...whole, ...(version !== undefined && { version: { value: version, place } }) };
  return planOf(planServices([facts], {}, packagedCatalogue));
}

function planOf({ services, needs, files }: ReturnType<typeof planServices>): {
  readonly plan: Plan;
  readonly needs: readonly Need[];
} {
  const plan: Plan = {
    planVersion: 2,
    name: 'services-test',
    source: { gitignore: true, exclude: [] },
    files,
    images: {},
    stages: [],
    services,
    processes: [],
    front: '',
    suites: [],
    shell: { stage: '', workdir: '/', needs: [], secrets: [], env: {}, command: [] },
    variables: [],
  };
  return { plan, needs };
}

/** Seconds from start to ready of each service that was started after the event with this number. */
function startTimes(since: number): number[] {
  const steps = events.slice(since).flatMap(event => (event.kind === 'step' ? [event] : []));
  return steps.filter(step => step.name.startsWith('service ') && step.status === 'done').map(step => step.seconds!);
}

describe('a service of the catalogue is ready soon, answers at its address, and lets nobody in without the password', () => {
  it.each<[ServiceKind, string]>([
    ['postgres', 'of the catalogue'],
    ['postgres', '15'],
    ['mariadb', 'of the catalogue'],
    ['mariadb', '11.8'],
    ['mysql', 'of the catalogue'],
    ['redis', 'of the catalogue'],
    ['redis', '8'],
    ['memcached', 'of the catalogue'],
    ['memcached', '1.6-bookworm'],
    ['rabbitmq', 'of the catalogue'],
    ['rabbitmq', '3.10'],
    ['mailpit', 'of the catalogue'],
    ['mongodb', 'of the catalogue'],
    ['minio', 'of the catalogue'],
    ['nats', 'of the catalogue'],
  ])('%s %s', async (kind, version) => {
    const { plan, needs } = planWith(kind, /\d/.test(version) ? version : undefined);
    // first, so that making the image is not taken for starting the service
    await withClient(session, {}, () => dag.container().from(plan.services[0]!.image).sync());
    const since = events.length;
    const label = `${kind}-${version}-${Date.now()}`;
    const answer = await withClient(session, {}, () => {
      const client = dag
        .container()
        .from(PYTHON)
        .withExec(['pip', 'install', '--quiet', '--no-cache-dir', '--root-user-action=ignore', ...DRIVERS])
        .withNewFile('/clients.py', CLIENTS)
        // what was asked of another run's service says nothing about this one's
        .withEnvVariable('RUN', label);
      return withNeeds(client, plan, needs, { app: plan.name, label, profile: 'test' })
        .withExec(['sh', '-c', `python /clients.py ${kind} "$ADDRESS"`])
        .stdout()
        .catch(error => (error instanceof ExecError ? error.stderr : Promise.reject(error)));
    });
    expect(answer).toBe('ok\n');
    const [seconds, ...others] = startTimes(since);
    expect(others).toEqual([]);
    console.info(`${kind} ${version}: ready in ${seconds?.toFixed(1)} s`);
    expect(seconds).toBeLessThan(LONGEST_START);
  });
});

it('a service of the configuration is run from its image, ready when its command passes, and found at its address', async () => {
  const image = 'docker.io/library/memcached:1.6';
  const health = ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/11211'];
  const notes = { image, port: 11211, variable: 'ADDRESS', value: 'memcached://{host}:{port}', health };
  const { plan, needs } = planOf(planServices([], { own: { notes } }, packagedCatalogue));
  const label = `own-${Date.now()}`;
  const answer = await withClient(session, {}, () =>
    withNeeds(
      dag.container().from(PYTHON).withNewFile('/clients.py', CLIENTS).withEnvVariable('RUN', label),
      plan,
      needs,
      {
        app: plan.name,
        label,
        profile: 'test',
      },
    )
      .withExec(['sh', '-c', 'python /clients.py memcached "$ADDRESS"'])
      .stdout(),
  );
  expect(answer).toBe('ok\n');
});
