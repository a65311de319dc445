/** Each kind of thing that a plan has, in each format: it is said, or a comment at the place says that it is not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isApp } from '../../../src/plan/look-up.js';
import type { Plan, Process, ServiceSpec, Step, Suite } from '../../../src/plan/types.js';
import { renderApp } from '../../../src/render/eject.js';
import { corpusApp, EXAMPLE_NAMES, exampleApp, type RenderedApp } from '../../support/rendered-apps.js';

const OF_CORPUS = ['flask-celery-rabbit', 'django-memcached', 'monorepo-apps', 'fastapi-websocket', 'django-on-docker'];
const APPS: readonly (readonly [string, () => Promise<RenderedApp>])[] = [
  ...EXAMPLE_NAMES.map(name => [name, async () => exampleApp(name)] as const),
  ...OF_CORPUS.map(name => [name, () => corpusApp(name)] as const),
];

type Services = Record<string, Record<string, unknown>>;

/** What is rendered: all texts, and the services of compose files that are used together. */
function filesOf({ plan, source }: RenderedApp) {
  const texts = new Map(renderApp(plan, source).map(({ path, text }) => [path, text]));
  const services = (...names: readonly string[]): Services => {
    const merged: Services = {};
    for (const name of names)
      for (const [id, own] of Object.entries(
        (parse(texts.get(name)!, { merge: true }) as { services: Services }).services,
      ))
        merged[id] = { ...merged[id], ...own };
    return merged;
  };
  return { texts, services };
}

const SETS = {
  dev: ['compose.yaml', 'compose.dev.yaml'],
  prod: ['compose.yaml', 'compose.prod.yaml'],
} as const;

