/** Fields of the small objects: their data as it is. */

import { formatDuration, parseDuration } from '../../objects/image-config.js';
import { type Fields, object } from '../api.js';

const pair = { name: (v: { name: string }) => v.name, value: (v: { value: string }) => v.value } as const;
const goDuration = (text: string): string => formatDuration(text === '' ? 0 : parseDuration(text));

export const envVariableFields: Fields<'EnvVariable'> = pair;
export const labelFields: Fields<'Label'> = pair;

export const portFields: Fields<'Port'> = {
  port: v => v.port,
  protocol: v => v.protocol,
  description: v => v.description,
  experimentalSkipHealthcheck: v => v.skipHealthcheck,
};

export const healthcheckFields: Fields<'HealthcheckConfig'> = {
  args: v => v.args,
  shell: v => v.shell,
  interval: v => goDuration(v.interval),
  timeout: v => goDuration(v.timeout),
  startPeriod: v => goDuration(v.startPeriod),
  startInterval: v => goDuration(v.startInterval),
  retries: v => v.retries,
};

export const statFields: Fields<'Stat'> = {
  size: v => v.size,
  name: v => v.name,
  fileType: v => v.fileType,
  permissions: v => v.permissions,
};

export const searchResultFields: Fields<'SearchResult'> = {
  filePath: v => v.filePath,
  lineNumber: v => v.lineNumber,
  absoluteOffset: v => v.absoluteOffset,
  matchedLines: v => v.matchedLines,
  submatches: v => v.submatches.map(match => object('SearchSubmatch', match)),
};

export const searchSubmatchFields: Fields<'SearchSubmatch'> = {
  text: v => v.text,
  start: v => v.start,
  end: v => v.end,
};

export const cacheVolumeFields: Fields<'CacheVolume'> = {};

export const secretFields: Fields<'Secret'> = {
  name: v => v.name,
  uri: v => v.uri,
  plaintext: (v, _, api) => api.context.secrets.plaintext(v.secret),
};
