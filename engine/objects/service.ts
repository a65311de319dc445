/** Services as described. */
import { digestOf, sha256 } from './digest.js';
import type { ServiceDefinition } from './op.js';

export type { ServiceDefinition } from './op.js';

/** Describes a service. Without a host name it gets one made of its digest. */
export function defineService(
  body: Omit<ServiceDefinition, 'digest' | 'hostname'> & { readonly hostname?: string },
): ServiceDefinition {
  const digest = digestOf({ service: body });
  return Object.freeze({ ...body, digest, hostname: body.hostname ?? `svc-${sha256(digest).slice(0, 13)}` });
}
