/** nginx in front of the app's servers: its image, and what a trial run adds to it. */
import type { GatewayFacts, GatewayValue } from '../detect/facts.js';
import { readPackaged } from '../packaged.js';
import type { PlanFile, Process, Stage, Step, Template } from '../plan/types.js';
import { bring } from './assets.js';
import { APP_ALIAS, GATEWAY_ALIAS } from './paths.js';
import type { Ports } from './ports.js';
import { mayDo, NGINX_STOP } from './process-bounds.js';
import { hardenBase, shell } from './shell.js';

const IMAGE = 'docker.io/nginxinc/nginx-unprivileged:1.26';
/** The user that the image runs as. */
export const USER = '101';
export const CERTIFICATES = '/etc/nginx/certificates';
/** Where the image finds settings to fill in. */
export const TEMPLATES = '/etc/nginx/templates';
const STATIC_STAGE = 'static-files';
const STATIC_TEMPLATE = 'static-files.conf.template';
const CERTIFICATE_STAGE = 'trial-certificate';
const TRIAL_STAGE = 'gateway-trial';

/** Where the collected static files come from, and the address below which they are handed out. */
export interface StaticFiles {
  readonly url: string;
  /** The steps that gather them in an image of the app, and where. */
  readonly gather: readonly Step[];
  readonly gathered: string;
}

/** nginx as the app brings it, or as it is brought for static files that the app does not hand out. */
export interface Gateway {
  /** Name of the app. */
  readonly name: string;
  readonly facts: Pick<GatewayFacts, 'values' | 'tls'>;
  /** The directory of the app's templates; absent: Quayside's own. */
  readonly templates?: string;
  readonly staticFiles?: StaticFiles;
  /** Values of variables in the templates that are configured. */
  readonly env: Readonly<Record<string, string>>;
  /** Image with openssl, which makes the certificate of trial runs. */
  readonly certificateImage: string;
}

