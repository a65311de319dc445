/** The processes beside the web server: workers from the app's image, and the frontend's own server. */
import type { Config } from '../config/schema.js';
import type { ComponentFacts, Facts } from '../detect/facts.js';
import type { Component, HealthCheck } from '../plan/types.js';
import { FRONTEND_SERVER_STAGE } from './frontend.js';
import { gatewayComponent } from './gateway.js';
import { FRONTEND_ALIAS, FRONTEND_PORT, STARTED } from './paths.js';
import { quoteWords } from './shell.js';

/** Makes the components of the plan: workers first, in their order, then what stands in front of the app. */
export function makeComponents(facts: Facts, config: Config, port: number): readonly Component[] {
  const workers = (facts.components ?? []).map(
    (component): Component => ({
      id: component.name,
      role: 'worker',
      stage: 'production',
      args: component.command.value,
      health: healthOf(component),
    }),
  );
  const server: Component = { id: FRONTEND_ALIAS, role: 'frontend', stage: FRONTEND_SERVER_STAGE, port: FRONTEND_PORT };
  const gateway = gatewayComponent(facts, config, port);
  return [...workers, ...(facts.frontend?.server ? [server] : []), ...(gateway ? [gateway] : [])];
}

/** A worker of Celery can be asked; of others it is known that they were started. */
function healthOf({ command }: ComponentFacts): HealthCheck {
  const { value } = command;
  const at = value.findIndex(word => word === '--app' || word === '-A');
  const isWorker = value[0] === 'celery' && value.includes('worker') && value[at + 1] !== undefined;
  const ping = `celery --app ${quoteWords([value[at + 1] ?? ''])} inspect ping --timeout 5 --destination "celery@$(hostname)"`;
  return {
    args: isWorker ? ['sh', '-c', `test -e ${STARTED} && ${ping} > /dev/null`] : ['test', '-e', STARTED],
    interval: '30s',
    timeout: '15s',
    startPeriod: '60s',
    startInterval: '1s',
    retries: 3,
  };
}
