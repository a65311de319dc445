/** Fields of Query: where every object comes from. */

import { defined } from '../../defined.js';
import { emptyContainer } from '../../objects/container.js';
import { emptyEnvFile } from '../../objects/env-file.js';
import { emptyTree } from '../../objects/op.js';
import { hostPlatform, parsePlatform } from '../../objects/platform.js';
import type { TypeName } from '../../objects/registry.js';
import { type Fields, object, type Resolver } from '../api.js';
import { addressOf } from './address.js';
import { openRemote } from './git.js';
import { fetchHttp } from './http.js';
import { openSecret } from './secret.js';
import { newFile } from './trees.js';

/** The release of Dagger's API that this engine speaks. */
const apiVersion = 'v0.21.8';

const loadable = [
  'Container',
  'Directory',
  'File',
  'Service',
  'Secret',
  'CacheVolume',
  'Socket',
  'EnvVariable',
  'Label',
  'Port',
  'HealthcheckConfig',
  'Stat',
  'Host',
  'Changeset',
  'DiffStat',
  'Address',
  'GitRepository',
  'GitRef',
  'SearchResult',
  'SearchSubmatch',
  'EnvFile',
  'JSONValue',
  'Error',
  'ErrorValue',
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
  container: (_, args) =>
    object('Container', emptyContainer(args.platform == null ? hostPlatform : parsePlatform(args.platform))),
  directory: () => object('Directory', { op: emptyTree, path: '/' }),
  address: (_, args) => addressOf(args.value),
  git: (_, args, api) => openRemote(api, args),
  http: (_, args, api) => fetchHttp(api, args),
  json: () => object('JSONValue', { json: 'null' }),
  error: (_, args) => object('Error', { message: args.message, values: [] }),
  changeset: () => object('Changeset', { before: { op: emptyTree, path: '/' }, after: { op: emptyTree, path: '/' } }),
  envFile: () => object('EnvFile', emptyEnvFile),
  file: (_, args) => object('File', newFile(args.name, args)),
  host: () => object('Host', {}),
  node: (_, args, api) => api.registry.loadAny(args.id),
  cacheVolume: (_, args, api) =>
    object('CacheVolume', {
      key: args.key,
      owner: args.owner ?? '',
      ...defined({
        sharing: args.sharing ?? undefined,
        source: args.source == null ? undefined : api.registry.load(args.source, 'Directory'),
      }),
    }),
  setSecret(_, args, api) {
    api.context.secrets.set(args.name, args.plaintext);
    return object('Secret', { secret: args.name, name: args.name, uri: '' });
  },
  secret: (_, args, api) => openSecret(api, args.uri, args.cacheKey ?? undefined),
};
