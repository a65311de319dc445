import { join } from 'node:path';
import { type LayoutOptions, type WritableImage, writeOciLayout } from '../../../engine/oci/image.js';
import type { ImageConfig } from '../../../engine/oci/image-config.js';
import type { LayerBlob } from '../../../engine/oci/kept-blobs.js';
import { layerBlob } from '../../../engine/oci/layer-tar.js';
import { addLayer, busyboxStack, type LayerStack } from './overlay.js';
import { recordsIn } from './records.js';

/** What a container engine puts into any root file system for a run. */
export const RUNTIME_DIRS = ['dev', 'proc', 'sys', 'run', 'etc'];

/** Each step changes what an earlier one left, in all the ways a layer can. */
export const STEPS: readonly string[] = [
  `mkdir -p /d/sub /keep /wipe/deep /t /wh
   echo one > /d/a; echo two > /d/b; echo s > /d/sub/s; echo w > /wipe/deep/w; echo x > /wh/x
   echo f > /file-to-dir; ln -s d /link-to-dir; mkdir /dir-to-file; echo x > /dir-to-file/x
   echo h > /hard1; ln /hard1 /d/hard2; chmod 4755 /d/a; chown 12:34 /d/b; chmod 1777 /t; mkfifo /pipe
   echo k > /keep/owned; chown 300000:3000000 /keep/owned; echo k > /keep/same1; ln /keep/same1 /d/same2; ln -s x /d/l1; ln /d/l1 /keep/l2; : > /empty; chmod 000 /empty; ln -s /hard1 /abs; ln -s ../nowhere /d/dangling
   echo long > "/d/$(printf '%0150d' 7)"; ln -s "$(printf '%0150d' 8)" /longlink; echo odd > "/with
newline \\ and é"; cp /bin/busybox /big; echo end >> /big`,
  `rm /d/a; rm -rf /wipe; mkdir /wipe; echo new > /wipe/new; rm -rf /wh
   rm /file-to-dir; mkdir /file-to-dir; echo in > /file-to-dir/in
   rm /link-to-dir; mkdir /link-to-dir; echo in > /link-to-dir/in
   rm -rf /dir-to-file; echo now > /dir-to-file; chmod 700 /keep; chown 7:8 /keep`,
  `rm -rf /d/sub; mkdir -p /d/sub/new; mv /file-to-dir /moved; echo 3 >> /hard1; echo more > /wipe/more; rm /pipe`,
];

export const CONFIG: ImageConfig = {
  env: ['PATH=/bin', 'GREETING=hello there'],
  entrypoint: ['/bin/sh', '-c'],
  cmd: ['echo $GREETING; id -u; pwd'],
  user: '1000:1000',
  workdir: '/keep2',
  labels: { 'org.opencontainers.image.title': 'test', a: 'b' },
  exposedPorts: ['8000/tcp', '53/udp'],
  stopSignal: 'SIGINT',
  healthcheck: {
    test: ['CMD', 'true'],
    interval: 5_000_000_000,
    timeout: 2_000_000_000,
    startPeriod: 1_000_000_000,
    retries: 4,
  },
};
export const PLATFORM = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };

export interface SampleImage {
  readonly stack: LayerStack;
  readonly layers: readonly LayerBlob[];
  readonly image: WritableImage;
  /** Writes the image, or those given, as a layout below the directory. */
  readonly layout: (
    name: string,
    options?: Partial<LayoutOptions>,
  ) => Promise<{ readonly dir: string; readonly digest: string }>;
  /** Writes the stack's layers into a blobs directory. */
  readonly blobs: (blobsDir: string) => Promise<LayerBlob[]>;
}

/** Makes an image out of `STEPS` and `CONFIG`, with everything it needs below `dir`. */
export async function sampleImage(dir: string): Promise<SampleImage> {
  const stack = await busyboxStack(join(dir, 'store'));
  for (const step of STEPS) await addLayer(stack, step);
  const blobs = async (blobsDir: string) => {
    const written = [];
    for (const [i, layer] of stack.layers.entries())
      written.push(await layerBlob({ layer, records: recordsIn(dir), times: 'settled', blobsDir, key: `layer-${i}` }));
    return written;
  };
  const layers = await blobs(join(dir, 'blobs'));
  const image: WritableImage = { platform: PLATFORM, config: CONFIG, layers };
  return {
    stack,
    layers,
    image,
    blobs,
    layout: async (name, options = {}) => {
      const at = join(dir, name);
      return { dir: at, digest: await writeOciLayout({ dir: at, images: [image], ...options }) };
    },
  };
}
