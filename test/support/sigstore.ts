/** The parts of Sigstore on this machine: an authority that certifies whoever a token names, and a log, both by @sigstore/mock, and the roots that trust them. */
import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fulcioHandler, initializeCA, initializeTLog, rekorHandler } from '@sigstore/mock';

export interface TestSigstore {
  readonly fulcioUrl: string;
  readonly rekorUrl: string;
  /** Text of trusted_root.json. */
  readonly trustedRoot: string;
  /** How often something was asked of it. */
  readonly asked: () => number;
  readonly close: () => Promise<void>;
}

/** A token as an issuer of OpenID Connect would give it; nobody here looks at its signature. */
export function identityToken(subject: string, issuer: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  return `${part({ alg: 'RS256' })}.${part({ iss: issuer, sub: subject, aud: 'sigstore', exp })}.c2ln`;
}

/** Starts it on a free port of the loopback interface. */
export async function startSigstore(): Promise<TestSigstore> {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = { ca: generateKeyPairSync('ec', { namedCurve: 'P-384' }), ct: pair(), log: pair() };
  const ca = await initializeCA(keys.ca, certificateLog(keys.ct));
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log = await initializeTLog(url, keys.log);
  const handlers = [fulcioHandler(ca), rekorHandler({ ...log, log: entry => log.log(asKept(entry)) })];
  let asked = 0;
  server.on('request', async (request, response) => {
    asked++;
    const handler = handlers.find(({ path }) => request.url === path);
    let body = '';
    for await (const chunk of request) body += chunk;
    const answer = await handler?.fn(body);
    response.writeHead(answer?.statusCode ?? 404, { 'content-type': answer?.contentType ?? 'text/plain' });
    response.end(answer?.response);
  });
  return {
    fulcioUrl: url,
    rekorUrl: url,
    asked: () => asked,
    trustedRoot: trustedRoot(url, ca.rootCertificate, keys),
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/**
 * What a log keeps of an envelope: hashes of it as it was sent, and its signature. The log of @sigstore/mock would keep the proposal:
 * https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/entry.go
 */
function asKept(proposed: object): object {
  const { kind, spec: sent } = proposed as Proposed;
  if (kind !== 'dsse') return proposed;
  const { envelope, verifiers } = sent.proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as {
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
  const hash = (bytes: string | Buffer) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  const spec = {
    envelopeHash: hash(envelope),
    payloadHash: hash(Buffer.from(payload, 'base64')),
    signatures: signatures.map(({ sig }, at) => ({ signature: sig, verifier: verifiers[at] })),
  };
  return { ...proposed, spec };
}

interface Proposed {
  readonly kind: string;
  readonly spec: { readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] } };
}

/** A log of certificates, whose promises stand in them: https://www.rfc-editor.org/rfc/rfc6962#section-3.2 */
function certificateLog({ publicKey, privateKey }: Keys['ct']): NonNullable<Parameters<typeof initializeCA>[1]> {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const logID = createHash('sha256').update(der).digest();
  const number = (value: number, bytes: number) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64BE(BigInt(value));
    return buffer.subarray(8 - bytes);
  };
  const log = async (certificate: ArrayBuffer, issuerID: ArrayBuffer) => {
    const time = number(Date.now(), 8);
    const tbs = firstIn(Buffer.from(certificate));
    const issuer = Buffer.from(issuerID);
    const entry = [number(1, 2), issuer, number(tbs.length, 3), tbs, number(0, 2)];
    const signature = sign('sha256', Buffer.concat([number(0, 2), time, ...entry]), privateKey);
    const promise = [
      number(0, 1),
      logID,
      time,
      number(0, 2),
      number(0x0403, 2),
      number(signature.length, 2),
      signature,
    ];
    const length = promise.reduce((sum, part) => sum + part.length, 0);
    return new Uint8Array(Buffer.concat([number(length, 2), ...promise])).buffer;
  };
  return { publicKey: der, logID, log };
}

/** The first value in a sequence of DER, whole. */
function firstIn(der: Buffer): Buffer {
  const header = (at: number): { readonly start: number; readonly length: number } => {
    const first = der[at + 1]!;
    const more = first < 0x80 ? 0 : first & 0x7f;
    return { start: at + 2 + more, length: more === 0 ? first : der.readUIntBE(at + 2, more) };
  };
  const { start } = header(0);
  const inner = header(start);
  return der.subarray(start, inner.start + inner.length);
}

type Keys = Readonly<Record<'ct' | 'log', KeyPairKeyObjectResult>>;

function trustedRoot(baseUrl: string, certificate: Buffer, keys: Keys): string {
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const log = ({ publicKey }: Keys['log']) => {
    const rawBytes = publicKey.export({ type: 'spki', format: 'der' });
    const keyId = createHash('sha256').update(rawBytes).digest('base64');
    const key = { rawBytes: rawBytes.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor };
    return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey: key, logId: { keyId } };
  };
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(keys.log)],
    ctlogs: [log(keys.ct)],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: baseUrl,
        certChain: { certificates: [{ rawBytes: certificate.toString('base64') }] },
        validFor,
      },
    ],
    timestampAuthorities: [],
  });
}
