/** nginx in front of an app in production, where the app brings none that speaks TLS. */

import { readPackaged } from '../packaged.js';
import type { PlanFile, Process, Stage, Template } from '../plan/types.js';
import { bring } from './assets.js';
import { CERTIFICATES, type Gateway, nginxStage, TEMPLATES, USER } from './gateway.js';
import type { Ports } from './ports.js';
import { mayDo, NGINX_STOP } from './process-bounds.js';

const PROXY = 'proxy';
const TEMPLATE = 'proxy.conf.template';

/** What stands in it behind the place of all that is the app's. */
const LATER = '\n    location @wait {';

/** What answers names in networks of container managers. */
const RESOLVER = '127.0.0.11';

/** Whether the app's own gateway leaves it to others to speak TLS. */
function isWanted(gateway: Gateway | undefined): boolean {
  return gateway?.facts.tls !== true;
}

/** Its image; none where the app's own gateway speaks TLS. */
export function proxyStages(name: string, gateway: Gateway | undefined, ports: Ports): readonly Stage[] {
  return isWanted(gateway) ? [nginxStage(PROXY, `${name}-${PROXY}`, ports.https, [bring(TEMPLATE)])] : [];
}

/** Its settings, as the plan brings them. */
export function proxyTemplate(
  gateway: Gateway | undefined,
  beside: readonly Process[],
): Readonly<Record<string, PlanFile>> {
  if (!isWanted(gateway)) return {};
  const content = readPackaged(`docker/${TEMPLATE}`).replace(LATER, `${beside.map(locationOf).join('')}${LATER}`);
  return {
    [TEMPLATE]: { path: `${TEMPLATES}/${TEMPLATE}`, content, mode: 0o644 },
  };
}

/** The part of the template that leads to a process which answers for some addresses. */
function locationOf({ id, below }: Process): string {
  return `
    location ^~ ${below} {
        set $quayside_${id} \${${variableOf(id)}};
        proxy_pass http://$quayside_${id};
    }
`;
}

const variableOf = (id: string): string => id.toUpperCase().replaceAll('-', '_');
const ADDRESS: Template = [{ kind: 'host' }, { kind: 'text', text: ':' }, { kind: 'port' }];

/**
 * The process that runs it, in front of what people open otherwise.
 * @param beside processes that answer for some addresses in place of that
 */
export function proxyProcess(
  front: Process,
  beside: readonly Process[],
  gateway: Gateway | undefined,
  ports: Ports,
): readonly Process[] {
  if (!isWanted(gateway)) return [];
  return [
    {
      id: PROXY,
      role: 'gateway',
      only: ['prod'],
      image: PROXY,
      port: ports.https,
      tls: { certificates: CERTIFICATES, plainPort: ports.http },
      probe: { kind: 'tcp', port: ports.https },
      needs: [
        { to: front.id, env: { APP: ADDRESS } },
        ...beside.map(({ id }) => ({ to: id, env: { [variableOf(id)]: ADDRESS } })),
      ],
      after: [front.id],
      migrates: false,
      secrets: [],
      env: {
        CERTIFICATES,
        HTTP_PORT: `${ports.http}`,
        HTTPS_PORT: `${ports.https}`,
        RESOLVER,
      },
      volumes: [],
      security: mayDo(USER),
      stop: NGINX_STOP,
      profiles: {},
    },
  ];
}
