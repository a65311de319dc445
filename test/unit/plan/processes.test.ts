/** The processes of the app in the plan: workers, the web server, the frontend's own server. */
import { stat as fileStat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/detect/facts.js';
import type { Process, Step } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { defined } from '../../../src/source/defined.js';
import { flaskStream } from './flask-stream.facts.js';

const place = { file: 'shop/tasks.py', line: 3 };
const celery = ['celery', '--app', 'shop.tasks:celery', 'worker'];

const facts: Facts = {
  ...flaskStream,
  components: [
    { name: 'worker', command: { value: celery, place } },
    { name: 'feed', command: { value: ['python', 'feed.py'], place } },
  ],
  frontend: {
    ...flaskStream.frontend!,
    root: 'web',
    output: { value: 'web/.next', place },
    server: { value: 'next', place },
    publicFiles: true,
    apiVariable: { value: 'API_URL', place },
  },
};
const plan = makePlan(facts, {});
const stage = (id: string) => plan.stages.find(candidate => candidate.id === id)!;
const processOf = (id: string) => plan.processes.find(candidate => candidate.id === id)!;
const copies = (id: string) =>
  stage(id).steps.flatMap(step =>
    step.kind === 'copy' ? [`${step.from.kind === 'stage' ? step.from.path : step.from.kind} -> ${step.to}`] : [],
  );
const envOf = (steps: readonly Step[]): Record<string, string> =>
  Object.assign({}, ...steps.map(step => (step.kind === 'env' ? step.values : {})));

test('workers run the app’s image with another command, before what stands in front of the app', () => {
  expect(plan.processes.map(({ id, role, image }) => `${id} ${role} ${image}`)).toEqual([
    'worker worker production',
    'feed worker production',
    'web web production',
    'frontend frontend frontend-server',
    'proxy gateway proxy',
  ]);
  expect(processOf('worker').command).toEqual(celery);
  expect(plan.front).toBe('frontend');
});

test.each<readonly [string, readonly string[], boolean]>([
  ['worker', celery, false],
  ['feed', ['python', 'feed.py'], false],
  ['beat', ['celery', '--app', 'shop.tasks:celery', 'beat'], true],
  ['worker', [...celery, '-B'], true],
  ['jobs', ['rqscheduler', '--url', 'redis://redis'], true],
  ['jobs', ['python', 'manage.py', 'rqscheduler'], true],
  ['scheduler', ['python', 'clock.py'], true],
])('one that starts tasks by the clock is alone: %s, %j', (name, value, isAlone) => {
  const { processes } = makePlan({ ...facts, components: [{ name, command: { value, place } }] }, {});
  expect(processes.find(({ id }) => id === name)!.alone ?? false).toBe(isAlone);
});

test('each process starts when the one before it is ready, and the first with the app’s code migrates', () => {
  expect(Object.fromEntries(plan.processes.map(({ id, after }) => [id, after]))).toEqual({
    worker: [],
    feed: ['worker'],
    web: ['feed'],
    frontend: ['web'],
    proxy: ['frontend'],
  });
  expect(plan.processes.filter(({ migrates }) => migrates).map(({ id }) => id)).toEqual(['worker']);
  expect(plan.migration?.command).toEqual(['flask', 'db', 'upgrade']);
});

test('what runs the app’s code needs its services and has its secrets, what stands in front of it neither', () => {
  for (const id of ['worker', 'web']) {
    expect(processOf(id).needs.map(({ to }) => to)).toEqual(['mariadb', 'redis']);
    expect(processOf(id).secrets).toEqual(['SECRET_KEY']);
  }
  expect(processOf('frontend')).toMatchObject({
    secrets: [],
    needs: [{ to: 'web', env: { API_URL: expect.any(Array) } }],
  });
});

test('the web server is asked for its health, or whether its port answers', () => {
  expect(processOf('web').probe).toEqual({ kind: 'http', port: 8000, path: '/health' });
  const { health: _, ...silent } = facts;
  const web = makePlan(silent, {}).processes.find(({ role }) => role === 'web');
  expect(web?.probe).toEqual({ kind: 'tcp', port: 8000 });
});

test('directories that outlive a process are volumes; trial runs mount what processes have in common, as the image has it at first', () => {
  const volumes = ['/data/cache', 'uploads'].map(value => ({ value, place }));
  const of = (made: Facts) => makePlan({ ...made, volumes }, {}).processes;
  const [worker, feed, web] = of(facts);
  for (const process of [worker!, feed!, web!]) {
    expect(process.volumes).toEqual(['/data', '/app/uploads']);
    expect(process.profiles.test?.volumes).toEqual(process.volumes);
  }
  const emptying = ({ profiles }: Process) => profiles.test?.prepare?.filter(line => line.includes('-delete')).length;
  expect([worker!, feed!, web!].map(emptying)).toEqual([1, undefined, undefined]);
  const alone = of(flaskStream).find(({ role }) => role === 'web')!;
  // What the image has in their place is seen elsewhere, by the one that lays it back into them.
  const { originals = [], prepare } = worker!.profiles.serve ?? {};
  expect(originals.map(({ path }) => path)).toEqual(worker!.volumes);
  for (const { path, at } of originals) expect(prepare).toContain(`cp -R ${at}/. ${path}`);
  expect([feed!, web!].flatMap(({ profiles }) => profiles.serve?.originals ?? [])).toEqual([]);
  expect(alone.volumes).toEqual(['/data', '/app/uploads']);
  expect(alone.profiles.serve?.volumes).toEqual([]);
});

test('a process has a right to nothing but its volumes and temporary files, and ends in the time that it is given', () => {
  for (const { role, security, stop } of plan.processes) {
    expect(security).toMatchObject({ readOnly: true, tmp: ['/tmp'] });
    expect(security.user).not.toMatch(/^(root|0)$/);
    // nginx answers what it has begun to when it is asked so.
    expect(stop).toEqual({ signal: role === 'gateway' ? 'SIGQUIT' : 'SIGTERM', seconds: 10 });
  }
});

test('a worker of Celery is asked whether it is ready, another one only has to be started', () => {
  const asked = (id: string) => {
    const { probe } = processOf(id);
    return probe.kind === 'exec' ? probe.check.args.join(' ') : '';
  };
  expect(asked('worker')).toContain('celery --app shop.tasks:celery inspect ping');
  expect(asked('feed')).toBe('test -e /tmp/quayside-started');
});

test.each(['--app=shop.tasks:celery', '--app shop.tasks:celery', '-A shop.tasks:celery'])(
  'which worker it is says %s',
  app => {
    const [worker, ...others] = facts.components ?? [];
    const command = { ...worker!.command, value: ['celery', ...app.split(' '), 'worker'] };
    const { processes } = makePlan({ ...facts, components: [{ ...worker!, command }, ...others] }, {});
    expect(JSON.stringify(processes.find(({ id }) => id === 'worker')?.probe)).toContain(
      'celery --app shop.tasks:celery inspect ping',
    );
  },
);

test('what migrates before it starts is given the time for it', () => {
  const timeOf = (id: string) => {
    const { probe } = processOf(id);
    return probe.kind === 'exec' ? probe.check.startPeriod : undefined;
  };
  expect({ worker: timeOf('worker'), feed: timeOf('feed') }).toEqual({ worker: '600s', feed: '60s' });
  const health = (migrate: Facts['migrate']) => {
    const { migrate: _, ...others } = facts;
    const image = makePlan(defined({ ...others, migrate }), {}).stages.find(({ id }) => id === 'production');
    return image?.steps.flatMap(step => (step.kind === 'healthcheck' ? [step.check.startPeriod] : []));
  };
  expect([health(facts.migrate), health(undefined)]).toEqual([['600s'], ['60s']]);
});

test('what asks a worker of Celery has the variables of the worker, secrets included, and nobody else can read them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'quayside-check-'));
  try {
    const at = (text: string) =>
      text.replaceAll(/\/dev\/shm|\/tmp(?=\/quayside)|\/usr\/local\/bin(?=\/quayside)/g, dir);
    const { probe, profiles } = processOf('worker');
    const PATH = `${dir}:${process.env.PATH}`;
    const secret = `it's "$HOME" \`x\`\nof two lines`;
    const kept = (profiles.test?.prepare ?? []).filter(line => line.includes('export -p'));
    const prepare = at([...kept, 'touch /tmp/quayside-started'].join('\n'));
    await execa('sh', ['-ec', prepare], { env: { PATH, SECRET_KEY: secret } });
    await writeFile(join(dir, 'quayside-entrypoint'), at(await readFile('docker/entrypoint.sh', 'utf8')), {
      mode: 0o755,
    });
    await writeFile(join(dir, 'celery'), `#!/bin/sh\nprintf %s "$SECRET_KEY" > ${dir}/seen\n`, { mode: 0o755 });
    const [command = '', ...args] = probe.kind === 'exec' ? probe.check.args.map(at) : [];
    await execa(command, args, { env: { PATH } });
    expect(await readFile(join(dir, 'seen'), 'utf8')).toBe(secret);
    expect((await fileStat(join(dir, 'quayside-environment'))).mode & 0o077).toBe(0);
    // Elsewhere nothing was kept, and the check has its variables from the container.
    await rm(join(dir, 'quayside-environment'));
    await execa(command, args, { env: { PATH, SECRET_KEY: 'own' } });
    expect(await readFile(join(dir, 'seen'), 'utf8')).toBe('own');
  } finally {
    await rm(dir, { recursive: true });
  }
});

