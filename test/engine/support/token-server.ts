/** A server that gives tokens for a registry, as the distribution project's "token authentication" says. */
import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.js';

export interface TokenServer {
  /** What docker-registry is told of it. */
  readonly settings: Readonly<Record<string, string>>;
  /** The scopes that were asked for with the right password. */
  readonly scopes: readonly string[];
  readonly stop: () => Promise<void>;
}

const SERVICE = 'test registry';
const ISSUER = 'test tokens';

/** Starts it; tokens are signed by `signer`, whose certificate the registry is told of. */
export async function startTokenServer(
  address: string,
  {
    tls,
    signer,
    user,
    password,
    refused,
  }: {
    tls: Certificate;
    signer: Certificate;
    user: string;
    password: string;
    /** Who asks for this repository, among others or alone, gets nothing. */
    refused?: string;
  },
): Promise<TokenServer> {
  const scopes: string[] = [];
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const options = { cert: readFileSync(tls.certificate), key: readFileSync(tls.key) };
  const server = createServer(options, (request, response) => {
    if (request.headers.authorization !== basic) return response.writeHead(401).end('{"errors":[]}');
    const { searchParams } = new URL(request.url ?? '', 'https://here');
    const asked = searchParams.getAll('scope').flatMap(scope => scope.split(' '));
    if (asked.some(scope => scope.split(':')[1] === refused)) return response.writeHead(403).end('{"errors":[]}');
    scopes.push(...asked);
    return response
      .setHeader('Content-Type', 'application/json')
      .end(JSON.stringify({ token: tokenOf(asked, signer, user), expires_in: 300 }));
  });
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
  return {
    settings: {
      realm: `https://${address}:${(server.address() as AddressInfo).port}/token`,
      service: SERVICE,
      issuer: ISSUER,
      rootcertbundle: signer.certificate,
    },
    scopes,
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** A JWT with the certificate of who signed it (RFC 7519; `x5c` of RFC 7515). */
function tokenOf(scopes: readonly string[], signer: Certificate, user: string): string {
  const certificate = new X509Certificate(readFileSync(signer.certificate));
  const now = Math.floor(Date.now() / 1000);
  const access = scopes.map(scope => {
    const [type, name, actions = ''] = scope.split(':');
    return { type, name, actions: actions.split(',') };
  });
  const header = { typ: 'JWT', alg: 'ES256', x5c: [certificate.raw.toString('base64')] };
  const claims = {
    iss: ISSUER,
    sub: user,
    aud: SERVICE,
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access,
  };
  const text = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const key = createPrivateKey(readFileSync(signer.key));
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
