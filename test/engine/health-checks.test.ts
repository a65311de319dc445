/** Health checks of services: whose time is the check's own, and what becomes of one that takes longer. */
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from '@dagger.io/dagger';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { openTestSession, ownSession } from './support/session.js';

const own = ownSession();

const sleeping = (container: Container) => container.asService({ args: ['sleep', '60'] });

/** A directory with a podman in it that takes four seconds before it runs anything in a container, as on a machine with much else to do. */
async function slowPodman(): Promise<string> {
  const { stdout } = await execa('sh', ['-c', 'command -v podman']);
  const file = join(own.place.dir, 'podman');
  await writeFile(file, `#!/bin/sh\ncase " $* " in *" exec "*) sleep 4 ;; esac\nexec ${stdout} "$@"\n`);
  await chmod(file, 0o755);
  return own.place.dir;
}

/** What processes of this machine run with these words. */
async function running(words: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter(line => line.replaceAll('\0', ' ').trim() === words);
}

it('what podman takes to start a check is no part of its time', async () => {
  const session = await openTestSession(own.place, {
    ...process.env,
    PATH: `${await slowPodman()}:${process.env.PATH}`,
  });
  try {
    const check = { interval: '100ms', timeout: '1s', startPeriod: '0s', retries: 1 };
    const failing = sleeping(session.base().withDockerHealthcheck(['false'], check)).start();
    await expect(failing).rejects.toMatchObject({ exitCode: 1, cmd: ['false'] });
    await sleeping(session.base().withDockerHealthcheck(['true'], check)).start();
  } finally {
    await session.close();
  }
});

it('a check that takes longer than its time is ended with what it started', async () => {
  const check = { shell: true, interval: '100ms', timeout: '1s', startPeriod: '0s', retries: 2 };
  const hanging = sleeping(own.session.base().withDockerHealthcheck(['sleep 4321; true'], check)).start();
  await expect(hanging).rejects.toThrow(/exit code: -1\nit took longer than its timeout, and was ended/);
  expect(await running('sleep 4321')).toEqual([]);
});

it('a check that is late once counts as one that failed once', async () => {
  const check = { shell: true, interval: '100ms', timeout: '2s', startPeriod: '0s', retries: 2 };
  const command = 'test -e /tmp/tried && exit 0; touch /tmp/tried; sleep 4322; true';
  await sleeping(own.session.base().withExec(['mkdir', '-p', '/tmp']).withDockerHealthcheck([command], check)).start();
  expect(await running('sleep 4322')).toEqual([]);
});