describe('a frontend with a server', () => {
  test('is an image of its own, made of the standalone build', () => {
    expect(copies('frontend-server')).toEqual([
      '/app/web/.next/standalone -> /app',
      '/app/web/.next/static -> /app/.next/static',
      '/app/web/public -> /app/public',
    ]);
    expect(stage('frontend-server').steps.at(-1)).toEqual({ kind: 'user', user: '1000' });
    expect(copies('production').join()).not.toContain('.next');
  });

  test('lies in its workspace as the build puts it there', () => {
    const frontend = {
      ...facts.frontend!,
      root: 'apps/web',
      workspace: '',
      output: { value: 'apps/web/.next', place },
    };
    const { steps } = makePlan({ ...facts, frontend }, {}).stages.find(({ id }) => id === 'frontend-server')!;
    expect(steps).toContainEqual({ kind: 'workdir', path: '/app/apps/web' });
  });

  test('of SvelteKit is what its adapter made, with the packages that it leaves out', () => {
    const server = (root: string, workspace?: string) => {
      const frontend = {
        ...facts.frontend!,
        root,
        ...defined({ workspace }),
        output: { value: `${root}/build`, place },
        server: { value: 'sveltekit' as const, place },
      };
      const { steps } = makePlan({ ...facts, frontend }, {}).stages.find(({ id }) => id === 'frontend-server')!;
      return steps.flatMap(step =>
        step.kind === 'copy' && step.from.kind === 'stage'
          ? [`${step.from.path} -> ${step.to}`]
          : step.kind === 'entrypoint'
            ? [step.command?.join(' ')]
            : [],
      );
    };
    expect(server('web')).toEqual([
      '/app/web/node_modules -> /app/node_modules',
      '/app/web/package.json -> /app/package.json',
      '/app/web/build -> /app/build',
      'node build',
    ]);
    expect(server('apps/web', '')).toEqual([
      '/app/node_modules -> /app/node_modules',
      '/app/apps/web/package.json -> /app/apps/web/package.json',
      '/app/apps/web/build -> /app/apps/web/build',
      'node build',
    ]);
  });

  test('is told where the app is, when it is built and when it runs', () => {
    for (const id of ['frontend', 'frontend-server'])
      expect(envOf(stage(id).steps)).toMatchObject({ API_URL: 'http://web:8000' });
  });

  test('is what browsers open', () => {
    const e2e = plan.suites.find(({ id }) => id === 'e2e')!;
    expect(e2e.opens).toMatchObject({ url: 'http://frontend:3000', processes: ['frontend', 'web'] });
    expect(e2e.args).toContain('--base-url=http://frontend:3000');
  });
});

test('no two processes answer on one port, whichever the app asks for', () => {
  const made = makePlan(facts, { port: 3000 });
  const ports = made.processes.flatMap(({ id, port }) => (port === undefined ? [] : [`${id} ${port}`]));
  expect(ports).toEqual(['web 3000', 'frontend 3001', 'proxy 8443']);
  expect(made.suites.find(({ id }) => id === 'e2e')?.opens?.url).toBe('http://frontend:3001');
  const server = made.stages.find(({ id }) => id === 'frontend-server')!;
  expect(envOf(server.steps)).toMatchObject({ PORT: '3001', API_URL: 'http://web:3000' });
});
