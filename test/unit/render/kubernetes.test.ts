/** Manifests where the app decides how many pods there may be: SQLite, and files that only some of them write. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { renderApp } from '../../../src/render/eject.js';
import { kustomize } from '../../support/linters.js';
import { corpusApp, exampleApp, type RenderedApp, writeRendered } from '../../support/rendered-apps.js';

const BASE = 'deploy/kubernetes/base/';

/** The manifests of an app's base, as text and as data, by name. */
function manifestsOf({ plan, source }: RenderedApp) {
  const files = renderApp(plan, source, ['kubernetes']).filter(({ path }) => path.startsWith(BASE));
  const texts = new Map(files.map(({ path, text }) => [path.slice(BASE.length).replace('.yaml', ''), text]));
  // biome-ignore lint/suspicious/noExplicitAny: what the API has is deep, and of all kinds.
  const data = (name: string): any => parse(texts.get(name)!);
  return { texts, data };
}

describe('an app on SQLite', () => {
  let manifests: ReturnType<typeof manifestsOf>;
  beforeAll(async () => {
    manifests = manifestsOf(await corpusApp('django-media-sqlite'));
  });

  test('has one pod of each process, which ends before the next one starts, and the file says why', () => {
    for (const name of ['web', 'worker']) {
      expect(manifests.data(name).spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
      expect(manifests.texts.get(name)).toMatch(/^# Its database is a file of SQLite: one pod has it/m);
    }
  });

  test('has nothing that makes more of them, or keeps one while its node is emptied', () => {
    expect([...manifests.texts.keys()]).not.toContain('autoscaler');
    expect([...manifests.texts.keys()]).not.toContain('disruption-budget');
    expect(manifests.data('kustomization').resources).not.toContain('autoscaler.yaml');
  });

  test('has its files on one node, and so all that open them', () => {
    for (const name of ['uploads-claim', 'app-media-claim'])
      expect(manifests.data(name).spec.accessModes).toEqual(['ReadWriteOnce']);
    const beside = [
      {
        labelSelector: { matchLabels: { 'app.kubernetes.io/component': 'web' } },
        topologyKey: 'kubernetes.io/hostname',
      },
    ];
    for (const name of ['worker', 'media'])
      expect(manifests.data(name).spec.template.spec.affinity.podAffinity).toMatchObject({
        requiredDuringSchedulingIgnoredDuringExecution: beside,
      });
    expect(manifests.data('web').spec.template.spec.affinity).toBeUndefined();
  });

  test('has uploads handed out by pods that cannot write them', () => {
    const { spec } = manifests.data('media').spec.template;
    expect(spec.containers[0].volumeMounts).toContainEqual({
      name: 'app-media',
      mountPath: '/app/media',
      readOnly: true,
    });
    expect(spec.securityContext.fsGroup).toBeUndefined();
    const [rule] = manifests.data('ingress').spec.rules;
    expect(
      rule.http.paths.map(({ path, backend }: { path: string; backend: { service: object } }) => [
        path,
        backend.service,
      ]),
    ).toEqual([
      ['/uploads/', { name: 'journal-media', port: { name: 'http' } }],
      ['/', { name: 'journal-web', port: { name: 'http' } }],
    ]);
    expect(manifests.data('network-policy').spec.ingress[1].ports).toContainEqual({ protocol: 'TCP', port: 8090 });
  });
});

test('a scheduler has one pod, which ends before the next one starts; workers overlap', () => {
  const { texts, data } = manifestsOf(exampleApp('flask-shop'));
  expect(data('beat').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  expect(texts.get('beat')).toMatch(/^# The process beat\.\n# One pod, which ends before the next one starts/m);
  expect(data('worker').spec.strategy.type).toBe('RollingUpdate');
});

test('an app with a database server has as many pods as the load asks for', () => {
  const { texts, data } = manifestsOf(exampleApp('flask-stream'));
  expect(data('web').spec.replicas).toBeUndefined();
  expect(data('web').spec.strategy.type).toBe('RollingUpdate');
  expect([...texts.keys()]).toEqual(expect.arrayContaining(['autoscaler', 'disruption-budget']));
  expect(texts.get('uploads-claim')).toMatch(/^# ReadWriteMany, as pods on several nodes write to it/m);
});

test('what the app is told comes whole out of kustomize, by a name that starts pods anew when it changes', async ({
  skip,
}) => {
  const { plan, source } = exampleApp('django-board');
  const given = { QUOTED: '"in quotes"', LIST: '["a", "b,c=d"]', LINES: 'a\nb: c', WORD: 'no' };
  const told = Object.entries(given).map(([name, value]) => ({
    name,
    secret: false,
    required: false,
    read: [],
    given: value,
  }));
  const dir = mkdtempSync(join(tmpdir(), 'quayside-unit-'));
  const overlay = join(dir, 'deploy/kubernetes/overlays/production');
  writeRendered(renderApp({ ...plan, variables: [...plan.variables, ...told] }, source, ['kubernetes']), dir);
  writeFileSync(join(overlay, 'secret.env'), 'SECRET_KEY=x\n');
  const text = await kustomize(overlay).finally(() => rmSync(dir, { recursive: true }));
  if (text === undefined) skip('./quayside setup --for-tests compiles kustomize where Go is');
  // biome-ignore lint/suspicious/noExplicitAny: what the API has is deep, and of all kinds.
  const made: any[] = parseAllDocuments(text!).map(document => document.toJS());
  const config = made.find(({ kind }) => kind === 'ConfigMap');
  expect(config.data).toEqual({ ALLOWED_HOSTS: 'example.org', ...given });
  expect(config.metadata.name).toMatch(/^django-board-config-\w{10}$/);
  const web = made.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'django-board-web');
  expect(web.spec.template.spec.containers[0].envFrom[0].configMapRef.name).toBe(config.metadata.name);
});
