/** Each example: its own tests by `test`, and its production images run by podman the way people run them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { APPS } from './support/apps.js';
import { type Deployment, deploy, undeploy } from './support/deployment.js';
import { usePodman } from './support/podman.js';
import { quayside } from './support/quayside.js';

const { scratch, tools } = usePodman();

describe.each(APPS)('$name', ({ name, passed, health, files, use }) => {
  const source = join(ROOT, 'examples', name);

  test('passes its own tests, and leaves out none', async () => {
    const { code, stdout } = await quayside(['test', `--source=${source}`]);
    expect(code).toBe(0);
    const counts = [...stdout.matchAll(/^(\w+): (\d+) passed in [\d.]+ s$/gm)];
    expect(counts.map(([, suite]) => suite)).toEqual(Object.keys(passed));
    for (const [, suite, count] of counts) expect(Number(count), suite).toBeGreaterThanOrEqual(passed[suite!]!);
  });

  describe('its images', () => {
    let app: Deployment;
    /** Paths that have to answer the same for as long as the app's data is there. */
    let kept: readonly string[] = [];
    let before: readonly string[];
    beforeAll(async () => {
      app = await deploy(tools(), source, join(scratch.dir, name), files.length > 0);
      await app.start(app.processes);
    });
    afterAll(() => undeploy(tools()));

    /** What a stranger sees at these paths. */
    async function look(): Promise<readonly string[]> {
      const stranger = await app.visitor();
      const answers = await Promise.all(kept.map(path => stranger.get(path)));
      expect(answers.map(({ status }) => status)).toEqual(kept.map(() => 200));
      return answers.map(({ body }) => body.toString('latin1'));
    }

    test('run as users without rights on a file system that is not theirs, and are healthy', async () => {
      for (const { id, role } of app.processes)
        expect(await app.exec(id, 'id', '-u'), id).toBe(role === 'gateway' ? '101' : '1000');
      expect(JSON.parse((await (await app.visitor('web')).get('/health')).text)).toEqual(health);
    });

    test("lend nobody their owner's rights, and keep nothing that only an installation needs", async () => {
      const look =
        "find / -xdev -perm /6000 ! -type l 2>/dev/null; ls -A /var/lib/apt/lists /var/cache/apt | grep -v ':$'; true";
      for (const { id } of app.processes) expect((await app.exec(id, 'sh', '-c', look)).trim(), id).toBe('');
    });

    test('do not say which version of nginx they run', async () => {
      for (const { id } of app.processes.filter(({ role }) => role === 'gateway')) {
        const { headers } = await (await app.visitor(id)).get('/');
        expect(headers.server, id).toBe('nginx');
      }
    });

    test('do what the app is for, with all that it stands on', async () => {
      kept = await use(app);
      before = await look();
      expect(before.length).toBeGreaterThan(0);
    });

    // Skipped for flask-shop and django-board: they have no volume, all they keep is in PostgreSQL.
    test.runIf(files.length > 0)('write to a volume that is new, as the user of the image', async () => {
      const found = await app.exec('web', 'find', '/data', '-type', 'f', '-user', '1000', '-printf', '%P\\n');
      for (const file of files) expect(found).toMatch(file);
    });

    test('end in order when they are told to, and never missed a right', async () => {
      for (const { id, exitCode, logs } of await app.stop()) {
        // 143: Next.js ends by itself too, and says what made it. Who had to be killed has 137.
        expect([0, 143], `${id}:\n${logs}`).toContain(exitCode);
        expect(logs, id).not.toMatch(/read-only|permission denied|EROFS|EACCES/i);
      }
    });

    test('have everything again in the containers that come after', async () => {
      await app.start(app.processes.filter(({ role }) => role !== 'worker'));
      expect(await look()).toEqual(before);
    });
  });
});
