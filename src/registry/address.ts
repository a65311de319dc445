/** Addresses of repositories in image registries, spelled out the way Docker does. */

/** A repository: what images and their tags lie in. */
export interface Repository {
  /** Host, with the port if there is one; `docker.io` for Docker Hub. */
  readonly registry: string;
  readonly name: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d{1,5})?$/;
/** The longest name that registries take. */
const LONGEST = 255;
const HUB = 'docker.io';

/** What is wrong with an address: the part and why. */
export interface AddressProblem {
  readonly problem: string;
}

/**
 * Reads the address of a repository, such as `ghcr.io/acme/shop`; short forms of Docker Hub's become whole.
 * The rules are those of the distribution project's reference grammar, without tag and digest: who publishes names tags apart.
 */
export function repositoryOf(address: string): Repository | AddressProblem {
  const text = address.replace(/^(?:docker|https?|oci):\/\//, '');
  if (/^[^/@]*:[^/@]*@/.test(text))
    return { problem: 'it names a user and a password: give --username and --password' };
  if (text.includes('@')) return { problem: 'it names a digest, which is what publishing gives' };
  if (text.lastIndexOf(':') > text.lastIndexOf('/') && text.includes('/'))
    return { problem: `it names the tag ${text.slice(text.lastIndexOf(':') + 1)}: tags are given by --tags` };
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first);
  const registry = !isHost || first === `index.${HUB}` ? HUB : first;
  const path = isHost ? text.slice(slash + 1) : text;
  const name = registry === HUB && !path.includes('/') ? `library/${path}` : path;
  if (!HOST.test(registry)) return { problem: `${JSON.stringify(registry)} is not a host` };
  if (!NAME.test(name) || name.length > LONGEST)
    return {
      problem: `${JSON.stringify(name)} is not the name of a repository: lower-case letters, digits, and . _ - / between them`,
    };
  return { registry, name };
}

/** The address in full. */
export function addressOf({ registry, name }: Repository): string {
  return `${registry}/${name}`;
}

/** Where the registry's API answers. Plain HTTP is spoken to this machine alone. */
export function apiOf(repository: Repository): string {
  return `${isLoopback(repository.registry) ? 'http' : 'https'}://${hostOf(repository)}/v2`;
}

/** The host that answers for a registry, with its port. */
export function hostOf({ registry }: Repository): string {
  return registry === HUB ? `registry-1.${HUB}` : registry;
}

/** Whether a host, with or without its port, is this machine. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
