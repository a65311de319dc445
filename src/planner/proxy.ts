/** nginx in front of an app in production, where the app brings none that speaks TLS. */

import { readPackaged } from '../packaged.js';
import type { PlanFile, Process, Stage } from '../plan/types.js';
import { bring } from './assets.js';
import { CERTIFICATES, type Gateway, nginxStage, TEMPLATES, USER } from './gateway.js';
import type { Ports } from './ports.js';
import { mayDo, NGINX_STOP } from './process-bounds.js';

const PROXY = 'proxy';
const TEMPLATE = 'proxy.conf.template';

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
export function proxyTemplate(gateway: Gateway | undefined): Readonly<Record<string, PlanFile>> {
  if (!isWanted(gateway)) return {};
  return {
    [TEMPLATE]: { path: `${TEMPLATES}/${TEMPLATE}`, content: readPackaged(`docker/${TEMPLATE}`), mode: 0o644 },
  };
}

/** The process that runs it, in front of what people open otherwise. */
export function proxyProcess(front: Process, gateway: Gateway | undefined, ports: Ports): readonly Process[] {
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
      needs: [{ to: front.id, env: { APP: [{ kind: 'host' }, { kind: 'text', text: ':' }, { kind: 'port' }] } }],
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
