/** A repository of a registry, by the API of the OCI distribution specification 1.1. */
import { createHash } from 'node:crypto';
import { addressOf, apiOf, isLoopback, type Repository } from './address.js';
import { authorization, type Credentials } from './authorization.js';
import { failureOfAnswer, failureOfConnection, RegistryFailure } from './failure.js';
import { retrying } from './retry.js';
import { fetchWith, trustOf } from './trust.js';

/** Bytes under their digest, wherever they lie. */
export interface StoredBlob {
  readonly digest: string;
  readonly size: number;
  /** Opens them; asked again when an upload has to begin again. */
  readonly open: () => Promise<Blob>;
}

/** A descriptor of the OCI image specification, as far as it is read here. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A manifest or an index, and how it is to be read. */
export interface Manifest extends Descriptor {
  readonly bytes: Uint8Array;
}

/** What became of a blob: it was there, was taken over from another repository of the registry, or was sent. */
export type BlobFate = 'there' | 'mounted' | 'pushed';

export interface RepositoryClient {
  readonly address: string;
  /** Sees to it that a blob is there; taken over from another repository of the registry, where it is in the one that is named. */
  pushBlob(blob: StoredBlob, from?: string): Promise<BlobFate>;
  /** The manifest of a tag or digest; undefined: there is none. */
  manifest(reference: string): Promise<Manifest | undefined>;
  /** The bytes of a blob that a manifest of the repository names. */
  blob(digest: string): Promise<Blob>;
  /** What refers to an image, by the registry's own list or the tag that stands for it. */
  referrers(digest: string): Promise<readonly Descriptor[]>;
  /** Writes a manifest under its digest, or under a tag. Says whether the registry keeps by itself what refers to another. */
  pushManifest(manifest: Manifest, reference?: string): Promise<{ readonly keepsReferrers: boolean }>;
}

/** The media type of an index. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

const MANIFESTS = [
  INDEX_TYPE,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export interface RepositoryOptions {
  /** None: as anybody. */
  readonly credentials?: Credentials | undefined;
  /** Names of other repositories of the same registry that blobs may be taken over from. */
  readonly beside?: readonly string[];
  /** Whether nothing is written: what is not there counts as pushed. */
  readonly dryRun?: boolean;
}

interface Question {
  readonly what: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | Uint8Array;
  /** Answers that are no failure. */
  readonly fine: readonly number[];
}

interface Referrers {
  readonly manifests?: readonly Descriptor[];
}

/** How often a registry may lead elsewhere before it is taken at its word. */
const MOST_HOPS = 5;

const PLAIN = 'Plain HTTP is spoken to this machine alone: the registry has to name its places with https';

/** A server on this machine that speaks TLS says so when it is asked without; not to HEAD, whose answers have no body. */
async function wantsTls(host: string): Promise<boolean> {
  const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
  return (
    answer?.status === 400 &&
    /HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)/i.test(await answer.text().catch(() => ''))
  );
}

