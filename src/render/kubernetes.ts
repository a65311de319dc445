/** Manifests for Kubernetes: a base of the app's own processes, and an overlay with what differs between clusters. */
import { imageSettings } from '../plan/look-up.js';
import type { HealthCheck, Plan, Process } from '../plan/types.js';
import { appVolume, imageName, isApp } from './compose-parts.js';
import type { Rendered } from './rendered.js';
import { type YamlData, yamlFile } from './yaml-file.js';

const DIRECTORY = 'deploy/kubernetes';

/** The base and one overlay. Services such as databases are none of it: their addresses come in a Secret. */
export function kubernetes(plan: Plan): readonly Rendered[] {
  const processes = plan.processes.filter(({ only }) => only === undefined);
  const called = processes.filter(({ port }) => port !== undefined);
  const migrating = processes.find(({ migrates }) => migrates);
  const web = processes.find(({ role }) => role === 'web')!;
  const resources: readonly (readonly [string, string, YamlData])[] = [
    ['configmap', 'What the app reads that is no secret.', configMap(plan)],
    ...processes.map(process => [process.id, `The ${process.role} process.`, deployment(plan, process)] as const),
    ...called.map(
      process => [`${process.id}-service`, `Where ${process.id} is reached.`, service(plan, process)] as const,
    ),
    ['ingress', 'Where people reach the app. The host is set in the overlay.', ingress(plan)],
    ...(migrating && plan.migration
      ? [
          [
            'migrate',
            'Brings the database to the newest schema: run it before the new images.',
            migration(plan, migrating),
          ] as const,
        ]
      : []),
    ...volumesOf(processes).map(
      path => [`${claimName(path)}-claim`, `Files that outlive pods: ${path}.`, claim(plan, path)] as const,
    ),
    ['autoscaler', 'More web servers under load.', autoscaler(plan, web)],
    ['disruption-budget', 'One web server stays while nodes are emptied.', disruptionBudget(plan, web)],
    ['network-policy', 'Only what people open is reached from elsewhere.', networkPolicy(plan)],
  ];
  const base = resources.map(([name, about, content]) => yamlFile(`${DIRECTORY}/base/${name}.yaml`, about, content));
  return [
    ...base,
    yamlFile(`${DIRECTORY}/base/kustomization.yaml`, 'kubectl kustomize reads this file.', {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      labels: [{ pairs: { 'app.kubernetes.io/name': plan.name }, includeSelectors: false }],
      resources: resources.map(([name]) => `${name}.yaml`),
    }),
    yamlFile(
      `${DIRECTORY}/overlays/production/kustomization.yaml`,
      'Production: set the host and the images here; secret.env (from secret.env.example) belongs into no repository.',
      overlay(plan, processes),
    ),
    { path: `${DIRECTORY}/overlays/production/secret.env.example`, text: secretExample(plan) },
  ];
}

const labels = (plan: Plan, { id }: Pick<Process, 'id'>): YamlData => ({
  'app.kubernetes.io/name': plan.name,
  'app.kubernetes.io/component': id,
});

const nameOf = (plan: Plan, { id }: Pick<Process, 'id'>): string => `${plan.name}-${id}`;

/** Names of what only a Secret may hold: addresses with passwords in them, and the app's own secrets. */
function secretNames({ variables, processes }: Plan): readonly string[] {
  const addresses = processes.filter(isApp).flatMap(({ needs }) => needs.flatMap(({ env }) => Object.keys(env)));
  const own = processes.flatMap(({ secrets }) => secrets);
  const needed = variables.flatMap(({ name, secret, trial }) => (secret && trial !== undefined ? [name] : []));
  return [...new Set([...addresses, ...own, ...needed])];
}

function secretExample(plan: Plan): string {
  return `# Copy this file to secret.env and fill it in.\n${secretNames(plan)
    .map(name => `${name}=\n`)
    .join('')}`;
}

