/** Archives of images as nobody should write them: every byte of a header can be said. */
import { createHash } from 'node:crypto';

export interface Member {
  readonly name: string | Buffer;
  /** The header's type: a file unless it is said. */
  readonly flag?: string;
  readonly body?: Buffer | string;
  readonly link?: string;
  readonly mode?: number;
  /** Said of the body's size in place of the truth. */
  readonly size?: number;
  readonly device?: readonly [major: number, minor: number];
}

const padded = (body: Buffer): Buffer => Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);

function header({ name, flag = '0', body = '', link = '', mode = 0o644, size, device }: Member): Buffer {
  const block = Buffer.alloc(512);
  Buffer.from(name as string).copy(block, 0, 0, 100);
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size ?? Buffer.byteLength(body), 124, 11);
  octal(0, 136, 11);
  block.fill(' ', 148, 156);
  block.write(flag, 156);
  block.write(link, 157, 100, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  octal(device?.[0] ?? 0, 329, 7);
  octal(device?.[1] ?? 0, 337, 7);
  block.write(
    block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0'),
    148,
  );
  block[154] = 0;
  return block;
}

/** A tar file of members, as they are given. */
export const tar = (members: readonly Member[]): Buffer =>
  Buffer.concat([
    ...members.flatMap(member => [header(member), padded(Buffer.from((member.body ?? '') as string))]),
    Buffer.alloc(1024),
  ]);

/** The records of a pax header for the member that comes next. */
export function pax(records: Readonly<Record<string, string>>): Member {
  const record = (key: string, value: string): string => {
    const rest = ` ${key}=${value}\n`;
    const length = [1, 2, 3, 4, 5, 6, 7, 8].find(digits => String(rest.length + digits).length === digits)!;
    return `${rest.length + length}${rest}`;
  };
  return {
    name: 'PaxHeaders/x',
    flag: 'x',
    body: Object.entries(records)
      .map(([key, value]) => record(key, value))
      .join(''),
  };
}

export const sha = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** What of an image is to be other than it should. */
export interface Twist {
  readonly layer?: Buffer;
  /** What is stored as the layer in place of it. */
  readonly stored?: Buffer;
  readonly config?: object | string;
  readonly manifest?: (manifest: Record<string, unknown>) => unknown;
  readonly index?: (descriptor: Record<string, unknown>) => unknown;
}

const ociType = (what: string): string => `application/vnd.oci.image.${what}`;

/** The members of an OCI archive of one image with one layer. */
export function image(twist: Twist = {}): Member[] {
  const layer = twist.layer ?? tar([{ name: 'f', body: 'x' }]);
  const json = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const described = (bytes: Buffer | string, mediaType: string) => ({
    mediaType,
    digest: `sha256:${sha(bytes)}`,
    size: Buffer.byteLength(bytes),
  });
  const config = json(
    twist.config ?? {
      os: 'linux',
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      config: {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha(layer)}`] },
    },
  );
  const stored = twist.stored ?? layer;
  const plain = {
    schemaVersion: 2,
    mediaType: ociType('manifest.v1+json'),
    config: described(config, ociType('config.v1+json')),
    layers: [described(stored, ociType(`layer.v1.tar${stored[0] === 0x1f ? '+gzip' : ''}`))],
  };
  const manifest = json(twist.manifest?.(plain) ?? plain);
  const descriptor = described(manifest, ociType('manifest.v1+json'));
  const index = twist.index?.(descriptor) ?? { schemaVersion: 2, manifests: [descriptor] };
  return [
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
    { name: `blobs/sha256/${sha(config)}`, body: config },
    { name: `blobs/sha256/${sha(stored)}`, body: stored },
    { name: `blobs/sha256/${sha(manifest)}`, body: manifest },
    { name: 'index.json', body: json(index) },
  ];
}

/** The members of what `docker save` writes of one image, its layer under a name. */
export function saved(layerName: string, layer: Buffer, also: readonly Member[] = []): Member[] {
  const config = JSON.stringify({
    os: 'linux',
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha(layer)}`] },
  });
  const manifest = [{ Config: `${sha(config)}.json`, RepoTags: ['x:1'], Layers: [layerName] }];
  return [
    { name: `${sha(config)}.json`, body: config },
    ...also,
    { name: 'manifest.json', body: JSON.stringify(manifest) },
  ];
}
