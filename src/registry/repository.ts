/** A repository of a registry, by the API of the OCI distribution specification 1.1. */
import { createHash } from 'node:crypto';
import { addressOf, apiOf, type Repository } from './address.js';
import { bytesIn, LONGEST_DOCUMENT } from './answers.js';
import { askedRegistry } from './asking.js';
import type { Credentials } from './authorization.js';
import { begunUpload, sendPieces } from './chunks.js';
import { descriptorsIn, documentIn } from './documents.js';
import { RegistryFailure } from './failure.js';
import { retrying } from './retry.js';

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
  /** The bytes of a blob that a manifest of the repository names, as it names them; more than so many are not read. */
  blob(named: Pick<Descriptor, 'digest' | 'size'>, most?: number): Promise<Blob>;
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
  /** Host of the server that gives tokens for the registry, where its name does not say that it is one of the registry's. */
  readonly tokenServer?: string | undefined;
}

/** What registries say of a repository that blobs cannot be taken over from: it is gone, or is another's. */
const NOT_MOUNTED = [400, 401, 403, 404, 405];

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

/** The longest blob that is taken into memory. */
const LONGEST_BLOB = 64 * 1024 * 1024;

function requireSame(read: Pick<Descriptor, 'digest' | 'size'>, named: typeof read, what: string): void {
  if (read.digest !== named.digest || read.size !== named.size)
    throw new RegistryFailure(
      'refused',
      `${what}: the registry gives something else, ${read.digest} of ${read.size} bytes`,
    );
}

/** Opens a repository; nothing is asked yet. What it does rejects with a RegistryFailure, after having tried again where that may help. */
export function openRepository(repository: Repository, options: RepositoryOptions = {}): RepositoryClient {
  const address = addressOf(repository);
  const base = `${apiOf(repository)}/${repository.name}`;
  const { credentials, beside = [], dryRun = false, tokenServer } = options;
  const scopes = [
    `repository:${repository.name}:${dryRun ? 'pull' : 'pull,push'}`,
    ...beside.map(name => `repository:${name}:pull`),
  ];
  const registry = askedRegistry(repository, { credentials, scopes, tokenServer });
  const { ask, placeOf } = registry;

  const upload = async ({ digest, open }: StoredBlob, from: string | undefined): Promise<BlobFate> => {
    const what = `pushing ${digest.slice(0, 19)} to ${address}`;
    const asked = `${base}/blobs/uploads/`;
    const begin = async (mount: string, fine: readonly number[]) => {
      const answer = await ask({ what, method: 'POST', url: `${asked}${mount}`, fine: [201, 202, ...fine] });
      await answer.body?.cancel();
      return answer;
    };
    const mounted =
      from === undefined ? undefined : await begin(`?${new URLSearchParams({ mount: digest, from })}`, NOT_MOUNTED);
    if (mounted?.status === 201) return 'mounted';
    const begun = mounted?.status === 202 ? mounted : await begin('', []);
    const body = await open();
    const end = async (place: URL, rest: Blob, fine: readonly number[]): Promise<number> => {
      place.searchParams.set('digest', digest);
      const headers = { 'content-type': 'application/octet-stream' };
      const answer = await ask({ what, method: 'PUT', url: place.href, headers, body: rest, bytes: rest.size, fine });
      await answer.body?.cancel();
      return answer.status;
    };
    const whole = await end(begunUpload(begun, { what, asked, placeOf }).place, body, [201, 413]);
    if (whole === 413) {
      const again = begunUpload(await begin('', []), { what, asked, placeOf });
      await end(await sendPieces(body, again, { what, registry }), new Blob([]), [201]);
    }
    return 'pushed';
  };

  const read = async (reference: string): Promise<Manifest | undefined> => {
    const what = `reading ${reference} of ${address}`;
    const answer = await ask({
      what,
      method: 'GET',
      url: `${base}/manifests/${reference}`,
      headers: { accept: MANIFESTS.join(', ') },
      fine: [200, 404],
    });
    if (answer.status === 404) return void (await answer.body?.cancel());
    const bytes = await bytesIn(answer, { what, most: LONGEST_DOCUMENT });
    const manifest = { ...descriptorOf(answer.headers.get('content-type') ?? '', bytes), bytes };
    if (reference.startsWith('sha256:')) requireSame(manifest, { digest: reference, size: bytes.length }, what);
    return manifest;
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
    blob: ({ digest, size }, most = LONGEST_BLOB) =>
      retrying(async () => {
        const what = `reading ${digest.slice(0, 19)} of ${address}`;
        if (size > most) throw new RegistryFailure('refused', `${what}: it is said to have ${size} bytes`);
        const url = `${base}/blobs/${digest}`;
        const bytes = await bytesIn(await ask({ what, method: 'GET', url, bytes: size, fine: [200] }), {
          what,
          most: size,
        });
        requireSame(descriptorOf('', bytes), { digest, size }, what);
        return new Blob([bytes]);
      }),
    referrers: digest =>
      retrying(async () => {
        const what = `asking ${address} what refers to ${digest.slice(0, 19)}`;
        // Registries that know no such question answer it in their own ways, some with a page for people.
        const fine = [200, 400, 404, 405];
        const answer = await ask({ what, method: 'GET', url: `${base}/referrers/${digest}`, fine });
        const isKept = answer.status === 200 && /\bjson\b/.test(answer.headers.get('content-type') ?? 'json');
        if (!isKept) await answer.body?.cancel();
        const list = isKept
          ? await bytesIn(answer, { what, most: LONGEST_DOCUMENT })
          : (await read(digest.replace(':', '-')))?.bytes;
        return list === undefined ? [] : descriptorsIn(documentIn('list', list, what));
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
