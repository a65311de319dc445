/** Pods of the app's processes: what they may do, how they are asked, what they are told. */
import { imageName, imageSettings, isApp } from '../plan/look-up.js';
import type { HealthCheck, Plan, Process } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { appVolume, neededEnvironment } from './compose-parts.js';
import type { YamlData } from './yaml-file.js';

/** The label that says what of the app something belongs to. */
export const COMPONENT = 'app.kubernetes.io/component';

/** What belongs to no process: settings that all read, and files that outlive pods. */
export const SETTINGS = 'settings';
export const STORAGE = 'storage';

/** The job that brings the database to the newest schema; undefined: nothing has to. */
export function migrationJob({ name, migration, processes }: Plan): string | undefined {
  return migration && processes.some(({ migrates }) => migrates) ? `${name}-migrate` : undefined;
}

/** Those that run in a cluster: not the nginx that speaks TLS where nobody else does, which the Ingress stands for. */
export function deployed({ processes }: Plan): readonly Process[] {
  return processes.filter(({ only, tls }) => only === undefined || (only.includes('prod') && !tls));
}

/** Labels of what belongs to a process. */
export const labels = (plan: Plan, { id }: Pick<Process, 'id'>): YamlData => ({
  'app.kubernetes.io/name': plan.name,
  [COMPONENT]: id,
});

/** The name of what belongs to a process. */
export const nameOf = (plan: Plan, { id }: Pick<Process, 'id'>): string => `${plan.name}-${id}`;

/** Names of what holds the app's variables. */
export const configName = ({ name }: Plan): string => `${name}-config`;
export const secretName = ({ name }: Plan): string => `${name}-secret`;

/** As the volume of compose, in the letters that Kubernetes has for names. */
export function claimName(path: string): string {
  return appVolume(path)
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** Seconds that it takes until nobody sends requests to a pod that ends. */
export const LEAVING = 5;

type Variables = Readonly<Record<string, string>>;

/** A pod with one container of a process's image; `env` are variables that only this one has. */
export function podSpec(plan: Plan, process: Process, container: YamlData, env: Variables = {}): YamlData {
  const { security, stop, volumes, reads = [], port, tls } = process;
  const user = Number(security.user);
  return {
    automountServiceAccountToken: false,
    // Their variables would look like the app's own, such as WEB_PORT.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: stop.seconds + (port === undefined ? 0 : LEAVING),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      // Who only reads leaves files to those that write them.
      ...(volumes.length > 0 || tls ? { fsGroup: user } : {}),
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        image: imageName(plan, process.image),
        imagePullPolicy: 'IfNotPresent',
        ...container,
        ...environmentOf(plan, process, env),
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: security.readOnly,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          ...security.tmp.map(path => ({ name: 'tmp', mountPath: path })),
          ...volumes.map(path => ({ name: claimName(path), mountPath: path })),
          ...reads.map(path => ({ name: claimName(path), mountPath: path, readOnly: true })),
          ...(tls ? [{ name: 'certificates', mountPath: tls.certificates, readOnly: true }] : []),
        ],
      },
    ],
    volumes: [
      ...(security.tmp.length > 0 ? [{ name: 'tmp', emptyDir: {} }] : []),
      ...[...volumes, ...reads].map(path => ({
        name: claimName(path),
        persistentVolumeClaim: { claimName: `${plan.name}-${claimName(path)}` },
      })),
      ...(tls ? [certificates(plan)] : []),
    ],
  };
}

/** The certificate of the Ingress, for a process that speaks TLS itself, by the names of its files. */
function certificates({ name }: Plan): YamlData {
  const items = [
    { key: 'tls.crt', path: 'cert.pem' },
    { key: 'tls.key', path: 'key.pem' },
  ];
  return { name: 'certificates', secret: { secretName: `${name}-tls`, defaultMode: 0o440, items } };
}

/** Variables of the process itself, and the addresses of other processes; what has a Secret's values comes from that. */
function environmentOf(plan: Plan, process: Process, given: Variables): YamlData {
  const toProcesses = process.needs.filter(({ to }) => plan.processes.some(({ id }) => id === to));
  const addresses = neededEnvironment(plan, toProcesses, { hostOf: id => nameOf(plan, { id }) });
  const env = Object.entries({ ...process.env, ...addresses, ...given }).map(([name, value]) => ({ name, value }));
  const from = [{ configMapRef: { name: configName(plan) } }, { secretRef: { name: secretName(plan) } }];
  return defined({ envFrom: isApp(process) ? from : undefined, env: unlessEmpty(env) });
}

/** The checks that its container makes itself, so that a site which answers to certain names only is asked by one of these. */
export function probes(plan: Plan, { probe, image, port }: Process): YamlData {
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
