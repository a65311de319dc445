/** Manifests for Kubernetes: a base of the app's own processes, and an overlay with what differs between clusters. */
import { imageName, isApp, listsHosts, startValue } from '../plan/look-up.js';
import type { Plan, Process, Variable } from '../plan/types.js';
import { COMPONENT, claimName, configName, deployed, labels, nameOf, SETTINGS, secretName } from './kubernetes-pods.js';
import { aboutClaim, aboutDeployment, claim, deployment, migration } from './kubernetes-workloads.js';
import { MANIFESTS } from './own-paths.js';
import type { Rendered } from './rendered.js';
import { remarked, type YamlData, yamlFile } from './yaml-file.js';

/** The base and one overlay. Services such as databases are none of it: their addresses come in a Secret. */
export function kubernetes(plan: Plan): readonly Rendered[] {
  const processes = deployed(plan);
  const called = processes.filter(({ port }) => port !== undefined);
  const migrating = processes.find(({ migrates }) => migrates);
  const web = processes.find(({ role }) => role === 'web')!;
  const resources: readonly (readonly [string, string, YamlData])[] = [
    ...processes.map(process => [process.id, aboutDeployment(plan, process), deployment(plan, process)] as const),
    ...called.map(
      process => [`${process.id}-service`, `Where ${process.id} is reached.`, service(plan, process)] as const,
    ),
    ['ingress', 'Where people reach the app. The host is set in the overlay.', ingress(plan)],
    ...(migrating && plan.migration
      ? [
          [
            'migrate',
            'Brings the database to the newest schema before the new images run. A job that ran cannot be changed:\nthat of the last release is deleted first, as deploy/docs/kubernetes.md tells.',
            migration(plan, migrating),
          ] as const,
        ]
      : []),
    ...volumesOf(processes).map(
      path => [`${claimName(path)}-claim`, aboutClaim(plan, path), claim(plan, path)] as const,
    ),
    ...(plan.sqlite
      ? []
      : ([
          ['autoscaler', 'More web servers under load.', autoscaler(plan, web)],
          ['disruption-budget', 'One web server stays while nodes are emptied.', disruptionBudget(plan, web)],
        ] as const)),
    ['network-policy', 'Only what people open is reached from elsewhere.', networkPolicy(plan)],
  ];
  const base = resources.map(([name, about, content]) => yamlFile(`${MANIFESTS}/base/${name}.yaml`, about, content));
  return [
    ...base,
    yamlFile(
      `${MANIFESTS}/base/kustomization.yaml`,
      'kubectl kustomize reads this file.\nThe ConfigMap is what the app reads that is no secret: a change of it starts pods anew.',
      {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        labels: [{ pairs: { 'app.kubernetes.io/name': plan.name }, includeSelectors: false }],
        resources: resources.map(([name]) => `${name}.yaml`),
        generatorOptions: { labels: { [COMPONENT]: SETTINGS } },
        configMapGenerator: [{ name: configName(plan), literals: settings(plan).map(literal) }],
      },
    ),
    yamlFile(
      `${MANIFESTS}/overlays/production/kustomization.yaml`,
      'Production: set the host, what the app is told and the images here.\nsecret.env (from secret.env.example) belongs into no repository.',
      overlay(plan, processes),
    ),
    { path: `${MANIFESTS}/overlays/production/secret.env.example`, text: secretExample(plan) },
    { path: `${MANIFESTS}/overlays/production/.gitignore`, text: 'secret.env\n' },
  ];
}

/** Names of what only a Secret may hold: addresses with passwords in them, and the app's own secrets. */
function secretNames({ variables, processes }: Plan): readonly string[] {
  const addresses = processes.filter(isApp).flatMap(({ needs }) => needs.flatMap(({ env }) => Object.keys(env)));
  const own = processes.flatMap(({ secrets }) => secrets);
  const needed = variables.flatMap(({ name, secret, trial }) => (secret && trial !== undefined ? [name] : []));
  return [...new Set([...addresses, ...own, ...needed])];
}

function secretExample(plan: Plan): string {
  const services = new Map(plan.variables.map(({ name, service }) => [name, service]));
  const names = secretNames(plan);
  const lines = names.map((name, at) => {
    const service = services.get(name);
    const isSaid = service === undefined || service === services.get(names[at - 1] ?? '');
    const remark = isSaid ? '' : `# Where ${service} is reached, which is none of these manifests.\n`;
    return `${remark}${name}=\n`;
  });
  return `# Copy this file to secret.env and fill it in.\n${lines.join('')}`;
}

