/** A service as described: a process with the ports and the health check that say when it is ready. */
import { digestOf, sha256 } from './digest.js';
import type { ExposedPort, Healthcheck } from './image-config.js';
import type { ProcessSpec } from './op.js';

export interface ServiceDefinition {
  readonly digest: string;
  readonly process: ProcessSpec;
  readonly ports: readonly ExposedPort[];
  readonly healthcheck?: Healthcheck;
  readonly hostname: string;
}

/** Describes a service. Without a host name it gets one made of its digest. */
export function defineService(
  body: Omit<ServiceDefinition, 'digest' | 'hostname'> & { readonly hostname?: string },
): ServiceDefinition {
  const digest = digestOf({ service: body });
  return Object.freeze({ ...body, digest, hostname: body.hostname ?? `svc-${sha256(digest).slice(0, 13)}` });
}