function configMap(plan: Plan): YamlData {
  const secret = new Set(secretNames(plan));
  const needed = plan.variables.flatMap(({ name, trial }) =>
    trial === undefined || secret.has(name) ? [] : [[name, trial] as const],
  );
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${plan.name}-config` },
    data: Object.fromEntries(needed),
  };
}

function deployment(plan: Plan, process: Process): YamlData {
  const { role, id } = process;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: nameOf(plan, process), labels: labels(plan, process) },
    spec: {
      // The autoscaler decides how many web servers there are.
      ...(role !== 'web' && { replicas: 1 }),
      selector: { matchLabels: labels(plan, process) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labels(plan, process) },
        spec: podSpec(plan, process, {
          name: id,
          ...(process.command && { args: process.command }),
          ...(process.port !== undefined && { ports: [{ name: 'http', containerPort: process.port }] }),
          ...probes(plan, process),
          // Endpoints are told of the end after the process is: until then it answers.
          ...(process.port !== undefined && { lifecycle: { preStop: { exec: { command: ['sleep', `${LEAVING}`] } } } }),
        }),
      },
    },
  };
}

/** Seconds that it takes until nobody sends requests to a pod that ends. */
const LEAVING = 5;

function podSpec(plan: Plan, process: Process, container: YamlData): YamlData {
  const { security, stop, volumes, port } = process;
  const user = Number(security.user);
  return {
    automountServiceAccountToken: false,
    // Their variables would look like the app's own, such as WEB_PORT.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: stop.seconds + (port === undefined ? 0 : LEAVING),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        image: imageName(plan, process.image),
        imagePullPolicy: 'IfNotPresent',
        ...container,
        ...environmentOf(plan, process, container),
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: security.readOnly,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          ...security.tmp.map(path => ({ name: 'tmp', mountPath: path })),
          ...volumes.map(path => ({ name: claimName(path), mountPath: path })),
        ],
      },
    ],
    volumes: [
      ...(security.tmp.length > 0 ? [{ name: 'tmp', emptyDir: {} }] : []),
      ...volumes.map(path => ({
        name: claimName(path),
        persistentVolumeClaim: { claimName: `${plan.name}-${claimName(path)}` },
      })),
    ],
  };
}

function environmentOf(plan: Plan, process: Process, container: YamlData): YamlData {
  const given = (container.env ?? []) as readonly unknown[];
  const fixed = Object.entries(process.env).map(([name, value]) => ({ name, value }));
  // Of processes, the addresses are those of their services here.
  const others = process.needs.flatMap(({ to, env }) => {
    const needed = plan.processes.find(({ id }) => id === to);
    if (!needed) return [];
    const host = nameOf(plan, needed);
    return Object.entries(env).map(([name, template]) => ({
      name,
      value: template
        .map(part =>
          part.kind === 'text' ? part.text : part.kind === 'host' ? host : part.kind === 'port' ? `${needed.port}` : '',
        )
        .join(''),
    }));
  });
  const env = [...fixed, ...others, ...given];
  const from = isApp(process)
    ? [{ configMapRef: { name: `${plan.name}-config` } }, { secretRef: { name: `${plan.name}-secret` } }]
    : [];
  return { ...(from.length > 0 && { envFrom: from }), ...(env.length > 0 && { env }) };
}

/** The checks that its container makes itself, so that a site which answers to certain names only is asked by one of these. */
function probes(plan: Plan, { probe, image, port }: Process): YamlData {
  const check = probe.kind === 'exec' ? probe.check : imageSettings(plan.stages, image).healthcheck;
  const action = check ? { exec: { command: check.args } } : port === undefined ? undefined : { tcpSocket: { port } };
  if (!action) return {};
  const { interval, timeout, retries, startPeriod } = check ?? COMMON;
  const [period, patience, start] = [interval, timeout, startPeriod].map(secondsOf) as [number, number, number];
  const common = { ...action, periodSeconds: period, timeoutSeconds: patience };
  return {
    startupProbe: {
      ...action,
      periodSeconds: 2,
      timeoutSeconds: patience,
      failureThreshold: Math.ceil(start / 2) + retries,
    },
    ...(port !== undefined && { readinessProbe: { ...common, failureThreshold: 1 } }),
    livenessProbe: { ...common, failureThreshold: retries },
  };
}

const COMMON: Omit<HealthCheck, 'args'> = { interval: '10s', timeout: '5s', startPeriod: '60s', retries: 3 };

/** Whole seconds of a duration as Docker writes it, at least one. */
function secondsOf(duration: string): number {
  const [, number = '1', unit = 's'] = /^([\d.]+)(ms|s|m|h)$/.exec(duration) ?? [];
  const factor = { ms: 0.001, s: 1, m: 60, h: 3600 }[unit as 'ms' | 's' | 'm' | 'h'];
  return Math.max(1, Math.round(Number(number) * factor));
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
        ...(front.tls && { 'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS' }),
      },
    },
    spec: {
      tls: [{ hosts: ['example.org'], secretName: `${plan.name}-tls` }],
      rules: [
        {
          host: 'example.org',
          http: {
            paths: [
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

function migration(plan: Plan, process: Process): YamlData {
  const env = Object.entries(plan.migration?.env ?? {}).map(([name, value]) => ({ name, value }));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${plan.name}-migrate` },
    spec: {
      backoffLimit: 2,
      ttlSecondsAfterFinished: 3600,
      template: {
        metadata: { labels: labels(plan, { id: 'migrate' }) },
        spec: { ...podSpec(plan, process, { name: 'migrate', args: ['true'], env }), restartPolicy: 'Never' },
      },
    },
  };
}

function volumesOf(processes: readonly Process[]): readonly string[] {
  return [...new Set(processes.flatMap(({ volumes }) => volumes))];
}

/** As the volume of compose, in the letters that Kubernetes has for names. */
function claimName(path: string): string {
  return appVolume(path)
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

function claim(plan: Plan, path: string): YamlData {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `${plan.name}-${claimName(path)}` },
    // Pods on several nodes write to it.
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '5Gi' } } },
  };
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
  const front = plan.processes.find(({ id }) => id === plan.front)!;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: plan.name },
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': plan.name } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': plan.name } } }] },
        { from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: front.port }] },
      ],
    },
  };
}

function overlay(plan: Plan, processes: readonly Process[]): YamlData {
  const images = [...new Set(processes.map(({ image }) => imageName(plan, image)))];
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: plan.name,
    resources: ['../../base'],
    secretGenerator: [{ name: `${plan.name}-secret`, envs: ['secret.env'] }],
    images: images.map(name => ({ name, newName: `registry.example.org/${name}`, newTag: 'latest' })),
    patches: [
      {
        target: { kind: 'Ingress', name: plan.name },
        patch: [
          '- op: replace\n  path: /spec/rules/0/host\n  value: example.org\n',
          '- op: replace\n  path: /spec/tls/0/hosts/0\n  value: example.org\n',
        ].join(''),
      },
    ],
  };
}
