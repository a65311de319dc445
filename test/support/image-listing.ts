/**
 * What an image is, for comparison: each of its files with type, mode, owner and contents, and how it starts. Read from archives such as `docker save`,
 * `buildah push docker-archive:` and `./quayside build` write; layers, history and times are not in it.
 */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { execa } from 'execa';
import { extract, type Header } from 'tar-stream';

export interface ImageListing {
  /** Lines such as `file 644 0:0 sha256:…`, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** How it starts, each setting as a text. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Reads an archive with one image. */
export async function readImage(archive: string): Promise<ImageListing> {
  const dir = mkdtempSync(join(tmpdir(), 'quayside-image-'));
  try {
    await execa('tar', ['-xf', archive, '-C', dir]);
    const [manifest] = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
    const files = new Map<string, string>();
    for (const layer of manifest.Layers) await addLayer(files, join(dir, layer));
    return { files, settings: settingsOf(JSON.parse(readFileSync(join(dir, manifest.Config), 'utf8'))) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Lines that tell what one image has and the other has not, settings among them; none where they are the same. */
export function differences(one: ImageListing, other: ImageListing): readonly string[] {
  const compared = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) =>
    [...new Set([...a.keys(), ...b.keys()])]
      .sort()
      .filter(key => a.get(key) !== b.get(key))
      .map(key => `${key}: ${a.get(key) ?? 'missing'} | ${b.get(key) ?? 'missing'}`);
  return [...compared(one.settings, other.settings), ...compared(one.files, other.files)];
}

interface DockerConfig {
  readonly os: string;
  readonly architecture: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Settings that say something; what a builder writes of itself or leaves empty is none. */
function settingsOf({ os, architecture, config }: DockerConfig): ReadonlyMap<string, string> {
  const own = [
    'User',
    'WorkingDir',
    'Entrypoint',
    'Cmd',
    'ExposedPorts',
    'Volumes',
    'StopSignal',
    'Labels',
    'Healthcheck',
  ];
  const list = (config.Env ?? []) as readonly string[];
  const env = list.map(word => [`env ${word.split('=')[0]}`, word] as const);
  const isSaid = (value: unknown) =>
    value !== undefined && value !== null && value !== '' && !['{}', '[]'].includes(JSON.stringify(value));
  const said = own.filter(name => isSaid(config[name])).map(name => [name, sorted(config[name])] as const);
  return new Map([['platform', `${os}/${architecture}`], ...said, ...env]);
}

/** Data as a text that does not depend on the order of keys. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

async function addLayer(files: Map<string, string>, layer: string): Promise<void> {
  // What a layer takes away is what lies below it, wherever in the layer that is said.
  const below = [...files.keys()];
  const removed = (gone: (path: string) => boolean) => {
    for (const path of below) if (gone(path)) files.delete(path);
  };
  const added: [string, string][] = [];
  const links: [string, string][] = [];
  const tar = extract();
  const bytes = createReadStream(layer);
  const reading = isGzip(layer) ? pipeline(bytes, createGunzip(), tar) : pipeline(bytes, tar);
  for await (const entry of tar) {
    const { header } = entry;
    const path = `/${header.name.replace(/^\.?\//, '').replace(/\/$/, '')}`;
    const at = path.lastIndexOf('/');
    const [parent, name] = [path.slice(0, at), path.slice(at + 1)];
    const hash = createHash('sha256');
    for await (const chunk of entry) hash.update(chunk as Buffer);
    if (name === '.wh..wh..opq') removed(other => other.startsWith(`${parent}/`));
    else if (name.startsWith('.wh.')) {
      const gone = `${parent}/${name.slice(4)}`;
      removed(other => other === gone || other.startsWith(`${gone}/`));
    } else if (path === '/') continue;
    else if (header.type === 'link') links.push([path, `/${header.linkname!.replace(/^\.?\//, '')}`]);
    else {
      if (header.type !== 'directory') removed(other => other.startsWith(`${path}/`));
      added.push([path, lineOf(header, hash.digest('hex'))]);
    }
  }
  await reading;
  for (const [path, line] of added) files.set(path, line);
  // A name more for a file: builders do not agree on which of its names is the first.
  for (const [path, target] of links) files.set(path, files.get(target)!);
}

function lineOf({ type, mode, uid, gid, linkname, pax }: Header, sha256: string): string {
  const attributes = Object.entries(pax ?? {})
    .filter(([name]) => name.startsWith('SCHILY.xattr.'))
    .map(([name, value]) => ` ${name.slice('SCHILY.xattr.'.length)}=${Buffer.from(String(value)).toString('hex')}`);
  const owner = `${uid}:${gid}`;
  if (type === 'symlink') return `link ${owner} ${linkname}`;
  const rights = ((mode ?? 0) & 0o7777).toString(8);
  return `${type} ${rights} ${owner}${type === 'file' ? ` ${sha256}` : ''}${attributes.sort().join('')}`;
}

function isGzip(path: string): boolean {
  const file = openSync(path, 'r');
  const start = Buffer.alloc(2);
  readSync(file, start, 0, 2, 0);
  closeSync(file);
  return start.equals(Buffer.from([0x1f, 0x8b]));
}
