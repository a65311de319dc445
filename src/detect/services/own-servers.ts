/** Processes of a Procfile that are the server of a service: the service runs anyway, and the app's image has no such program. */
import type { Sourced } from '../../source/sourced.js';
import type { ServiceKind } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { Processes } from '../files/processes.js';
import { imageKind } from '../files/service-images.js';

/** Finds the process that a service is in the place of, by its name. */
export function ownServer(kind: ServiceKind, procfile: Processes): Sourced<string> | undefined {
  for (const [name, { value, place }] of procfile) {
    if (startsServer(kind, value)) return { value: name, place, why: 'its server in the Procfile, left out' };
  }
  return undefined;
}

function startsServer(kind: ServiceKind, command: string): boolean {
  const words = command.split(/\s+/).map(word => word.replace(/^["']|["']$/g, ''));
  const [program = '', ...rest] = words.slice(words.findIndex(word => !/^(exec|env|\w+=.*)$/.test(word)));
  const name = program.split('/').at(-1)!;
  if (SERVICES[kind].programs.includes(name)) return true;
  return /^(docker|podman)(-compose)?$/.test(name) && rest.some(word => word === kind || imageKind(word) === kind);
}
