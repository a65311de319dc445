/** How the manifests are used: once for a cluster, and for each release, where a job that ran stands in the way of the next one. */
import type { Plan } from '../plan/types.js';
import { COMPONENT, deployed, migrationJob, nameOf, SETTINGS, STORAGE } from './kubernetes-pods.js';
import { MANIFESTS } from './own-paths.js';

const OVERLAY = `${MANIFESTS}/overlays/production`;

/** The page. */
export function kubernetesDocument(plan: Plan): readonly (readonly [string, string, readonly string[]])[] {
  return [['kubernetes', 'Kubernetes', [...once(plan), '', ...release(plan)]]];
}

const shell = (...commands: readonly string[]): string => ['```sh', ...commands, '```'].join('\n');

function once({ name, services }: Plan): readonly string[] {
  const elsewhere = services.map(({ id }) => id);
  return [
    `\`${MANIFESTS}\` has the app's own processes.${elsewhere.length > 0 ? ` ${elsewhere.join(', ')} ${elsewhere.length > 1 ? 'are' : 'is'} none of them: secret.env says where.` : ''}`,
    '',
    '## Once',
    '',
    shell(`kubectl create namespace ${name}`, `cp ${OVERLAY}/secret.env.example ${OVERLAY}/secret.env`),
    '',
    `Fill in \`secret.env\`, which git ignores, and put the host, what the app is told and the images in \`${OVERLAY}/kustomization.yaml\` right. The Ingress looks for its`,
    `certificate in the Secret \`${name}-tls\`: cert-manager makes it, or`,
    '',
    shell(
      `kubectl --namespace ${name} create secret tls ${name}-tls --cert=certificates/cert.pem --key=certificates/key.pem`,
    ),
  ];
}

function release(plan: Plan): readonly string[] {
  const { name } = plan;
  const apply = `kubectl apply --kustomize ${OVERLAY}`;
  const web = deployed(plan).find(({ role }) => role === 'web')!;
  const rollout = `kubectl --namespace ${name} rollout status deployment/${nameOf(plan, web)}`;
  const job = migrationJob(plan);
  const about = 'Publish the images, name their tag in the overlay, and';
  if (job === undefined) return ['## Each release', '', about, '', shell(apply, rollout)];
  return [
    '## Each release',
    '',
    about,
    '',
    shell(
      `kubectl --namespace ${name} delete job ${job} --ignore-not-found`,
      `${apply} --selector '${COMPONENT} in (${SETTINGS}, ${STORAGE}, migrate)'`,
      `kubectl --namespace ${name} wait job/${job} --for=condition=complete --timeout=15m`,
      apply,
      rollout,
    ),
    '',
    'A job that ran cannot be changed, so that of the last release goes first. The schema is changed before the new processes start; those of the last release run',
    `meanwhile. When the job fails, \`kubectl --namespace ${name} logs job/${job}\` says why, and they run on.`,
  ];
}
