/** Fields of Address: one text that names an object, as a command line would. */
import { emptyContainer } from '../../objects/container.js';
import { hostPlatform } from '../../objects/platform.js';
import { type Api, type Args, type Fields, object, type Resolver } from '../api.js';
import { containerRunFields } from './container-run.js';
import { directoryFields } from './directory.js';
import { gitRefFields, gitRepositoryFields, openRemote } from './git.js';
import { hostFields } from './host.js';
import { openSecret } from './secret.js';

/** A repository's address, with the ref and the path in it that stand behind its `#`. */
interface GitAddress {
  readonly url: string;
  readonly ref: string;
  readonly path: string;
}

/** Reads an address of git; undefined for what is a path of this machine. */
function gitAddress(text: string): GitAddress | undefined {
  if (!/^(?:https?|git|ssh):\/\//i.test(text) && !/^[\w.-]+@[^:/\s]+:/.test(text)) return undefined;
  const [url = '', fragment = ''] = text.split(/#(.*)/s);
  const [ref = '', path = ''] = fragment.split(/:(.*)/s);
  return { url, ref, path };
}

const localPath = (text: string): string => text.replace(/^file:\/\//, '');

/** What a field of an object that was made answers. */
async function ask<T>(
  fields: Readonly<Record<string, Resolver<never>>>,
  name: string,
  value: unknown,
  args: Args,
  api: Api,
): Promise<T> {
  return (await fields[name]!(value as never, args, api)) as T;
}

interface Made {
  readonly value: never;
}

async function refOf(api: Api, { url, ref }: GitAddress): Promise<Made> {
  const { value } = await openRemote(api, { url });
  return ref === ''
    ? ask(gitRepositoryFields, 'head', value, {}, api)
    : ask(gitRepositoryFields, 'ref', value, { name: ref }, api);
}

async function treeOf(api: Api, address: GitAddress): Promise<Made> {
  return ask(gitRefFields, 'tree', (await refOf(api, address)).value, {}, api);
}

async function localRepository(api: Api, path: string): Promise<Made> {
  const directory = await ask<Made>(hostFields, 'directory', {}, { path }, api);
  return ask(directoryFields, 'asGit', directory.value, {}, api);
}

/** The address of a secret, and what it counts as: a word alone is a variable, and `env:NAME` an older way to write `env://NAME`. */
function secretAddress(text: string): { readonly uri: string; readonly cacheKey: string | undefined } {
  const whole = text.includes(':') ? text.replace(/^([^:]*):(?!\/\/)/, '$1://') : `env://${text}`;
  const [base = '', query] = whole.split(/\?(.*)/s);
  const given = new URLSearchParams(query ?? '');
  const cacheKey = given.get('cacheKey') || undefined;
  if (cacheKey === undefined) return { uri: whole, cacheKey };
  given.delete('cacheKey');
  return { uri: given.size > 0 ? `${base}?${given}` : base, cacheKey };
}

export const addressFields: Fields<'Address'> = {
  value: ({ value }) => value,
  container: ({ value }, _, api) =>
    ask(containerRunFields, 'from', emptyContainer(hostPlatform), { address: value }, api),
  async directory({ value }, args, api) {
    const address = gitAddress(value);
    if (address === undefined) return ask(hostFields, 'directory', {}, { ...args, path: localPath(value) }, api);
    const tree = await treeOf(api, address);
    return address.path === '' ? tree : ask(directoryFields, 'directory', tree.value, { path: address.path }, api);
  },
  async file({ value }, args, api) {
    const address = gitAddress(value);
    if (address === undefined)
      return ask(hostFields, 'file', {}, { noCache: args.noCache, path: localPath(value) }, api);
    if (address.path === '') throw new Error('no file path specified within git repository');
    return ask(directoryFields, 'file', (await treeOf(api, address)).value, { path: address.path }, api);
  },
  async gitRepository({ value }, _, api) {
    const address = gitAddress(value);
    if (address === undefined) return localRepository(api, localPath(value));
    if (address.ref !== '') throw new Error('git repository address cannot contain ref');
    if (address.path !== '') throw new Error('git repository address cannot contain subdir');
    return openRemote(api, { url: address.url });
  },
  async gitRef({ value }, _, api) {
    const address = gitAddress(value);
    if (address?.path) throw new Error('git ref address cannot contain subdir');
    if (address !== undefined) return refOf(api, address);
    const [path = '', ref = ''] = value.split(/#(.*)/s);
    const repository = await localRepository(api, localPath(path));
    return ref === ''
      ? ask(gitRepositoryFields, 'head', repository.value, {}, api)
      : ask(gitRepositoryFields, 'ref', repository.value, { name: ref }, api);
  },
  socket: ({ value }, _, api) => ask(hostFields, 'unixSocket', {}, { path: value.replace(/^unix:\/\//, '') }, api),
  secret({ value }, _, api) {
    const { uri, cacheKey } = secretAddress(value);
    return openSecret(api, uri, cacheKey);
  },
};

/** An address. @throws Error for one that is empty */
export function addressOf(value: string) {
  if (value === '') throw new Error('resource cannot have empty address');
  return object('Address', { value });
}
