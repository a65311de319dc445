/** Services as described. */
import { digestOf, sha256 } from './digest.js';
import type { ServiceDefinition } from './op.js';

export type { ServiceDefinition } from './op.js';

/** Describes a service. Without a host name it gets one made of its digest. */
export function defineService(
  body: Omit<ServiceDefinition, 'digest' | 'hostname'> & { readonly hostname?: string },
): ServiceDefinition {
  const digest = digestOf({ service: body });
  return Object.freeze({ ...body, digest, hostname: body.hostname ?? ownHostname(digest) });
}

/**
 * The host name that someone chose. One made of the digest must not count where results are compared: it tells services apart that
 * were described differently, such as with files copied from another directory, and do the same.
 */
export function chosenHostname(service: ServiceDefinition): string | undefined {
  return service.hostname === ownHostname(service.digest) ? undefined : service.hostname;
}

function ownHostname(digest: string): string {
  return `svc-${sha256(digest).slice(0, 13)}`;
}
