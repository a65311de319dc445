/** Fields of Container that describe: its config, its files and what is mounted. Those that run or write are in container-run.ts. */
import { posix } from 'node:path';
import { defined } from '../../defined.js';
import {
  absolutePath,
  type ContainerState,
  expandVariables,
  isBeside,
  locate,
  mountAt,
  updateTree,
  withMount,
  withoutMount,
  withoutSocket,
} from '../../objects/container.js';
import { type ImageConfig, pairValue, parseDuration, withoutPair, withPair } from '../../objects/image-config.js';
import { defineOp, type Mount, type TreeRef } from '../../objects/op.js';
import { cleanPath } from '../../objects/patterns.js';
import { type Api, type Args, type Fields, object, type Resolver } from '../api.js';
import { variablesOf } from './env-file.js';
import { evaluate, ownerNumbers, placeOf } from './evaluated.js';
import { asRoot, copyFile, copyTree, existsIn, makeLink, newFile, removePaths, requireStat } from './trees.js';

const container = (state: ContainerState) => object('Container', state);
/** A container that is no longer what an image made it. */
const changed = ({ imageRef: _, ...state }: ContainerState) => container(state);
const configured = (state: ContainerState, change: Partial<ImageConfig>) =>
  changed({ ...state, config: { ...state.config, ...change } });
const expanded = (state: ContainerState, text: string, args: Args): string =>
  args.expand ? expandVariables(state, text) : text;
const pathOf = (state: ContainerState, args: Args): string => expanded(state, args.path, args);
const mounted = (state: ContainerState, mount: Mount) => changed(withMount(state, mount));

const withEntrypoint = (state: ContainerState, entrypoint: readonly string[], args: Args) =>
  configured(state, { entrypoint, defaultArgs: args.keepDefaultArgs ? state.config.defaultArgs : [] });

/** A field that reads the description, of a container that could be made. */
const described =
  (read: (state: ContainerState, args: Args) => unknown): Resolver<'Container'> =>
  async (state, args, api) => {
    await evaluate(api, state);
    return read(state, args);
  };

/** A mounted tree that belongs to someone else than where it comes from. Names are the container's. */
async function ownedBy(api: Api, state: ContainerState, source: TreeRef, owner: string): Promise<TreeRef> {
  if (owner === '') return source;
  const numbers = await ownerNumbers(api, state, owner);
  return { op: defineOp({ kind: 'chown', base: source.op, path: source.path, owner: numbers }), path: source.path };
}

const listed = (type: 'EnvVariable' | 'Label', pairs: ImageConfig['env']) =>
  pairs.map(([name, value]) => object(type, { name, value }));
const samePort = (args: Args) => (p: { port: number; protocol: string }) =>
  p.port === args.port && p.protocol === args.protocol;

