/** What the answer of a container's field depends on beyond its description. */
import { resolveOwner } from '../../fs/owner.js';
import { absolutePath, type ContainerState, locate, mountAt } from '../../objects/container.js';
import type { TreeRef } from '../../objects/op.js';
import type { Api, Args } from '../api.js';
import { requireType } from './trees.js';

/** Makes all of a container: its root file system and what is mounted. @throws Error when something of it cannot be made */
export async function evaluate(api: Api, state: ContainerState): Promise<void> {
  await Promise.all([
    api.solver.solve(state.rootfs),
    ...state.mounts.map(m =>
      m.kind === 'directory' || m.kind === 'file' ? requireType(api, m.source, m.kind) : undefined,
    ),
  ]);
}

const numbers = /^\d+(:\d+)?$/;

/** An owner as `uid:gid`, names looked up in the container. @throws Error when a name is unknown there */
export async function ownerNumbers(api: Api, state: ContainerState, owner: string): Promise<string> {
  if (numbers.test(owner)) return owner;
  const { layers } = await api.solver.solve(state.rootfs);
  const found = resolveOwner(await api.context.overlays.view(layers), owner);
  return found === undefined ? '' : `${found.uid}:${found.gid}`;
}

/** A path of a container as a path below the tree it lies in. */
export function placeOf(state: ContainerState, path: string, args: Args): [tree: TreeRef, args: Args] {
  const absolute = absolutePath(state, path);
  const mount = mountAt(state, absolute);
  if (mount === undefined)
    return [
      { op: state.rootfs, path: '/' },
      { ...args, path: absolute },
    ];
  const { op, path: inside } = locate(state, path);
  return [
    { op, path: '/' },
    { ...args, path: inside },
  ];
}
