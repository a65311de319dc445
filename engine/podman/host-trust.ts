/** The host's own certificate authorities, lent to processes for the time of their run and kept in no layer. */
import { existsSync, readdirSync } from 'node:fs';
import type { BindMount } from './args.js';

export interface HostTrust {
  readonly mounts: readonly BindMount[];
  readonly env: readonly (readonly [string, string])[];
}

/** Inside /dev, which is the process's own tmpfs: no mount point is left behind. */
const target = '/dev/.quayside/ca-certificates.crt';
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem'];
const variables = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'NODE_EXTRA_CA_CERTS',
  'GIT_SSL_CAINFO',
];

function addedAuthorities(directory: string): boolean {
  return (
    existsSync(directory) && readdirSync(directory, { recursive: true }).some(name => String(name).endsWith('.crt'))
  );
}

/**
 * Returns what a process needs to trust what this machine trusts: nothing when the machine has no authorities of its own.
 * A machine has them when an administrator added some or a variable such as SSL_CERT_FILE names a bundle.
 */
export function readHostTrust(env: NodeJS.ProcessEnv): HostTrust {
  const named = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE']
    .map(name => env[name])
    .find(path => path !== undefined && existsSync(path));
  const own =
    named !== undefined ||
    addedAuthorities('/usr/local/share/ca-certificates') ||
    addedAuthorities('/etc/pki/ca-trust/source/anchors');
  const bundle = named ?? bundles.find(existsSync);
  if (!own || bundle === undefined) return { mounts: [], env: [] };
  return {
    mounts: [{ kind: 'bind', source: bundle, target, readOnly: true }],
    env: variables.map(name => [name, target] as const),
  };
}
