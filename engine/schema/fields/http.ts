/** Query.http: a file that somebody publishes, got once a session and kept as long as it stays the same. */
import { join, posix } from 'node:path';
import { defined } from '../../defined.js';
import { dropFile, putFile } from '../../fs/put-file.js';
import { digestOf } from '../../objects/digest.js';
import { defineOp, emptyTree, type OpOf, type TreeRef } from '../../objects/op.js';
import { reachPort } from '../../podman/reach.js';
import { remembered } from '../../remembered.js';
import { whileDoing } from '../../solve/steps.js';
import { type DownloadRecord, downloadRecord } from '../../store/download-record.js';
import { type Download, download, shownAddress } from '../../store/downloads.js';
import { contentLayer, keepByContent } from '../../store/filled-layers.js';
import { type Api, type Args, object } from '../api.js';
import { checkPlainName } from './trees.js';

/** What the file is called in the layer that holds it. */
const kept = 'contents';
const hexLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** @throws Error for what is no digest */
function checkChecksum(text: string): void {
  const [algorithm = '', hex = ''] = text.split(':');
  if (!/^[0-9a-f]+$/.test(hex) || hexLengths[algorithm] !== hex.length)
    throw new Error(`invalid checksum ${JSON.stringify(text)}: expected sha256: and its digits`);
}

function addressOf(text: string): URL {
  if (!URL.canParse(text)) throw new Error(`${JSON.stringify(text)} is no address`);
  return new URL(text);
}

/** The name that the file gets: what was asked for, else the last part of the address. @throws Error for what is no name */
function nameOf(url: URL, name: string | null | undefined): string {
  const last = posix.basename(decodeURIComponent(url.pathname));
  const chosen = name ?? (last === '' || last === '.' || last === '..' ? 'index' : last);
  checkPlainName(chosen);
  if (['', '.', '..'].includes(chosen)) throw new Error(`${JSON.stringify(chosen)} is not a file name`);
  return chosen;
}

/** A download as a tree that holds it; the time that its publisher says is the file's, else none. */
function treeOf({ sha256, lastModified }: DownloadRecord): OpOf<'layers'> {
  const content = digestOf({ http: sha256, lastModified: timeOf(lastModified) });
  return defineOp({ kind: 'layers', origin: 'host', content, layers: [contentLayer(content)] });
}

const timeOf = (lastModified: string | undefined): number => {
  const time = Date.parse(lastModified ?? '');
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
};

type Asked = Omit<Download, 'file' | 'known' | 'env' | 'signal'>;

/** Puts a download into the store. */
async function keep(api: Api, file: string, seen: DownloadRecord): Promise<void> {
  const tree = treeOf(seen);
  if (!(await api.solver.isStored(tree)))
    await keepByContent(api.context.store, tree.content, async scratch =>
      putFile(file, join(scratch, kept), timeOf(seen.lastModified)),
    );
  await api.solver.solve(tree);
}

/** Gets what is at an address. What is kept of it is asked after, unless somebody has to be let in: that may be another file. */
async function fetchFile(api: Api, asked: Asked): Promise<DownloadRecord> {
  const { records, dirs, limit, env, activity } = api.context;
  const record = join(dirs.hashes, `http-${digestOf({ url: asked.url.href })}.json`);
  const isPublic = asked.authorization === undefined && asked.connect === undefined;
  const before = isPublic ? await records.read(downloadRecord, record) : undefined;
  const known = before !== undefined && (await api.solver.isStored(treeOf(before))) ? before : undefined;
  const file = records.scratch();
  try {
    const got = await limit(() => download({ ...asked, known, file, env, signal: activity.signal }));
    const { etag, lastModified } = got;
    const seen: DownloadRecord =
      'unchanged' in got
        ? { ...known!, ...defined({ etag: etag ?? known!.etag }) }
        : { sha256: got.sha256, ...defined({ etag, lastModified }) };
    await keep(api, file, seen);
    if (isPublic) await records.write(downloadRecord, record, seen);
    return seen;
  } finally {
    dropFile(file);
  }
}

/** How a service of this session is reached from here. */
function serviceConnector(api: Api, id: string | null | undefined): Pick<Download, 'connect'> {
  if (id == null) return {};
  const service = api.registry.load(id, 'Service');
  const connect = async (port: number) =>
    (await reachPort(api.context, await api.services.start(service), port)).connect();
  return { connect: (host, port) => (host === service.hostname ? connect(port) : undefined) };
}

async function fetchAs(api: Api, args: Args): Promise<TreeRef> {
  if (args.checksum) checkChecksum(args.checksum);
  const url = addressOf(args.url);
  const name = nameOf(url, args.name);
  const secret = args.authHeader == null ? undefined : api.registry.load(args.authHeader, 'Secret').secret;
  const authorization = secret === undefined ? undefined : await api.context.secrets.plaintext(secret);
  const asked = { url, authorization, ...serviceConnector(api, args.experimentalServiceHost) };
  const seen = await whileDoing(api.context, `downloading ${shownAddress(url)}`, () => fetchFile(api, asked));
  if (args.checksum && args.checksum !== `sha256:${seen.sha256}`)
    throw new Error(`http checksum mismatch: expected ${args.checksum}, got sha256:${seen.sha256}`);
  const source = { op: treeOf(seen), path: `/${kept}` };
  const mode = (args.permissions ?? 0o600) & 0o777;
  const path = `/${name}`;
  return { op: defineOp({ kind: 'copy-file', base: emptyTree, to: path, source, owner: '', mode }), path };
}

/** What was got already, by all that was asked: within a session an address is asked once. */
const got = new WeakMap<Api, Map<string, Promise<TreeRef>>>();

/** A file that is published at an address. @throws Error where there is none, or where it is not the one that is expected */
export async function fetchHttp(api: Api, args: Args) {
  const memory = got.get(api) ?? new Map<string, Promise<TreeRef>>();
  got.set(api, memory);
  const { url, name, permissions, checksum, authHeader, experimentalServiceHost } = args;
  const asked = JSON.stringify([url, name, permissions, checksum, authHeader, experimentalServiceHost]);
  return object('File', await remembered(memory, asked, () => api.context.activity.track(fetchAs(api, args))));
}
