/** Images of services: what runs in them, and in which version. */
import { defined } from '../../source/defined.js';
import { RUN_SERVICES, type ServiceKind } from '../../support/run-services.js';

/** The service that an image is, when it is one that is known. */
export function imageKind(reference: string): ServiceKind | undefined {
  return knownImage(reference)?.kind;
}

/** The service that an image is, and the version that its tag begins with. */
export function knownImage(reference: string): { readonly kind: ServiceKind; readonly version?: string } | undefined {
  const { repository, tag } = readReference(reference);
  for (const [kind, { images }] of RUN_SERVICES) {
    const image = images.find(candidate => candidate.repository === repository);
    if (image) return { kind, ...defined({ version: (image.version ?? /^(\d+(?:\.\d+)*)/).exec(tag)?.[1] }) };
  }
  return undefined;
}

/** `registry.example.com/library/postgres:15@sha256:…` in parts: without the registry, and without where mirrors keep official images. */
export function readReference(reference: string): { readonly repository: string; readonly tag: string } {
  const [name = ''] = reference.split('@');
  const [, path = '', tag = ''] = /^(.*?)(?::([^:/]*))?$/.exec(name) ?? [];
  const parts = path.split('/');
  const inRegistry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!) ? parts.slice(1) : parts;
  return { repository: inRegistry.join('/').replace(/^(?:.*\/)?library\//, ''), tag };
}
