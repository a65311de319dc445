/** Fields of Query: where every object comes from. */

import { hostPlatform } from '../../images/resolve.js';
import { emptyContainer } from '../../objects/container.js';
import { sha256 } from '../../objects/digest.js';
import { emptyTree } from '../../objects/op.js';
import type { TypeName } from '../../objects/registry.js';
import { type Fields, object, type Resolver } from '../api.js';
import { writeFile } from './trees.js';

/** The release of Dagger's API that this engine speaks. */
export const apiVersion = 'v0.21.8';

const platformForm = /^linux\/(amd64|arm64|arm|386|ppc64le|s390x|riscv64)(\/v\d+)?$/;

function checkedPlatform(platform: string | null | undefined): string {
  if (platform == null) return hostPlatform;
  if (!platformForm.test(platform))
    throw new Error(`invalid platform ${JSON.stringify(platform)}: expected a form such as linux/amd64 or linux/arm64`);
  return platform;
}

const loadable = [
  'Container',
  'Directory',
  'File',
  'Service',
  'Secret',
  'CacheVolume',
  'EnvVariable',
  'Label',
  'Port',
  'HealthcheckConfig',
  'Stat',
  'Host',
] as const satisfies readonly TypeName[];
const loaders = Object.fromEntries(
  loadable.map(type => [
    `load${type}FromID`,
    ((_, args, api) => object(type, api.registry.load(args.id, type))) satisfies Resolver<'Query'>,
  ]),
);

export const queryFields: Fields<'Query'> = {
  ...loaders,
  version: () => apiVersion,
  defaultPlatform: () => hostPlatform,
  container: (_, args) => object('Container', emptyContainer(checkedPlatform(args.platform))),
  directory: () => object('Directory', { op: emptyTree, path: '/' }),
  file: (_, args) =>
    object('File', {
      op: writeFile({ op: emptyTree, path: `/${args.name}` }, { ...args, path: args.name }),
      path: `/${args.name}`,
    }),
  host: () => object('Host', {}),
  node: (_, args, api) => api.registry.loadAny(args.id),
  cacheVolume: (_, args, api) =>
    object('CacheVolume', {
      key: args.key,
      owner: args.owner ?? '',
      ...(args.sharing == null ? {} : { sharing: args.sharing }),
      ...(args.source == null ? {} : { source: api.registry.load(args.source, 'Directory') }),
    }),
  setSecret(_, args, api) {
    api.context.secrets.set(args.name, args.plaintext);
    return object('Secret', { secret: args.name, name: args.name, uri: '' });
  },
  secret: (_, args) =>
    object('Secret', { secret: args.uri, name: args.cacheKey ?? sha256(args.uri).slice(0, 16), uri: args.uri }),
};