export const containerConfigFields: Fields<'Container'> = {
  platform: described(state => state.platform),
  imageRef(state) {
    if (state.imageRef === undefined) throw new Error('only a container just made from an image has its reference');
    return state.imageRef;
  },
  entrypoint: described(state => state.config.entrypoint),
  defaultArgs: described(state => state.config.defaultArgs),
  user: described(state => state.config.user),
  workdir: described(state => state.config.workdir),
  envVariable: described((state, args) => pairValue(state.config.env, args.name) ?? null),
  envVariables: described(state => listed('EnvVariable', state.config.env)),
  label: described((state, args) => pairValue(state.config.labels, args.name) ?? null),
  labels: described(state => listed('Label', state.config.labels)),
  exposedPorts: described(state => state.config.ports.map(p => object('Port', p))),
  dockerHealthcheck: described(({ config }) =>
    config.healthcheck ? object('HealthcheckConfig', config.healthcheck) : null,
  ),
  mounts: described(state => state.mounts.filter(m => !isBeside(m)).map(m => m.path)),

  withEntrypoint: (state, args) => withEntrypoint(state, args.args, args),
  withoutEntrypoint: (state, args) => withEntrypoint(state, [], args),
  withDefaultArgs: (state, args) => configured({ ...state, defaultArgsSet: true }, { defaultArgs: args.args }),
  withoutDefaultArgs: state => configured({ ...state, defaultArgsSet: false }, { defaultArgs: [] }),
  withDefaultTerminalCmd: (state, args) => container({ ...state, terminalArgs: args.args }),
  withUser: (state, args) => configured(state, { user: args.name }),
  withoutUser: state => configured(state, { user: '' }),
  withWorkdir: (state, args) => configured(state, { workdir: absolutePath(state, pathOf(state, args)) }),
  withoutWorkdir: state => configured(state, { workdir: '' }),
  withEnvVariable: (state, args) =>
    configured(state, { env: withPair(state.config.env, args.name, expanded(state, args.value, args)) }),
  withoutEnvVariable: (state, args) => configured(state, { env: withoutPair(state.config.env, args.name) }),
  withVolatileVariable: (state, args) =>
    container({ ...state, volatileEnv: withPair(state.volatileEnv, args.name, args.value) }),
  withoutVolatileVariable: (state, args) =>
    container({ ...state, volatileEnv: withoutPair(state.volatileEnv, args.name) }),
  withEnvFileVariables: (state, args, api) =>
    configured(state, {
      env: variablesOf(api, api.registry.load(args.source, 'EnvFile')).reduce(
        (env, [name, value]) => withPair(env, name, value),
        state.config.env,
      ),
    }),
  withLabel: (state, args) => configured(state, { labels: withPair(state.config.labels, args.name, args.value) }),
  withoutLabel: (state, args) => configured(state, { labels: withoutPair(state.config.labels, args.name) }),
  withAnnotation: (state, args) =>
    configured(state, { annotations: withPair(state.config.annotations, args.name, args.value) }),
  withoutAnnotation: (state, args) =>
    configured(state, { annotations: withoutPair(state.config.annotations, args.name) }),
  withExposedPort(state, args) {
    const port = {
      port: args.port,
      protocol: args.protocol,
      description: args.description ?? null,
      skipHealthcheck: args.experimentalSkipHealthcheck ?? false,
    };
    const { ports } = state.config;
    const known = ports.some(samePort(args));
    return configured(state, { ports: known ? ports.map(p => (samePort(args)(p) ? port : p)) : [...ports, port] });
  },
  // With one port, those that only the image exposes go as well.
  withoutExposedPort: (state, args) =>
    configured(state, { ports: state.config.ports.filter(p => !p.fromImage && !samePort(args)(p)) }),
  withDockerHealthcheck(state, args) {
    if (args.shell && args.args.length !== 1)
      throw new Error('withDockerHealthcheck: with shell, args must be a single element');
    if (args.args.length === 0) throw new Error('withDockerHealthcheck: args is missing');
    const given = [args.interval, args.timeout, args.startPeriod, args.startInterval];
    for (const text of given) if (text != null) parseDuration(text);
    const [interval = '', timeout = '', startPeriod = '', startInterval = ''] = given.map(text => text ?? '');
    const durations = { interval, timeout, startPeriod, startInterval };
    return configured(state, {
      healthcheck: { args: args.args, shell: args.shell ?? false, retries: args.retries ?? 0, ...durations },
    });
  },
  withoutDockerHealthcheck(state) {
    const { healthcheck: _, ...config } = state.config;
    return changed({ ...state, config });
  },
  withSecretVariable: (state, args, api) =>
    changed({
      ...state,
      secretEnv: withPair(state.secretEnv, args.name, api.registry.load(args.secret, 'Secret').secret),
    }),
  withoutSecretVariable: (state, args) => changed({ ...state, secretEnv: withoutPair(state.secretEnv, args.name) }),
  withRegistryAuth: (state, args, api) =>
    container({
      ...state,
      registryAuth: [
        ...state.registryAuth.filter(a => a.address !== args.address),
        { address: args.address, username: args.username, secret: api.registry.load(args.secret, 'Secret').secret },
      ],
    }),
  withoutRegistryAuth: (state, args) =>
    container({ ...state, registryAuth: state.registryAuth.filter(a => a.address !== args.address) }),
  withServiceBinding(state, args, api) {
    const service = api.registry.load(args.service, 'Service');
    return container({
      ...state,
      bindings: [...state.bindings.filter(b => b.alias !== args.alias), { alias: args.alias, service }],
    });
  },
  withError(state, args) {
    if (args.err !== '') throw new Error(args.err);
    return container(state);
  },
};

interface FileCopy {
  readonly path: string;
  readonly source: TreeRef;
  readonly args: Args;
}

/** Copies a file into the container, over whatever is mounted in its place. */
async function copyInto(api: Api, state: ContainerState, { path, source, args }: FileCopy) {
  const owner = await ownerIn(api, state, path, args.owner ?? '');
  return updateTree(state, path, true, at =>
    copyFile(at, source, { ...args, owner }, path.startsWith('/') && !mountAt(state, path) ? path : ''),
  );
}

/** In a mounted tree, names of owners are still the container's. */
const ownerIn = async (api: Api, state: ContainerState, path: string, owner: string): Promise<string> =>
  owner === '' || mountAt(state, absolutePath(state, path)) === undefined ? owner : ownerNumbers(api, state, owner);