/** The published image, and with TLS the one of a trial run, which has a certificate that nobody trusts. */
export function gatewayStages(gateway: Gateway | undefined, ports: Ports): readonly Stage[] {
  if (!gateway) return [];
  const { name, facts, certificateImage, templates, staticFiles } = gateway;
  const published = nginxStage(GATEWAY_ALIAS, `${name}-gateway`, portOf(gateway, ports), [
    ...(templates === undefined
      ? []
      : [{ kind: 'copy', from: { kind: 'source', path: templates }, to: TEMPLATES } as const]),
    ...(staticFiles === undefined ? [] : serveStatic(staticFiles)),
  ]);
  if (staticFiles !== undefined) return [staticStage(staticFiles), published];
  if (!facts.tls) return [published];
  const request = [
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=${GATEWAY_ALIAS}`,
    `-addext subjectAltName=DNS:${GATEWAY_ALIAS},DNS:localhost -keyout key.pem -out cert.pem`,
  ];
  return [
    published,
    {
      id: CERTIFICATE_STAGE,
      base: { kind: 'image', reference: certificateImage },
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

/** An image of nginx that runs where nothing but temporary files can be written; `settings` bring its templates. */
export function nginxStage(id: string, title: string, port: number, settings: readonly Step[]): Stage {
  return {
    id,
    base: { kind: 'image', reference: IMAGE },
    platform: 'target',
    steps: [
      { kind: 'user', user: 'root' },
      hardenBase(),
      bring('nginx-settings.sh'),
      { kind: 'user', user: USER },
      shell('keep the settings among the temporary files', [
        'rm -r /etc/nginx/conf.d',
        'ln -s /tmp/nginx /etc/nginx/conf.d',
      ]),
      ...settings,
      { kind: 'expose', port },
      { kind: 'labels', values: { 'org.opencontainers.image.title': title } },
    ],
  };
}

/** The image of the app with its static files where they are known to be. */
function staticStage({ gather }: StaticFiles): Stage {
  return { id: STATIC_STAGE, base: { kind: 'stage', stage: 'production' }, platform: 'target', steps: gather };
}

function serveStatic({ gathered }: StaticFiles): readonly Step[] {
  const from = { kind: 'stage', stage: STATIC_STAGE, path: gathered } as const;
  return [bring(STATIC_TEMPLATE), { kind: 'copy', from, to: '/usr/share/nginx/static' }];
}

/** The template of Quayside's own, filled in for an address: the file that the plan brings, by its name. */
export function staticTemplate(gateway: Gateway | undefined): Readonly<Record<string, PlanFile>> {
  if (gateway?.staticFiles === undefined) return {};
  const content = readPackaged(`docker/${STATIC_TEMPLATE}`).replaceAll('@STATIC_URL@', gateway.staticFiles.url);
  return { [STATIC_TEMPLATE]: { path: `${TEMPLATES}/${STATIC_TEMPLATE}`, content, mode: 0o644 } };
}

/** The process that runs it; `server` is the frontend's own, when it has one. */
export function gatewayProcess(gateway: Gateway, ports: Ports, server: Process | undefined): Process {
  const { facts, env } = gateway;
  const frontend = server?.id ?? APP_ALIAS;
  const needed = new Set([APP_ALIAS, frontend]);
  const trial = facts.tls ? { image: TRIAL_STAGE } : {};
  return {
    id: GATEWAY_ALIAS,
    role: 'gateway',
    image: GATEWAY_ALIAS,
    port: portOf(gateway, ports),
    ...(facts.tls && { tls: tlsOf(facts, ports) }),
    probe: { kind: 'tcp', port: portOf(gateway, ports) },
    needs: [...needed].map(to => ({ to, env: { ...addressesIn(facts, to, frontend), ...followed(to) } })),
    after: [...needed],
    migrates: false,
    secrets: [],
    env: { ...settingsIn(facts, ports), ...env },
    volumes: [],
    security: mayDo(USER),
    stop: NGINX_STOP,
    profiles: { test: trial, serve: trial, dev: trial },
  };
}

function tlsOf({ values }: Gateway['facts'], ports: Ports): NonNullable<Process['tls']> {
  const hasPlain = values.some(({ value }) => value === 'http-port');
  return hasPlain ? { certificates: CERTIFICATES, plainPort: ports.http } : { certificates: CERTIFICATES };
}

/** Tells the image whose addresses it asks for again and again: templates, the app's own among them, have them asked for once. */
function followed(to: string): Readonly<Record<string, Template>> {
  return { [`QUAYSIDE_FOLLOWED_${to.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`]: [{ kind: 'host' }] };
}

/** The variables of the templates that hold where a process is. */
function addressesIn({ values }: Gateway['facts'], to: string, frontend: string): Readonly<Record<string, Template>> {
  const targets: Partial<Record<GatewayValue, string>> = { app: APP_ALIAS, frontend };
  const ofProcess = values.filter(({ value }) => targets[value] === to);
  const address: Template = [{ kind: 'host' }, { kind: 'text', text: ':' }, { kind: 'port' }];
  return Object.fromEntries(
    ofProcess.map(({ name }) => [name, /_URL$/.test(name) ? [{ kind: 'text', text: 'http://' }, ...address] : address]),
  );
}

/** The variables of the templates that hold what is decided here. */
function settingsIn({ values }: Gateway['facts'], ports: Ports): Readonly<Record<string, string>> {
  const settings: Partial<Record<GatewayValue, string>> = {
    name: GATEWAY_ALIAS,
    'http-port': `${ports.http}`,
    'https-port': `${ports.https}`,
    certificates: CERTIFICATES,
  };
  return Object.fromEntries(
    values.flatMap(({ name, value }) => {
      const setting = settings[value];
      return setting === undefined ? [] : [[name, setting]];
    }),
  );
}

/** Where browsers reach it. */
export function gatewayAddress(gateway: Gateway, ports: Ports): string {
  return `${gateway.facts.tls ? 'https' : 'http'}://${GATEWAY_ALIAS}:${portOf(gateway, ports)}`;
}

function portOf({ facts: { tls } }: Gateway, ports: Ports): number {
  return tls ? ports.https : ports.http;
}
