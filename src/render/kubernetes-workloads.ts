/** What runs in a cluster: the pods of each process, the migration, and the files that they keep. */
import type { Plan, Process } from '../plan/types.js';
import { claimName, LEAVING, labels, migrationJob, nameOf, podSpec, probes, STORAGE } from './kubernetes-pods.js';
import type { YamlData } from './yaml-file.js';

/** Pods that have files of an app on SQLite, which are on one node. */
function sharesFiles({ sqlite }: Plan, { volumes, reads = [] }: Process): boolean {
  return sqlite === true && volumes.length + reads.length > 0;
}

/** Pods that write to the file of SQLite: one, at any time. */
function isAlone(plan: Plan, process: Process): boolean {
  return sharesFiles(plan, process) && process.volumes.length > 0;
}

/** What the file of a process's pods says of it. */
export function aboutDeployment(plan: Plan, process: Process): string {
  const { alone, below, id } = process;
  const about = below === undefined ? `The process ${id}.` : `Hands out what people have uploaded, below ${below}.`;
  if (!isAlone(plan, process))
    return alone
      ? `${about}\nOne pod, which ends before the next one starts: two at a time would start everything twice.`
      : about;
  return [
    about,
    'Its database is a file of SQLite: one pod has it, which ends before the next one starts.',
    'For more of them, and an autoscaler, take a database server.',
  ].join('\n');
}

/** What the file of a claim says of it. */
export function aboutClaim({ sqlite }: Plan, path: string): string {
  const about = `Files that outlive pods: ${path}.`;
  return sqlite
    ? `${about}\nReadWriteOnce: SQLite locks its files on one node alone.`
    : `${about}\nReadWriteMany, as pods on several nodes write to it:\nname a storageClassName that has it, such as one of NFS or CephFS.`;
}

/** The pods of a process, and how new ones take their places. */
export function deployment(plan: Plan, process: Process): YamlData {
  const { role, id } = process;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: nameOf(plan, process), labels: labels(plan, process) },
    spec: {
      // The autoscaler decides how many web servers there are.
      ...((role !== 'web' || isAlone(plan, process)) && { replicas: 1 }),
      selector: { matchLabels: labels(plan, process) },
      strategy:
        process.alone || isAlone(plan, process)
          ? { type: 'Recreate' }
          : { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labels(plan, process) },
        spec: {
          ...(role !== 'web' && sharesFiles(plan, process) && { affinity: besideWeb(plan, 'required') }),
          ...podSpec(plan, process, {
            name: id,
            ...(process.command && { args: process.command }),
            ...(process.port !== undefined && { ports: [{ name: 'http', containerPort: process.port }] }),
            ...probes(plan, process),
            // Endpoints are told of the end after the process is: until then it answers.
            ...(process.port !== undefined && {
              lifecycle: { preStop: { exec: { command: ['sleep', `${LEAVING}`] } } },
            }),
          }),
        },
      },
    },
  };
}

/** Keeps a pod on the node of the web server, whose files it has as well; a migration runs also where there is none yet. */
function besideWeb(plan: Plan, kind: 'required' | 'preferred'): YamlData {
  const web = plan.processes.find(({ role }) => role === 'web')!;
  const term = { labelSelector: { matchLabels: labels(plan, web) }, topologyKey: 'kubernetes.io/hostname' };
  return kind === 'required'
    ? { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    : { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } };
}

/** Brings the database to the newest schema, once. */
export function migration(plan: Plan, process: Process): YamlData {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: migrationJob(plan), labels: labels(plan, { id: 'migrate' }) },
    spec: {
      backoffLimit: 2,
      ttlSecondsAfterFinished: 3600,
      template: {
        metadata: { labels: labels(plan, { id: 'migrate' }) },
        spec: {
          ...(sharesFiles(plan, process) && { affinity: besideWeb(plan, 'preferred') }),
          ...podSpec(plan, process, { name: 'migrate', args: ['true'] }, plan.migration?.env),
          restartPolicy: 'Never',
        },
      },
    },
  };
}

/** A directory whose files outlive pods. */
export function claim(plan: Plan, path: string): YamlData {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `${plan.name}-${claimName(path)}`, labels: labels(plan, { id: STORAGE }) },
    spec: {
      accessModes: [plan.sqlite ? 'ReadWriteOnce' : 'ReadWriteMany'],
      resources: { requests: { storage: '5Gi' } },
    },
  };
}
