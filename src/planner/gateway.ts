/** nginx in front of the app's servers: its image, and what a trial run adds to it. */
import type { Config } from '../config/schema.js';
import type { Facts, GatewayFacts, GatewayValue } from '../detect/facts.js';
import type { Component, Stage } from '../plan/types.js';
import { bring } from './assets.js';
import { APP_ALIAS, FRONTEND_ALIAS, FRONTEND_PORT, GATEWAY } from './paths.js';
import { pythonImage } from './python.js';
import { shell } from './shell.js';

const IMAGE = 'docker.io/nginxinc/nginx-unprivileged:1.26';
const CERTIFICATES = '/etc/nginx/certificates';
const CERTIFICATE_STAGE = 'trial-certificate';
const TRIAL_STAGE = 'gateway-trial';

/** The published image, and with TLS the one of a trial run, which has a certificate that nobody trusts. */
export function gatewayStages(facts: Facts): readonly Stage[] {
  const { gateway } = facts;
  if (!gateway) return [];
  const published: Stage = {
    id: GATEWAY.alias,
    base: { kind: 'image', reference: IMAGE },
    platform: 'target',
    steps: [
      bring('nginx-settings.sh'),
      shell('keep the settings among the temporary files', [
        'rm -r /etc/nginx/conf.d',
        'ln -s /tmp/nginx /etc/nginx/conf.d',
      ]),
      { kind: 'copy', from: { kind: 'source', path: gateway.templates.value }, to: '/etc/nginx/templates' },
      { kind: 'expose', port: portOf(gateway) },
      { kind: 'labels', values: { 'org.opencontainers.image.title': `${facts.name.value}-gateway` } },
    ],
  };
  if (!gateway.tls) return [published];
  const request = [
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=${GATEWAY.alias}`,
    `-addext subjectAltName=DNS:${GATEWAY.alias},DNS:localhost -keyout key.pem -out cert.pem`,
  ];
  return [
    published,
    {
      id: CERTIFICATE_STAGE,
      base: { kind: 'image', reference: pythonImage(facts.python) },
      platform: 'build',
      steps: [
        { kind: 'workdir', path: CERTIFICATES },
        // The key is worth nothing, and the user that nginx runs as has to read it.
        shell('make a certificate for trial runs', [request.join(' '), 'chmod 0644 key.pem']),
      ],
    },
    {
      id: TRIAL_STAGE,
      base: { kind: 'stage', stage: published.id },
      platform: 'target',
      steps: [
        { kind: 'copy', from: { kind: 'stage', stage: CERTIFICATE_STAGE, path: CERTIFICATES }, to: CERTIFICATES },
      ],
    },
  ];
}

/** The component that runs it. */
export function gatewayComponent(facts: Facts, config: Config, port: number): Component | undefined {
  const { gateway } = facts;
  if (!gateway) return undefined;
  const values: Readonly<Record<GatewayValue, string>> = {
    app: `${APP_ALIAS}:${port}`,
    frontend: facts.frontend?.server ? `${FRONTEND_ALIAS}:${FRONTEND_PORT}` : `${APP_ALIAS}:${port}`,
    name: GATEWAY.alias,
    'http-port': `${GATEWAY.http}`,
    'https-port': `${GATEWAY.https}`,
    certificates: CERTIFICATES,
  };
  const detected = gateway.values.map(({ name, value }) => {
    const isUrl = /_URL$/.test(name) && (value === 'app' || value === 'frontend');
    return [name, isUrl ? `http://${values[value]}` : values[value]] as const;
  });
  return {
    id: GATEWAY.alias,
    role: 'gateway',
    stage: gateway.tls ? TRIAL_STAGE : GATEWAY.alias,
    published: GATEWAY.alias,
    port: portOf(gateway),
    env: { ...Object.fromEntries(detected), ...(config.gateway ? config.gateway.env : undefined) },
  };
}

/** Where browsers reach it. */
export function gatewayAddress(gateway: GatewayFacts): string {
  return `${gateway.tls ? 'https' : 'http'}://${GATEWAY.alias}:${portOf(gateway)}`;
}

function portOf({ tls }: GatewayFacts): number {
  return tls ? GATEWAY.https : GATEWAY.http;
}
