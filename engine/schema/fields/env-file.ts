/** Fields of EnvFile: variables in a file, as they are written and with their values filled in. */
import {
  checkEnvFile,
  type EnvFile,
  envFileText,
  expandedVariable,
  expandedVariables,
  hasVariable,
  inNamespace,
  rawVariables,
  readEnvFile,
  withoutVariable,
  withVariable,
} from '../../objects/env-file.js';
import type { Pairs } from '../../objects/image-config.js';
import { type Api, type Fields, object } from '../api.js';
import { newFile } from './trees.js';

const envFile = (file: EnvFile) => object('EnvFile', file);

/** What values may name besides the file's own: variables of whoever runs the engine. */
const outside =
  ({ context }: Api) =>
  (name: string): string | undefined =>
    context.env[name];

/** A text as a file of variables. @throws Error for one that is none */
export function envFileOf(api: Api, text: string): EnvFile {
  const file = readEnvFile(text);
  checkEnvFile(file, outside(api));
  return file;
}

/** The variables of a file with their values. @throws Error where one has none */
export function variablesOf(api: Api, file: EnvFile): Pairs {
  return expandedVariables(file, outside(api));
}

export const envFileFields: Fields<'EnvFile'> = {
  variables: (file, { raw }, api) =>
    (raw ? rawVariables(file) : variablesOf(api, file)).map(([name, value]) => object('EnvVariable', { name, value })),
  get(file, { name, raw }, api) {
    if (raw) return rawVariables(file).find(([known]) => known === name)?.[1] ?? '';
    return expandedVariable(file, name, outside(api)) ?? '';
  },
  exists: (file, args) => hasVariable(file, args.name),
  withVariable(file, args, api) {
    const changed = withVariable(file, args.name, args.value);
    checkEnvFile(changed, outside(api));
    return envFile(changed);
  },
  withoutVariable: (file, args) => envFile(withoutVariable(file, args.name)),
  namespace: (file, args) => envFile(inNamespace(file, args.prefix)),
  asFile: file => object('File', newFile('.env', { contents: envFileText(file) })),
};
