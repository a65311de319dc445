/** Turns a process's mounts into bind mounts of this machine, and says what is to be kept of them afterwards. */
import { join } from 'node:path';
import { defined } from '../defined.js';
import { copyDirectory } from '../fs/copy.js';
import { resolveOwner } from '../fs/owner.js';
import { rootPath } from '../fs/root-path.js';
import { everything, type Mount } from '../objects/op.js';
import type { BindMount } from '../podman/args.js';
import { forwardSocket } from '../podman/forward-socket.js';
import { removeSecretFile, writeSecretFile } from '../store/secret-files.js';
import type { VolumePurpose } from '../store/volumes.js';
import { finishLayer, openLayer } from '../store/written-layers.js';
import type { Engine, EngineContext } from './context.js';

/** A mount made ready: how podman gets it, and what to do after the process. */
export interface PreparedMount {
  readonly mount: BindMount;
  /** Layers of the mounted directory after a run that is kept, when it is one. */
  keep?(): Promise<readonly string[]>;
  /** Takes down what was put up; to be called in any case. */
  release(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

/** Mounts a directory or a file of a tree, writable unless it is read-only; what is written can be kept as a layer over the tree's. */
async function prepareTree(
  { context, solver }: Engine,
  mount: Extract<Mount, { kind: 'directory' | 'file' }>,
): Promise<PreparedMount> {
  const { layers } = await solver.solve(mount.source.op);
  if (mount.kind === 'directory' && mount.readOnly)
    return {
      mount: { kind: 'bind', source: await solver.locate(mount.source), target: mount.path, readOnly: true },
      release: nothing,
    };
  const layer = await openLayer(context, layers);
  const source = rootPath(layer.tree.root, mount.source.path);
  return {
    mount: { kind: 'bind', source, target: mount.path, readOnly: false },
    keep: () => finishLayer(context, layer),
    release: layer.release,
  };
}

async function prepareSecret(
  context: EngineContext,
  mount: Extract<Mount, { kind: 'secret' }>,
  root: string,
): Promise<PreparedMount> {
  const file = join(context.sessionDir, 'secrets', context.store.newLayer().id);
  const plaintext = await context.secrets.plaintext(mount.secret);
  writeSecretFile(file, plaintext, { owner: resolveOwner(root, mount.owner), mode: mount.mode });
  return {
    mount: { kind: 'bind', source: file, target: mount.path, readOnly: true },
    release: () => removeSecretFile(file),
  };
}

async function prepareSocket(
  context: EngineContext,
  mount: Extract<Mount, { kind: 'socket' }>,
  root: string,
): Promise<PreparedMount> {
  const file = join(context.sessionDir, `socket-${context.store.newLayer().id}`);
  const owner = resolveOwner(root, mount.owner) ?? { uid: 0, gid: 0 };
  const forward = await forwardSocket(mount.socket, { file, owner });
  return {
    mount: { kind: 'bind', source: file, target: mount.path, readOnly: false },
    release: async () => forward.close(),
  };
}

async function prepareCache(
  { context, solver }: Engine,
  mount: Extract<Mount, { kind: 'cache' }>,
  { root, keeps }: MountPlace,
): Promise<PreparedMount> {
  const { key, sharing, source } = mount;
  const owner = resolveOwner(root, mount.owner);
  const { directory, release } = await context.volumes.take({
    key,
    sharing,
    source,
    purpose: keeps,
    owner,
    signal: context.activity.signal,
    async fill(into) {
      if (source) await copyDirectory(await solver.locate(source), { root: into, path: '/' }, everything, { owner });
    },
  });
  return { mount: { kind: 'bind', source: directory, target: mount.path, readOnly: false }, release };
}

/** What a process is mounted over. */
export interface MountPlace {
  /** Its root file system, where owners' names are looked up. */
  readonly root: string;
  /** What it keeps in volumes. */
  readonly keeps: VolumePurpose;
}

/** Makes one mount of a process ready. */
export function prepareMount(engine: Engine, mount: Mount, place: MountPlace): Promise<PreparedMount> {
  switch (mount.kind) {
    case 'directory':
    case 'file':
      return prepareTree(engine, mount);
    case 'secret':
      return prepareSecret(engine.context, mount, place.root);
    case 'socket':
      return prepareSocket(engine.context, mount, place.root);
    case 'cache':
      return prepareCache(engine, mount, place);
    case 'temp':
      return Promise.resolve({
        mount: { kind: 'tmpfs', target: mount.path, ...defined({ size: mount.size }) },
        release: nothing,
      });
  }
}