/** The name of the site, which the overlay changes. */
const HOST = 'example.org';

/** What the app is told that is no secret. */
function settings(plan: Plan): readonly (readonly [Variable, string])[] {
  const secret = new Set(secretNames(plan));
  return plan.variables.flatMap(variable => {
    const value =
      variable.production ?? (listsHosts(plan, variable) ? HOST : (startValue(plan, variable) ?? variable.given));
    return value === undefined || secret.has(variable.name) ? [] : [[variable, value] as const];
  });
}

/** As kustomize reads it, which takes quotes around a value away. */
function literal([{ name }, value]: readonly [Variable, string]): string {
  return `${name}=${/^(["']).*\1$/s.test(value) ? `"${value}"` : value}`;
}

function service(plan: Plan, process: Process): YamlData {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf(plan, process), labels: labels(plan, process) },
    spec: { selector: labels(plan, process), ports: [{ name: 'http', port: process.port, targetPort: 'http' }] },
  };
}

function ingress(plan: Plan): YamlData {
  const front = plan.processes.find(({ id }) => id === plan.front)!;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: plan.name,
      annotations: {
        // Streams and WebSockets stay open, and nothing of them is held back.
        'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
        'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
        // How much may be sent is for the app to say.
        'nginx.ingress.kubernetes.io/proxy-body-size': '0',
        ...(front.tls && { 'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS' }),
      },
    },
    spec: {
      tls: [{ hosts: [HOST], secretName: `${plan.name}-tls` }],
      rules: [
        {
          host: HOST,
          http: {
            paths: [
              ...deployed(plan).flatMap(process => (process.below === undefined ? [] : [pathTo(plan, process)])),
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: nameOf(plan, front), port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    },
  };
}

/** The addresses that a process answers for in place of what people open. */
function pathTo(plan: Plan, process: Process): YamlData {
  return {
    path: process.below,
    pathType: 'Prefix',
    backend: { service: { name: nameOf(plan, process), port: { name: 'http' } } },
  };
}

function volumesOf(processes: readonly Process[]): readonly string[] {
  return [...new Set(processes.flatMap(({ volumes }) => volumes))];
}

function autoscaler(plan: Plan, web: Process): YamlData {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: nameOf(plan, web) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: nameOf(plan, web) },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    },
  };
}

function disruptionBudget(plan: Plan, web: Process): YamlData {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: nameOf(plan, web) },
    spec: { minAvailable: 1, selector: { matchLabels: labels(plan, web) } },
  };
}

function networkPolicy(plan: Plan): YamlData {
  const opened = [
    plan.processes.find(({ id }) => id === plan.front)!,
    ...deployed(plan).filter(({ below }) => below !== undefined),
  ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: plan.name },
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': plan.name } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': plan.name } } }] },
        {
          from: [{ namespaceSelector: {} }],
          ports: opened.map(({ port }) => ({ protocol: 'TCP', port })),
        },
      ],
    },
  };
}

/** Where an image of the app is published; nobody has said so: a place to be put right. */
function publishedName({ name, publish }: Plan, image: string): string {
  const { address } = publish ?? {};
  return address === undefined ? `registry.example.org/${image}` : `${address}${image.slice(name.length)}`;
}

/** A node asks nobody for what it has by that name. */
const TAG = 'name the release: nodes keep what they have pulled by a name';

function overlay(plan: Plan, processes: readonly Process[]): YamlData {
  const images = [...new Set(processes.map(({ image }) => imageName(plan, image)))];
  const given = settings(plan).filter(([{ production }]) => production === undefined);
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: plan.name,
    resources: ['../../base'],
    generatorOptions: { labels: { [COMPONENT]: SETTINGS } },
    ...(given.length > 0 && {
      configMapGenerator: [{ name: configName(plan), behavior: 'merge', literals: given.map(literal) }],
    }),
    secretGenerator: [{ name: secretName(plan), envs: ['secret.env'] }],
    images: images.map(name => ({ name, newName: publishedName(plan, name), newTag: remarked('latest', TAG) })),
    patches: [hostPatch(plan.name)],
  };
}

/** Puts the name of the site in its places. */
function hostPatch(ingress: string): YamlData {
  const paths = ['spec/rules/0/host', 'spec/tls/0/hosts/0'];
  const patch = paths.map(path => `- op: replace\n  path: /${path}\n  value: ${HOST}\n`).join('');
  return { target: { kind: 'Ingress', name: ingress }, patch };
}
