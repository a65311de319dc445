/** Every field that this engine serves, by type. What is not in here is refused by name. */
import type { TypeName } from '../objects/registry.js';
import type { Args, Resolver } from './api.js';
import { object } from './api.js';
import { addressFields } from './fields/address.js';
import { changesetFields, diffStatFields } from './fields/changeset.js';
import { containerConfigFields, containerFileFields } from './fields/container.js';
import { containerRunFields } from './fields/container-run.js';
import { directoryFields } from './fields/directory.js';
import { envFileFields } from './fields/env-file.js';
import { fileFields } from './fields/file.js';
import { gitRefFields, gitRepositoryFields } from './fields/git.js';
import { hostFields } from './fields/host.js';
import { errorFields, errorValueFields, jsonValueFields } from './fields/json-value.js';
import { queryFields } from './fields/query.js';
import { serviceFields } from './fields/service.js';
import {
  cacheVolumeFields,
  envVariableFields,
  healthcheckFields,
  labelFields,
  portFields,
  searchResultFields,
  searchSubmatchFields,
  secretFields,
  statFields,
} from './fields/values.js';

type Served = { readonly [T in TypeName]: Readonly<Record<string, Resolver<T>>> };

const tables: Served = {
  Query: queryFields,
  Host: hostFields,
  Container: { ...containerConfigFields, ...containerFileFields, ...containerRunFields },
  Directory: directoryFields,
  File: fileFields,
  Service: serviceFields,
  Secret: secretFields,
  CacheVolume: cacheVolumeFields,
  Socket: {},
  EnvVariable: envVariableFields,
  Label: labelFields,
  Port: portFields,
  HealthcheckConfig: healthcheckFields,
  Stat: statFields,
  Changeset: changesetFields,
  DiffStat: diffStatFields,
  Address: addressFields,
  GitRepository: gitRepositoryFields,
  GitRef: gitRefFields,
  SearchResult: searchResultFields,
  SearchSubmatch: searchSubmatchFields,
  EnvFile: envFileFields,
  JSONValue: jsonValueFields,
  Error: errorFields,
  ErrorValue: errorValueFields,
};

const withId = <T extends TypeName>(
  type: T,
  fields: Readonly<Record<string, Resolver<T>>>,
): Readonly<Record<string, Resolver<T>>> => ({
  ...fields,
  id: (value, _: Args, api) => api.registry.idOf(object(type, value)),
});

/** The served fields with `id` on every object. */
export const served: Readonly<Record<string, Readonly<Record<string, Resolver<never>>>>> = Object.fromEntries(
  Object.entries(tables).map(([type, fields]) => [type, withId(type as TypeName, fields as never)]),
);