describe.each(APPS)('%s', (_, load) => {
  let app: RenderedApp;
  let files: ReturnType<typeof filesOf>;
  beforeAll(async () => {
    app = await load();
    files = filesOf(app);
  });
  const each = (check: (process: Process, plan: Plan) => void) => {
    for (const process of app.plan.processes) check(process, app.plan);
  };

  it('has processes of every role wherever they are for', () => {
    each(({ id, only }) => {
      for (const [profile, names] of Object.entries(SETS))
        expect([id, profile, id in files.services(...names)]).toEqual([
          id,
          profile,
          only === undefined || only.includes(profile as 'dev'),
        ]);
      if (only === undefined) expect([...files.texts.keys()]).toContain(`deploy/kubernetes/base/${id}.yaml`);
    });
  });

  it('mounts every volume, and what who speaks TLS needs', () => {
    each(({ id, only, volumes, tls, role }) => {
      if (only !== undefined && !only.includes('prod')) return;
      const mounted = (files.services(...SETS.prod)[id]!.volumes ?? []) as readonly string[];
      for (const path of volumes) expect(mounted.map(volume => volume.split(':')[1])).toContain(path);
      if (tls) expect(mounted.map(volume => volume.split(':')[1])).toContain(tls.certificates);
      if (only !== undefined || role === 'assets') return;
      const manifest = files.texts.get(`deploy/kubernetes/base/${id}.yaml`)!;
      for (const path of [...volumes, ...(tls ? [tls.certificates] : [])])
        expect(manifest).toContain(`mountPath: ${path}\n`);
    });
  });

  it('migrates with the volumes of what migrates, where a database may be a file', () => {
    const job = files.services('compose.prod.yaml').migrate;
    const { volumes = [] } = app.plan.processes.find(({ migrates }) => migrates) ?? {};
    const mounted = ((job?.volumes ?? []) as string[]).map(volume => volume.split(':')[1]);
    expect(mounted).toEqual(job === undefined ? [] : volumes);
  });

  it('asks how everything is, or says that nothing does', () => {
    const base = files.texts.get('compose.yaml')!;
    const said = (id: string) =>
      new RegExp(`^  ${id}:\\n    image: \\S+ # nothing asks whether it is ready`, 'm').test(base);
    for (const { id, probe } of app.plan.services) expect([id, said(id)]).toEqual([id, probe.kind !== 'exec']);
    each(({ id, only, image, probe, port }, { stages }) => {
      if (only !== undefined) return;
      const isChecked = probe.kind === 'exec' || hasCheck(stages, image);
      expect([id, said(id)]).toEqual([id, !isChecked]);
      // Kubernetes asks a port where an image has no check.
      if (isChecked || port !== undefined)
        expect(files.texts.get(`deploy/kubernetes/base/${id}.yaml`)).toContain('livenessProbe:');
    });
  });

  it('has every service in compose files, and its addresses in the Secret of Kubernetes, which has none of them', () => {
    const secret = files.texts.get('deploy/kubernetes/overlays/production/secret.env.example')!;
    for (const { id } of app.plan.services) {
      for (const names of Object.values(SETS)) expect(Object.keys(files.services(...names))).toContain(id);
      const isNeeded = app.plan.processes.some(
        process => isApp(process) && process.needs.some(({ to, env }) => to === id && Object.keys(env).length > 0),
      );
      if (isNeeded) expect(secret).toContain(`# Where ${id} is reached, which is none of these manifests.`);
    }
  });

  it('has a command for every suite, or says that it has none', () => {
    const makefile = files.texts.get('Makefile')!;
    const composed = files.texts.get('compose.test.yaml')!;
    for (const suite of app.plan.suites) {
      if (suite.kind === 'smoke') continue;
      const isLeftOut = makefile.includes(`# Not here: ${suite.id} (`);
      expect([suite.id, isLeftOut]).toEqual([suite.id, !hasCommand(suite, makefile)]);
      expect(composed.includes(`# Not here: ${suite.id} (`)).toBe(isLeftOut);
    }
  });

  it('starts services for what needs them alone, and ends them whether that failed or not', () => {
    const runs = files.texts
      .get('Makefile')!
      .replaceAll(/\s*\\\n\s*/g, ' ')
      .match(/^\t\$\(TEST\) run .*$/gm)!;
    expect(runs.length).toBeGreaterThan(0);
    for (const line of runs)
      expect(line).toMatch(/ --no-deps |; code=\$\$\?; \$\(TEST\) down --volumes; exit \$\$code$/);
    const needing = app.plan.suites.filter(({ kind, needs }) => kind !== 'smoke' && needs.length > 0);
    for (const { args } of needing.filter(suite => hasCommand(suite, files.texts.get('Makefile')!)))
      expect(runs.filter(line => args.every(word => line.includes(word.replaceAll('$', '$$$$')))).join()).toContain(
        '$$code',
      );
  });

  it('gives production no database, login or grant that only tests have', () => {
    for (const name of ['compose.yaml', 'compose.prod.yaml']) {
      expect(files.texts.get(name)).not.toMatch(/test-databases|any-database/);
    }
    for (const { id, profiles } of app.plan.services)
      for (const file of profiles.dev?.files ?? [])
        expect([id, files.texts.get('compose.dev.yaml')!.includes(file)]).toEqual([id, true]);
  });

  it('names each variable once in .env.example', () => {
    const names = [...files.texts.get('.env.example')!.matchAll(/^#?([A-Z]\w*)=/gm)].map(([, name]) => name);
    expect(names).toEqual([...new Set(names)]);
  });
});

/** Whether a stage, or one that it is based on, has a check. */
function hasCheck(stages: Plan['stages'], id: string): boolean {
  const stage = stages.find(candidate => candidate.id === id);
  if (!stage) return false;
  return (
    stage.steps.some(({ kind }) => kind === 'healthcheck') ||
    (stage.base.kind === 'stage' && hasCheck(stages, stage.base.stage))
  );
}

/** Whether a line of the Makefile runs it: by its words, or what changes the source by the directory that it leaves that in. */
function hasCommand({ args, changes, kind }: Suite, makefile: string): boolean {
  if (kind === 'format') return changes !== undefined && makefile.includes(changes);
  const words = args.map(word => word.replaceAll('$', '$$$$'));
  return makefile
    .replaceAll('\\\n', '')
    .split('\n')
    .some(line => line.startsWith('\t$(TEST) run') && words.every(word => line.includes(word)));
}

/** A plan with steps that are given secrets, a service of an own kind, and one that has no command to be asked by. */
function withOthers(plan: Plan): Plan {
  const step: Step = { kind: 'script', title: 'fetch', lines: ['true'], secrets: [{ name: 'INDEX_TOKEN' }] };
  const own: ServiceSpec = {
    id: 'search',
    image: plan.services[0]!.image,
    env: {},
    ports: [7700],
    probe: { kind: 'tcp', port: 7700 },
    files: [],
    seenByBrowsers: false,
    profiles: {},
  };
  return {
    ...plan,
    stages: plan.stages.map(stage => (stage.id === 'runtime' ? { ...stage, steps: [...stage.steps, step] } : stage)),
    services: [...plan.services, own],
  };
}

describe('what no example has', () => {
  it('what only the deployment gives, and the code fails without, is said for a first start', () => {
    const given = { HOSTS: '*', MODE: 'live', KNOWN: 'x' };
    const variables = Object.keys(given).map(name => ({ name, secret: false, required: name !== 'KNOWN', read: [] }));
    const processes = plan.processes.map(process =>
      process.role === 'web'
        ? { ...process, profiles: { ...process.profiles, serve: { ...process.profiles.serve, env: given } } }
        : process,
    );
    const { texts, services } = filesOf({ plan: { ...plan, variables, processes }, source });
    const { environment } = services('compose.yaml').web as { environment: Record<string, string | null> };
    const required = expect.stringContaining(':?');
    expect(environment).toMatchObject({ HOSTS: required, MODE: required, KNOWN: null });
    expect(texts.get('.env.example')).toMatch(/^HOSTS=localhost\nMODE=live\n/m);
    expect(texts.get('deploy/docs/environment.md')).toMatch(/`HOSTS` \| needed/);
    // The name of the site is the one of the Ingress. What a first start is told is for nobody's production: all of it stands where that is set.
    for (const file of ['base', 'overlays/production']) {
      const made = parse(texts.get(`deploy/kubernetes/${file}/kustomization.yaml`)!) as {
        configMapGenerator: { name: string; literals: string[] }[];
      };
      expect(made.configMapGenerator).toMatchObject([
        { name: 'django-board-config', literals: ['HOSTS=example.org', 'MODE=live'] },
      ]);
    }
  });

  it('a mailbox in production is said to be the end of what is sent', async () => {
    const { texts } = filesOf(exampleApp('flask-shop'));
    expect(texts.get('compose.prod.yaml')).toMatch(/restart: unless-stopped # .*\.env names where it goes/);
    expect(texts.get('deploy/docs/production.md')).toContain('`SMTP_URL` where mail goes: until then mailpit');
  });

  const { plan, source } = exampleApp('django-board');
  const { texts } = filesOf({ plan: withOthers(plan), source });

  it('secrets of a build come out of the environment of whoever builds', () => {
    for (const file of ['compose.yaml', 'compose.test.yaml']) {
      const { services, secrets } = parse(texts.get(file)!, { merge: true }) as { services: Services; secrets: object };
      expect(secrets).toEqual({ INDEX_TOKEN: { environment: 'INDEX_TOKEN' } });
      const builds = Object.values(services).flatMap(({ build }) =>
        build === undefined ? [] : [build as { target: string; secrets?: string[] }],
      );
      for (const { target, secrets: given } of builds)
        expect([target, given]).toEqual([target, target === 'e2e' ? undefined : ['INDEX_TOKEN']]);
    }
    expect(texts.get('Dockerfile')).toContain('--mount=type=secret,id=INDEX_TOKEN');
  });

  it('a service that nothing can ask says so', () => {
    expect(texts.get('compose.yaml')).toMatch(/^ {2}search:\n {4}image: \S+ # nothing asks whether it is ready/m);
  });
});

describe('a name that other apps have as well', () => {
  const texts = (commonName: boolean | undefined) => {
    const { plan, source } = exampleApp('flask-shop');
    const named = { ...plan, ...(commonName === undefined ? {} : { commonName }) };
    return new Map(renderApp(named, source).map(({ path, text }) => [path, text]));
  };

  it('is none for images that are kept: they are called as the volumes are, for make as well', () => {
    const files = texts(true);
    for (const path of ['compose.yaml', 'compose.dev.yaml', 'compose.watch.yaml', 'compose.prod.yaml']) {
      const images = [...files.get(path)!.matchAll(/^ +image: (.*)\n +build:/gm)].map(([, image]) => image);
      expect(images.length).toBeGreaterThan(0);
      for (const image of images) expect(image).toMatch(/^\$\{COMPOSE_PROJECT_NAME\}(-|\$|$)/);
    }
    expect(files.get('Makefile')).toContain('IMAGE ?= $(if $(filter prod,$(STACK)),$(PROJECT),');
    expect(texts(undefined).get('compose.yaml')).not.toContain('COMPOSE_PROJECT_NAME');
  });

  it('is none for volumes: Compose takes the directory, and a comment says so', () => {
    expect(parse(texts(undefined).get('compose.yaml')!)).toHaveProperty('name', 'flask-shop');
    const { name } = exampleApp('flask-shop').plan;
    const text = texts(true).get('compose.yaml')!;
    expect(parse(text)).not.toHaveProperty('name');
    expect(text).toContain(
      `# ${name} is a name that other apps have as well, so images and volumes are called after the directory;`,
    );
  });

  it('is asked of Compose where the Makefile reads and writes volumes', () => {
    for (const isCommon of [undefined, true]) {
      const makefile = texts(isCommon).get('Makefile')!;
      expect(makefile.match(/--volume \S+\$\$volume:\/volume/g)).toEqual([
        '--volume $(PROJECT)_$$volume:/volume',
        '--volume $(PROJECT)_$$volume:/volume',
      ]);
    }
  });
});

it('says of a database alone that it may be SQLite', async () => {
  const compose = filesOf(await corpusApp('flask-celery-rabbit')).texts.get('compose.yaml')!;
  const told = (variable: string) => compose.split('\n').find(line => line.includes(`\${${variable}:+elsewhere}`));
  expect(told('CELERY_BROKER_URL')).toMatch(/# not started where \.env sets it: to a server elsewhere$/);
});