/** Digest of bytes, as registries name them. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Describes bytes. */
export function descriptorOf(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** A manifest or an index of its content: the same content has the same bytes. */
export function manifestOf(mediaType: string, content: object): Manifest {
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
  return { ...descriptorOf(mediaType, bytes), bytes };
}

/** Opens a repository; nothing is asked yet. What it does rejects with a RegistryFailure, after having tried again where that may help. */
export function openRepository(repository: Repository, options: RepositoryOptions = {}): RepositoryClient {
  const address = addressOf(repository);
  const base = `${apiOf(repository)}/${repository.name}`;
  const { credentials, beside = [], dryRun = false } = options;
  const scopes = [
    `repository:${repository.name}:${dryRun ? 'pull' : 'pull,push'}`,
    ...beside.map(name => `repository:${name}:pull`),
  ];
  const isTrusted = ({ protocol, hostname }: URL) =>
    protocol === 'https:' || (isLoopback(repository.registry) && isLoopback(hostname));
  const host = new URL(base).host;
  let authorized: Promise<string> | undefined;
  let fetching: Promise<typeof fetch> | undefined;
  let speaksTls = base.startsWith('https:');

  /** A place of the registry itself is reached as the registry is, whatever it takes itself for behind a proxy. */
  const placeOf = (location: string, from: string): URL => {
    const place = new URL(location, from);
    if (place.host === host) place.protocol = speaksTls ? 'https:' : 'http:';
    return place;
  };

  const send = async ({ what, method, headers, body }: Question, url: URL): Promise<Response> => {
    if (!isTrusted(url))
      throw new RegistryFailure('refused', `${what}: the registry leads to ${url.origin}`, { advice: PLAIN });
    fetching ??= trustOf(repository.registry).then(fetchWith);
    const [authorizationHeader, ask] = [await authorized, await fetching];
    // A storage behind the registry is told nothing of who asks.
    const own = url.host === host && authorizationHeader !== undefined;
    return ask(url, {
      method,
      headers: { ...headers, ...(own && { authorization: authorizationHeader }) },
      ...(body !== undefined && { body }),
      redirect: 'manual',
    }).catch(error => {
      throw failureOfConnection(what, url.host, error);
    });
  };

  const follow = async (question: Question): Promise<Response> => {
    let url = placeOf(question.url, base);
    for (let hops = 0; ; hops++) {
      const answer = await send(question, url);
      const location = [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers.get('location') : null;
      if (location === null || hops === MOST_HOPS) return answer;
      await answer.body?.cancel();
      url = placeOf(location, url.href);
    }
  };

  const answerTo = async (question: Question): Promise<Response> => {
    const known = authorized;
    const request = async (): Promise<Response> => {
      const answer = await follow(question);
      if (answer.status !== 400 || speaksTls || !(await wantsTls(host))) return answer;
      await answer.body?.cancel();
      speaksTls = true;
      return follow(question);
    };
    const answer = await request();
    const challenge = answer.headers.get('www-authenticate');
    if (answer.status !== 401 || challenge === null) return answer;
    await answer.body?.cancel();
    // Tokens pass; who asked side by side shares the next one.
    if (authorized === known) {
      authorized = fetching!.then(ask => authorization(challenge, credentials, { scopes, isTrusted, ask }));
      authorized.catch(() => {
        authorized = undefined;
      });
    }
    return request();
  };

  const ask = async (question: Question): Promise<Response> => {
    const answer = await answerTo(question);
    if (!question.fine.includes(answer.status)) throw await failureOfAnswer(question.what, answer);
    return answer;
  };

  const upload = async ({ digest, open }: StoredBlob, from: string | undefined): Promise<BlobFate> => {
    const what = `pushing ${digest.slice(0, 19)} to ${address}`;
    const mount = from === undefined ? '' : `?${new URLSearchParams({ mount: digest, from })}`;
    const begun = await ask({ what, method: 'POST', url: `${base}/blobs/uploads/${mount}`, fine: [201, 202] });
    await begun.body?.cancel();
    if (begun.status === 201) return 'mounted';
    const location = begun.headers.get('location');
    if (location === null) throw new RegistryFailure('refused', `${what}: the registry names no place for it`);
    const place = placeOf(location, base);
    place.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    const ended = await ask({ what, method: 'PUT', url: place.href, headers, body: await open(), fine: [201] });
    await ended.body?.cancel();
    return 'pushed';
  };

  const read = async (reference: string): Promise<Manifest | undefined> => {
    const answer = await ask({
      what: `reading ${reference} of ${address}`,
      method: 'GET',
      url: `${base}/manifests/${reference}`,
      headers: { accept: MANIFESTS.join(', ') },
      fine: [200, 404],
    });
    if (answer.status === 404) return void (await answer.body?.cancel());
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { ...descriptorOf(answer.headers.get('content-type') ?? '', bytes), bytes };
  };

  return {
    address,
    pushBlob: (blob, from) =>
      retrying(async () => {
        const url = `${base}/blobs/${blob.digest}`;
        const what = `looking for ${blob.digest.slice(0, 19)} in ${address}`;
        const { status } = await ask({ what, method: 'HEAD', url, fine: [200, 404] });
        if (status === 200) return 'there';
        return dryRun ? 'pushed' : upload(blob, from);
      }),
    manifest: reference => retrying(() => read(reference)),
    blob: digest =>
      retrying(async () => {
        const what = `reading ${digest.slice(0, 19)} of ${address}`;
        return (await ask({ what, method: 'GET', url: `${base}/blobs/${digest}`, fine: [200] })).blob();
      }),
    referrers: digest =>
      retrying(async () => {
        const what = `asking ${address} what refers to ${digest.slice(0, 19)}`;
        // Registries that know no such question answer it in their own ways.
        const fine = [200, 400, 404, 405];
        const answer = await ask({ what, method: 'GET', url: `${base}/referrers/${digest}`, fine });
        const bytes = new Uint8Array(await answer.arrayBuffer());
        const list = answer.status === 200 ? bytes : (await read(digest.replace(':', '-')))?.bytes;
        return list === undefined ? [] : ((JSON.parse(new TextDecoder().decode(list)) as Referrers).manifests ?? []);
      }),
    pushManifest: ({ mediaType, digest, bytes }, reference = digest) =>
      retrying(async () => {
        if (dryRun) return { keepsReferrers: true };
        const answer = await ask({
          what: `writing ${reference.slice(0, 128)} of ${address}`,
          method: 'PUT',
          url: `${base}/manifests/${reference}`,
          headers: { 'content-type': mediaType },
          body: bytes,
          fine: [201, 202],
        });
        await answer.body?.cancel();
        return { keepsReferrers: answer.headers.has('oci-subject') };
      }),
  };
}
