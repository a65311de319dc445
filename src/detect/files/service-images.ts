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
  const all = RUN_SERVICES.flatMap(([kind, service]) => service.images.map(image => ({ kind, image, service })));
  // A server with extensions is known by its name, whoever publishes it; that of a plain server says too little of an image.
  const found =
    all.find(({ image }) => image.repository === repository) ??
    all.find(
      ({ image, service: { variants = [] } }) =>
        hasSameName(image.repository, repository) &&
        variants.some(({ repositories }) => repositories.includes(image.repository)),
    );
  if (!found) return undefined;
  const { kind, image } = found;
  return { kind, ...defined({ version: (image.version ?? /^(\d+(?:\.\d+)*)/).exec(tag)?.[1] }) };
}

/** Whether two repositories are called the same by their publishers, as copies of an image are: `postgis/postgis`, `example/postgis`. */
export function hasSameName(one: string, other: string): boolean {
  return one.split('/').at(-1) === other.split('/').at(-1);
}

/** `registry.example.com/library/postgres:15@sha256:…` in parts: without the registry, and without where mirrors keep official images. */
export function readReference(reference: string): { readonly repository: string; readonly tag: string } {
  const [name = ''] = reference.split('@');
  const [, path = '', tag = ''] = /^(.*?)(?::([^:/]*))?$/.exec(name) ?? [];
  const parts = path.split('/');
  const inRegistry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!) ? parts.slice(1) : parts;
  return { repository: inRegistry.join('/').replace(/^(?:.*\/)?library\//, ''), tag };
}
