/** The Docker Engine of the tests itself: that it comes up, and that nothing of it is left, however it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { type DockerAddress, startDocker } from '../support/docker-engine.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();

/** What there is of an engine on this machine: its namespaces, and all that carries its name. */
interface Traces {
  readonly network: string;
  readonly dir: string;
}

const tracesOf = ({ dir, pid }: DockerAddress): Traces => ({ dir, network: readlinkSync(`/proc/${pid}/ns/net`) });

/** Links and files of /proc are gone when their process is. */
function ofProcess(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** What of an engine is still there. */
function left({ dir, network }: Traces): readonly string[] {
  const processes = readdirSync('/proc').filter(
    name =>
      /^\d+$/.test(name) &&
      (ofProcess(() => readlinkSync(`/proc/${name}/ns/net`)) === network ||
        ofProcess(() => readFileSync(`/proc/${name}/cmdline`, 'utf8')).includes(dir)),
  );
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(line => line.includes(dir));
  const cgroups = readdirSync('/sys/fs/cgroup').map(at => join('/sys/fs/cgroup', at, basename(dir)));
  return [...processes, ...mounts, ...[dir, ...cgroups].filter(existsSync)];
}

test('is a Docker Engine with BuildKit, and the client has Compose', async () => {
  const { stdout: version } = await docker().run(['version', '--format={{.Server.Version}}']);
  expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(20);
  const { stdout: compose } = await docker().run(['compose', 'version', '--short']);
  expect(Number.parseInt(compose, 10)).toBeGreaterThanOrEqual(5);
});

test('one engine knows nothing of another, and nothing of it is left when it ends', async () => {
  const own = await startDocker();
  const traces = tracesOf(own);
  await own.run(['volume', 'create', 'only-here']);
  expect((await docker().run(['volume', 'ls', '--quiet'])).stdout.split('\n')).not.toContain('only-here');
  expect(left(traces)).not.toEqual([]);
  await own.end();
  expect(left(traces)).toEqual([]);
});

test('ends with a process that was killed, and the next start removes what it kept', async () => {
  const module = pathToFileURL(join(ROOT, 'test/support/docker-engine.ts'));
  const script = `const { dir, pid } = await (await import('${module}')).startDocker(); console.log(JSON.stringify({ dir, pid }));`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(owner.stdout, 'data');
  const traces = tracesOf(JSON.parse(String(said)));
  owner.kill('SIGKILL');
  await expect.poll(() => left(traces).filter(name => !name.startsWith('/')), { timeout: 20_000 }).toEqual([]);
  expect(left(traces)).toContain(traces.dir);
  const next = await startDocker();
  // The kernel gives a new network the number of one that is no more.
  expect(left({ ...traces, network: 'gone' })).toEqual([]);
  await next.end();
});