const without = (state: ContainerState, path: string): ContainerState =>
  updateTree(state, path, true, at => removePaths(at.op, [at.path]));

export const containerFileFields: Fields<'Container'> = {
  rootfs: state => object('Directory', { op: state.rootfs, path: '/' }),
  withRootfs: (state, args, api) => {
    const directory = api.registry.load(args.directory, 'Directory');
    return changed({ ...state, rootfs: asRoot(directory) });
  },
  directory: (state, args) => object('Directory', locate(state, pathOf(state, args))),
  file: (state, args) => object('File', locate(state, pathOf(state, args))),
  async stat(state, args, api) {
    await evaluate(api, state);
    return object('Stat', await requireStat(api, ...placeOf(state, args.path, args)));
  },
  async exists(state, args, api) {
    await evaluate(api, state);
    return existsIn(api, ...placeOf(state, pathOf(state, args), args));
  },
  async withDirectory(state, args, api) {
    const path = pathOf(state, args);
    const source = api.registry.load(args.source, 'Directory');
    const owner = await ownerIn(api, state, path, args.owner ?? '');
    // Permissions are an argument of directories alone.
    const options = { ...args, owner, permissions: null };
    return changed(updateTree(state, path, false, at => copyTree(at, source, options)));
  },
  async withFile(state, args, api) {
    const source = api.registry.load(args.source, 'File');
    return changed(await copyInto(api, state, { path: pathOf(state, args), source, args }));
  },
  async withFiles(state, args, api) {
    const path = pathOf(state, args);
    let current = state;
    for (const id of args.sources as string[]) {
      const source = api.registry.load(id, 'File');
      const at = posix.join(path, posix.basename(source.path));
      current = await copyInto(api, current, { path: at, source, args });
    }
    return changed(current);
  },
  async withNewFile(state, args, api) {
    const path = pathOf(state, args);
    const source = newFile(posix.basename(cleanPath(path)), args);
    return changed(await copyInto(api, state, { path, source, args: { owner: args.owner } }));
  },
  withSymlink: (state, args) =>
    changed(
      updateTree(state, expanded(state, args.linkName, args), true, at =>
        makeLink(at, expanded(state, args.target, args)),
      ),
    ),
  withoutDirectory: (state, args) => changed(without(state, pathOf(state, args))),
  withoutFile: (state, args) => changed(without(state, pathOf(state, args))),
  withoutFiles: (state, args) =>
    changed((args.paths as string[]).reduce((s, path) => without(s, expanded(s, path, args)), state)),
  withMountedDirectory: async (state, args, api) =>
    mounted(state, {
      kind: 'directory',
      path: absolutePath(state, pathOf(state, args)),
      source: await ownedBy(api, state, api.registry.load(args.source, 'Directory'), args.owner ?? ''),
      readOnly: args.readOnly ?? false,
    }),
  withMountedFile: async (state, args, api) =>
    mounted(state, {
      kind: 'file',
      path: absolutePath(state, pathOf(state, args)),
      source: await ownedBy(api, state, api.registry.load(args.source, 'File'), args.owner ?? ''),
    }),
  withMountedTemp: (state, args) =>
    mounted(state, {
      kind: 'temp',
      path: absolutePath(state, pathOf(state, args)),
      ...defined({ size: args.size ?? undefined }),
    }),
  withMountedSecret: (state, args, api) =>
    mounted(state, {
      kind: 'secret',
      path: absolutePath(state, pathOf(state, args)),
      secret: api.registry.load(args.source, 'Secret').secret,
      owner: args.owner ?? '',
      mode: args.mode,
    }),
  withUnixSocket: (state, args, api) => {
    const path = absolutePath(state, pathOf(state, args));
    const { path: socket } = api.registry.load(args.source, 'Socket');
    return mounted(withoutSocket(state, path), { kind: 'socket', path, socket, owner: args.owner ?? '' });
  },
  withoutUnixSocket: (state, args) => changed(withoutSocket(state, pathOf(state, args))),
  withMountedCache: (state, args, api) => {
    const volume = api.registry.load(args.cache, 'CacheVolume');
    const source = args.source == null ? volume.source : api.registry.load(args.source, 'Directory');
    return mounted(state, {
      kind: 'cache',
      path: absolutePath(state, pathOf(state, args)),
      key: volume.key,
      sharing: args.sharing ?? volume.sharing ?? 'SHARED',
      owner: args.owner || volume.owner,
      ...defined({ source }),
    });
  },
  withoutMount: (state, args) => changed(withoutMount(state, pathOf(state, args))),
};
