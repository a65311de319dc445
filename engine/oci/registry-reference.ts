/** Image references, spelled out the way Docker does. */
import { defined } from '../defined.js';

export interface ImageReference {
  /** With the port, if any. */
  readonly registry: string;
  readonly repository: string;
  /** `latest` when the reference has neither tag nor digest. */
  readonly tag?: string;
  readonly digest?: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_REPOSITORY = 255;

/** Parses a reference; the short forms of Docker Hub's images become whole. Throws an Error that says which part is wrong. */
export function parseReference(text: string): ImageReference {
  const refuse = (why: string) => new Error(`invalid image reference ${JSON.stringify(text)}: ${why}`);
  const [named = '', digest, ...more] = text.replace(/^docker:\/\//, '').split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest)))
    throw refuse('the digest must be sha256: and 64 hexadecimal digits');
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const tag = tagged ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) throw refuse(`${JSON.stringify(tag)} is not a tag`);
  const { registry, repository } = splitHost(tagged ? named.slice(0, colon) : named);
  if (!HOST.test(registry)) throw refuse(`${JSON.stringify(registry)} is not a host`);
  if (!PATH.test(repository) || repository.length > MAX_REPOSITORY) {
    throw refuse(
      `${JSON.stringify(repository)} is not a repository name (lower case letters, digits, and . _ - / between them)`,
    );
  }
  return { registry, repository, ...defined({ tag: tag ?? (digest === undefined ? 'latest' : undefined), digest }) };
}

/** Formats a reference in full; with a digest the tag is left out, since the digest decides. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

/** Whether the registry is on this machine, where it may speak plain HTTP. */
export function isLoopback({ registry }: Pick<ImageReference, 'registry'>): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The first component is a host when it could not be a repository: it has a dot, a port, or is localhost. */
function splitHost(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  if (slash < 0) return { registry: 'docker.io', repository: `library/${name}` };
  if (!/[.:]/.test(first) && first !== 'localhost') return { registry: 'docker.io', repository: name };
  const registry = first === 'index.docker.io' ? 'docker.io' : first;
  const rest = name.slice(slash + 1);
  return { registry, repository: registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest };
}
