/** Files that others publish over HTTP, got by this process itself. */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { InfrastructureError } from '../errors.js';
import { proxySettings } from '../podman/proxies.js';

/** What an answer said of itself, by which the next one may be none. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export interface Download {
  readonly url: URL;
  /** The value of a header, known to nobody else. */
  readonly authorization?: string | undefined;
  /** What is kept of the address already. */
  readonly known?: Validators | undefined;
  /** Where it goes. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Connects to a host that only this session knows; undefined for any other. */
  readonly connect?: ((host: string, port: number) => Promise<Socket> | undefined) | undefined;
}

export type Downloaded = ({ readonly sha256: string } | { readonly unchanged: true }) & Validators;

/** How often a server is asked again that nobody reaches, or that says to come later, and how long it is waited for. */
const tries = 3;
const firstWaitMs = 500;
const patience = { connectMs: 4_000, answerMs: 30_000, silenceMs: 30_000 };
const mostRedirects = 10;
const mayPass: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** It may help to ask again. */
class Passing extends Error {}

/** An address without who asks: that is nobody else's business. */
export function shownAddress(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

function authorities(env: NodeJS.ProcessEnv): { ca?: string[] } {
  const files = [env.SSL_CERT_FILE, env.NODE_EXTRA_CA_CERTS].filter(file => file !== undefined && existsSync(file));
  return files.length === 0 ? {} : { ca: [...rootCertificates, ...files.map(file => readFileSync(file!, 'utf8'))] };
}

function dispatcherFor({ env, connect }: Download): Dispatcher {
  const common = { headersTimeout: patience.answerMs, bodyTimeout: patience.silenceMs };
  const tls = { ...authorities(env), timeout: patience.connectMs };
  if (connect !== undefined)
    return new Agent({
      ...common,
      connect: ({ hostname, port }, callback) => {
        const reached = connect(hostname, Number(port)) ?? Promise.reject(new Error(`${hostname} is not the service`));
        reached.then(
          socket => callback(null, socket),
          error => callback(error as Error, null),
        );
      },
    });
  const named = proxySettings(env);
  const proxies = {
    httpProxy: named.http_proxy ?? '',
    httpsProxy: named.https_proxy ?? '',
    noProxy: named.no_proxy ?? '',
  };
  // Plain HTTP is asked of the proxy itself: many let no tunnel through but to the port of HTTPS.
  return new EnvHttpProxyAgent({ ...common, ...proxies, proxyTunnel: false, connect: tls, requestTls: tls });
}

const headerOf = ({ headers }: Dispatcher.ResponseData, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Who asks, by a header or by what the address says. */
function credentials({ url, authorization }: Download): string | undefined {
  if (authorization !== undefined || (url.username === '' && url.password === '')) return authorization;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Asks, also where the answer leads; who asks is told to nobody else. */
async function ask(download: Download, dispatcher: Dispatcher): Promise<Dispatcher.ResponseData> {
  const { known, signal } = download;
  let authorization = credentials(download);
  let url = download.url;
  for (let redirects = 0; ; redirects += 1) {
    if (!['http:', 'https:'].includes(url.protocol))
      throw new Error(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`);
    const validators =
      known?.etag !== undefined
        ? { 'if-none-match': known.etag }
        : known?.lastModified !== undefined
          ? { 'if-modified-since': known.lastModified }
          : {};
    const headers = {
      'accept-encoding': 'identity',
      'user-agent': 'quayside',
      ...validators,
      ...(authorization === undefined ? {} : { authorization }),
    };
    const target = new URL(url);
    target.username = '';
    target.password = '';
    const response = await request(target, { dispatcher, headers, signal, method: 'GET' });
    const location = [301, 302, 303, 307, 308].includes(response.statusCode)
      ? headerOf(response, 'location')
      : undefined;
    if (location === undefined) return response;
    await response.body.dump();
    if (redirects === mostRedirects) throw new Error(`stopped after ${mostRedirects} redirects`);
    if (!URL.canParse(location, url.href)) throw new Error('redirected to what is no address');
    const next = new URL(location, url.href);
    if (next.host !== url.host || next.protocol !== url.protocol) authorization = undefined;
    url = next;
  }
}

async function attempt(download: Download, dispatcher: Dispatcher): Promise<Downloaded> {
  const response = await ask(download, dispatcher);
  const { statusCode, statusText, body } = response;
  const etag = headerOf(response, 'etag')?.replace(/^W\//, '');
  const lastModified = headerOf(response, 'last-modified');
  if (statusCode === 304 && download.known !== undefined) {
    await body.dump();
    return {
      unchanged: true,
      etag: etag ?? download.known.etag,
      lastModified: lastModified ?? download.known.lastModified,
    };
  }
  if (statusCode !== 200) {
    await body.dump();
    const status = `invalid response status ${statusCode} ${statusText}`.trim();
    throw mayPass.has(statusCode) ? new Passing(status) : new Error(`${shownAddress(download.url)}: ${status}`);
  }
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(body, hashed, createWriteStream(download.file), { signal: download.signal });
  return { sha256: hash.digest('hex'), etag, lastModified };
}

const networkCodes =
  /^(?:UND_ERR|E(?:CONN|HOST|NET|AI_|TIMEDOUT|PIPE|PROTO)|ENOTFOUND|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;
/** What does not pass by itself: a certificate that nobody trusts, or a name that nobody has. */
const lasting = /^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : cause === undefined ? '' : codeOf(cause);
};

const saying = (error: unknown): string => {
  const { message, errors } = error as { message: string; errors?: readonly Error[] };
  return message || errors?.map(one => one.message).join('; ') || codeOf(error);
};

/**
 * Gets a file, unless it is as it was. What fails for the moment is tried again, with a limit.
 * @throws InfrastructureError that names the address where nobody answers, or not now; Error where the answer is no
 */
export async function download(wanted: Download): Promise<Downloaded> {
  const dispatcher = dispatcherFor(wanted);
  try {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(wanted, dispatcher);
      } catch (error) {
        wanted.signal.throwIfAborted();
        const passing = error instanceof Passing || networkCodes.test(codeOf(error));
        if (!passing) throw error;
        if (tried === tries || lasting.test(codeOf(error)))
          throw new InfrastructureError(`${shownAddress(wanted.url)} cannot be had: ${saying(error)}`, {
            cause: error,
          });
        await sleep(firstWaitMs * 2 ** (tried - 1), undefined, { signal: wanted.signal });
      }
    }
  } finally {
    void dispatcher.close();
  }
}
