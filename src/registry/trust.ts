/** The authorities that a registry's certificate may be of, and who this machine says that it is: as Docker and Podman are told of both. */
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { RequestInit } from 'undici';

/** What a connection is made with; nothing of it: as every connection is. */
export interface Trust {
  readonly ca: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Directories for the registries of a machine, each with one for a host and its port, that of whoever runs this first:
 * containers-certs.d(5), and Docker's "Verify repository client with certificates".
 */
function directories({ XDG_CONFIG_HOME, DOCKER_CONFIG, HOME = homedir() }: Environment): readonly string[] {
  const config = XDG_CONFIG_HOME || join(HOME, '.config');
  return [
    join(config, 'containers/certs.d'),
    join(config, 'docker/certs.d'),
    join(DOCKER_CONFIG || join(HOME, '.docker'), 'certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
}

/**
 * Finds what is known of a registry by its host, with its port: `*.crt` are authorities, `NAME.cert` with `NAME.key` say who asks. SSL_CERT_FILE
 * names further authorities, as NODE_EXTRA_CA_CERTS does. Undefined: nothing but what Node trusts anyway.
 */
export async function trustOf(registry: string, env: Environment = process.env): Promise<Trust | undefined> {
  const found = await Promise.all(directories(env).map(directory => filesIn(join(directory, registry))));
  const own = found.find(files => files.length > 0) ?? [];
  const certificate = own.find(path => path.endsWith('.cert'));
  const key = certificate?.replace(/cert$/, 'key');
  const hasKey = key !== undefined && own.includes(key);
  const named = env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : [];
  const authorities = [...own.filter(path => path.endsWith('.crt')), ...named];
  if (authorities.length === 0 && !hasKey) return undefined;
  const further = [...authorities, ...(env.NODE_EXTRA_CA_CERTS ? [env.NODE_EXTRA_CA_CERTS] : [])];
  const texts = await Promise.all(further.map(path => readFile(path, 'utf8')));
  const ca = [...rootCertificates, ...texts];
  return hasKey ? { ca, cert: await readFile(certificate!, 'utf8'), key: await readFile(key, 'utf8') } : { ca };
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.toSorted().map(name => join(directory, name));
}

/** A fetch whose connections are made so; without anything, Node's own. */
export async function fetchWith(trust: Trust | undefined): Promise<typeof fetch> {
  if (trust === undefined) return fetch;
  // Loaded where it is needed: few registries have an authority of their own.
  const { Agent, fetch: ask } = await import('undici');
  const { ca, cert, key } = trust;
  const dispatcher = new Agent({ connect: { ca: [...ca], ...(key !== undefined && { cert, key }) } });
  const own = (input: string | URL, init: RequestInit = {}) => ask(input, { ...init, dispatcher });
  return own as unknown as typeof fetch;
}
