/**
 * A small job in a session of its own: a pulled base image, a build with a cache, a service, exports. Says each phase as it begins, and what came
 * out at the end. Ends with 75 when the machine failed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from '@dagger.io/dagger';
import { startSession } from '../../engine/index.js';
import { clientOf } from '../../test/engine/support/session.js';
import { expected, type JobOrder, type Phase, steps } from './order.js';

async function work({ state, image, out, label }: JobOrder): Promise<void> {
  const begin = (phase: Phase): void => void process.stdout.write(`${phase}\n`);
  const session = await startSession({ stateDir: state });
  const end = (signal: NodeJS.Signals): void =>
    void session.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(signal));
  try {
    const client = clientOf(session);
    begin('base');
    const base = await client.container().from(image).sync();
    begin('build');
    const script = (i: number): string =>
      `echo 'step ${i} of ${label}' >> /log; head -c 300000 /dev/urandom > /part-${i}; date >> /v/runs`;
    const built = await [...Array(steps).keys()]
      .reduce<Container>(
        (to, i) => to.withExec(['sh', '-c', script(i)]),
        base.withMountedCache('/v', client.cacheVolume('job')),
      )
      .sync();
    begin('service');
    const server = base
      .withNewFile('/www/index.html', `served ${label}\n`)
      .withExposedPort(80)
      .asService({ args: ['httpd', '-f', '-p', '80', '-h', '/www'] });
    const done = await built
      .withServiceBinding('web', server)
      .withExec(['sh', '-c', 'wget -qO- http://web/ >> /log'])
      .withoutMount('/v')
      .sync();
    begin('export');
    await done.export(join(out, 'image.tar'));
    await done.file('/log').export(join(out, 'log'));
    await done
      .directory('/www')
      .export(join(out, 'directory'))
      .catch(() => undefined);
  } finally {
    await session.close();
  }
  process.stdout.write(`right: ${readFileSync(join(out, 'log'), 'utf8') === expected(label)}\n`);
}

const isMachine = (error: unknown): boolean => {
  for (let link = error; link instanceof Error; link = link.cause) {
    const { extensions, code } = link as { extensions?: { _type?: string }; code?: string };
    if (extensions?._type === 'INFRASTRUCTURE' || link.name === 'InfrastructureError') return true;
    if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  }
  return false;
};

work(JSON.parse(process.argv[2]!) as JobOrder).catch(error => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(isMachine(error) ? 75 : 1);
});
