/** Services as production has them: on file systems that they cannot write to, with passwords that come in files and stand in no settings. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderApp } from '../../src/render/eject.js';
import { corpusApp, exampleApp, type RenderedApp, writeRendered } from '../support/rendered-apps.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
});
afterEach(async () => {
  await docker().empty();
  rmSync(dir, { recursive: true, force: true });
});

/** Lets the user of the app in, with the password that the file holds, over the network of the container. */
const ENTERS: Readonly<Record<string, readonly string[]>> = {
  mariadb: [
    'sh',
    '-c',
    'mariadb --host=127.0.0.1 --user=app --password="$(cat /run/secrets/MARIADB_PASSWORD)" --execute="SELECT 7" app',
  ],
  postgres: [
    'sh',
    '-c',
    'PGPASSWORD=$(cat /run/secrets/POSTGRES_PASSWORD) psql --host=127.0.0.1 --username=app --command="SELECT 7" app',
  ],
  rabbitmq: [
    'sh',
    '-c',
    'rabbitmqctl authenticate_user app "$(sed "s/.* = //" /etc/rabbitmq/conf.d/90-password.conf)" && echo 7',
  ],
  redis: ['sh', '-c', 'redis-cli SET a 7 > /dev/null && redis-cli SAVE > /dev/null && redis-cli GET a'],
};

test.each<[string, () => Promise<RenderedApp>, readonly string[]]>([
  ['MariaDB and Redis', async () => exampleApp('flask-stream'), ['mariadb', 'redis']],
  ['PostgreSQL', async () => exampleApp('django-board'), ['postgres']],
  ['RabbitMQ', () => corpusApp('flask-celery-rabbit'), ['rabbitmq']],
])('%s', async (_, load, ids) => {
  const { plan, source } = await load();
  writeRendered(renderApp(plan, source), dir);
  const compose = (...words: readonly string[]) =>
    docker().run(['compose', '--file=compose.yaml', '--file=compose.prod.yaml', ...words], { cwd: dir });
  await docker().provide(...plan.services.filter(({ id }) => ids.includes(id)).map(({ image }) => image));
  await docker().inside('make', ['setup'], { cwd: dir });
  await compose('up', '--detach', '--wait', ...ids);
  const passwords = readFileSync(join(dir, '.env'), 'utf8').match(/(?<=_PASSWORD=)[0-9a-f]{48}$/gm) ?? [];
  for (const id of ids) {
    const { stdout } = await compose('exec', '-T', id, ...ENTERS[id]!);
    expect(stdout).toContain('7');
    const container = (await compose('ps', '--quiet', id)).stdout;
    const inspected = (await docker().run(['inspect', container])).stdout;
    for (const password of passwords) expect(inspected).not.toContain(password);
    const [{ HostConfig }] = JSON.parse(inspected) as [{ HostConfig: { ReadonlyRootfs: boolean } }];
    expect([id, HostConfig.ReadonlyRootfs]).toEqual([
      id,
      plan.services.find(service => service.id === id)!.tmp !== undefined,
    ]);
  }
});
