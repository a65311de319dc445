/** The TypeScript client of @dagger.io/dagger, as its users write it, in a process of its own with a session in its environment. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './cli/quayside-process.js';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';

let place: Place;
let session: TestSession;
/** Inside the repository: the programs import the client as a module of it would. */
let programs: string;
beforeAll(async () => {
  place = await makePlace();
  session = await openTestSession(place);
  programs = await mkdtemp(join(ROOT, 'node_modules/.client-test-'));
});
afterAll(async () => {
  await rm(programs, { recursive: true });
  await session.close();
  await place.remove();
});

let written = 0;
/** Runs the body of a program that has `dag`, `base` and `print`, and returns what it printed, line by line. */
async function program(body: string): Promise<unknown[]> {
  written += 1;
  const file = join(programs, `${written}.mjs`);
  await writeFile(
    file,
    `import { connection, connect, dag, ExecError } from '@dagger.io/dagger';
const print = value => console.log(JSON.stringify(value));
const base = client => client.container().withDirectory('/', client.host().directory(process.env.BUSYBOX));
${body}`,
  );
  const { stdout } = await execa(process.execPath, [file], {
    env: {
      DAGGER_SESSION_PORT: String(session.port),
      DAGGER_SESSION_TOKEN: session.token,
      BUSYBOX: place.busybox,
    },
  });
  return stdout.split('\n').map(line => JSON.parse(line));
}

describe('the client', () => {
  it('chains, asks for values of every kind, and passes objects', async () => {
    expect(
      await program(`await connection(async () => {
        const made = dag.directory().withNewFile('a.txt', 'text of a').withNewFile('sub/b', 'b');
        const ran = base(dag).withEnvVariable('NAME', 'value').withDirectory('/in', made).withWorkdir('/in')
          .withExec(['sh', '-c', 'cat a.txt; echo " $NAME"; echo warned >&2; mkdir /out; echo done > /out/x']);
        print(await ran.stdout());
        print(await ran.stderr());
        print(await ran.exitCode());
        print(await ran.directory('/out').file('x').contents());
        print(await made.entries());
        print((await ran.envVariables()).length > 0);
        print(await (await ran.sync()).workdir());
        print(await ran.with(c => c.withLabel('l', 'v')).label('l'));
        print(await ran.file('/in/a.txt').size());
      });`),
    ).toEqual(['text of a value\n', 'warned\n', 0, 'done\n', ['a.txt', 'sub/'], true, '/in', 'v', 9]);
  });

  it('raises an ExecError with its fields', async () => {
    expect(
      await program(`await connection(async () => {
        const error = await base(dag).withExec(['sh', '-c', 'echo out; echo err >&2; exit 42']).sync().catch(e => e);
        print([error instanceof ExecError, error.cmd, error.exitCode, error.stdout, error.stderr, error.message]);
        const other = await dag.directory().file('none').contents().catch(e => e);
        print([other instanceof ExecError, other instanceof Error]);
        print(await base(dag).withExec(['sh', '-c', 'exit 5'], { expect: 'FAILURE' }).exitCode());
      });`),
    ).toEqual([
      [
        true,
        ['sh', '-c', 'echo out; echo err >&2; exit 42'],
        42,
        'out',
        'err',
        'process "sh -c echo out; echo err >&2; exit 42" did not complete successfully: exit code: 42',
      ],
      [false, true],
      5,
    ]);
  });

  it('raises no ExecError where a process was never started, whatever was expected of it', async () => {
    expect(
      await program(`await connection(async () => {
        const broken = base(dag).withSymlink('/nowhere', '/etc').withExec(['true'], { expect: 'ANY' });
        const error = await broken.exitCode().catch(e => e);
        print([error instanceof ExecError, error.extensions]);
      });`),
    ).toEqual([[false, { _type: 'INFRASTRUCTURE' }]]);
  });

  it('binds services, starts and stops them, and gives secrets and volumes', async () => {
    expect(
      await program(`await connect(async client => {
        const service = base(client).withNewFile('/www/index.html', 'served').withExposedPort(80)
          .asService({ args: ['httpd', '-f', '-p', '80', '-h', '/www'] });
        print(await base(client).withServiceBinding('web', service).withExec(['wget', '-qO-', 'http://web/']).stdout());
        const started = await service.start();
        print(await started.endpoint({ scheme: 'http' }) === 'http://' + await service.hostname() + ':80');
        await started.stop({ kill: true });
        const secret = client.setSecret('token', 'very secret');
        print(await secret.plaintext());
        const ran = base(client).withSecretVariable('TOKEN', secret).withMountedCache('/cache', client.cacheVolume('c'))
          .withExec(['sh', '-c', 'echo $TOKEN | wc -c; echo $TOKEN; ls -d /cache']);
        print(await ran.stdout());
      });`),
    ).toEqual(['served', true, 'very secret', '12\n***\n/cache\n']);
  });
});
