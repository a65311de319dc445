/** Fields of Container that describe: its config, its files and what is mounted. Those that run or write are in container-run.ts. */
import { posix } from 'node:path';
import { absolutePath, type ContainerState, expandVariables, locate, updateTree } from '../../objects/container.js';
import { type ImageConfig, pairValue, parseDuration, withoutPair, withPair } from '../../objects/image-config.js';
import type { Mount } from '../../objects/op.js';
import { type Args, type Fields, object } from '../api.js';
import { asRoot, copyFile, copyTree, existsIn, makeLink, removePaths, statOf, writeFile } from './trees.js';

const container = (state: ContainerState) => object('Container', state);
const configured = (state: ContainerState, change: Partial<ImageConfig>) =>
  container({ ...state, config: { ...state.config, ...change } });
const expanded = (state: ContainerState, text: string, args: Args): string =>
  args.expand ? expandVariables(state, text) : text;
const pathOf = (state: ContainerState, args: Args): string => expanded(state, args.path, args);

function mounted(state: ContainerState, mount: Mount) {
  return container({ ...state, mounts: [...state.mounts.filter(m => m.path !== mount.path), mount] });
}

const listed = (type: 'EnvVariable' | 'Label', pairs: ImageConfig['env']) =>
  pairs.map(([name, value]) => object(type, { name, value }));
const samePort = (args: Args) => (p: { port: number; protocol: string }) =>
  p.port === args.port && p.protocol === args.protocol;

export const containerConfigFields: Fields<'Container'> = {
  platform: state => state.platform,
  imageRef(state) {
    if (state.imageRef === undefined) throw new Error('the container was not made from an image: it has no reference');
    return state.imageRef;
  },
  entrypoint: state => state.config.entrypoint,
  defaultArgs: state => state.config.defaultArgs,
  user: state => state.config.user,
  workdir: state => state.config.workdir || '/',
  envVariable: (state, args) => pairValue(state.config.env, args.name) ?? null,
  envVariables: state => listed('EnvVariable', state.config.env),
  label: (state, args) => pairValue(state.config.labels, args.name) ?? null,
  labels: state => listed('Label', state.config.labels),
  exposedPorts: state => state.config.ports.map(p => object('Port', p)),
  dockerHealthcheck: state => (state.config.healthcheck ? object('HealthcheckConfig', state.config.healthcheck) : null),
  mounts: state => state.mounts.map(m => m.path),

  withEntrypoint: (state, args) =>
    configured(state, { entrypoint: args.args, ...(args.keepDefaultArgs ? {} : { defaultArgs: [] }) }),
  withoutEntrypoint: (state, args) =>
    configured(state, { entrypoint: [], ...(args.keepDefaultArgs ? {} : { defaultArgs: [] }) }),
  withDefaultArgs: (state, args) => configured(state, { defaultArgs: args.args }),
  withoutDefaultArgs: state => configured(state, { defaultArgs: [] }),
  withDefaultTerminalCmd: (state, args) => container({ ...state, terminalArgs: args.args }),
  withUser: (state, args) => configured(state, { user: args.name }),
  withoutUser: state => configured(state, { user: '' }),
  withWorkdir: (state, args) => configured(state, { workdir: absolutePath(state, pathOf(state, args)) }),
  withoutWorkdir: state => configured(state, { workdir: '' }),
  withEnvVariable: (state, args) =>
    configured(state, { env: withPair(state.config.env, args.name, expanded(state, args.value, args)) }),
  withoutEnvVariable: (state, args) => configured(state, { env: withoutPair(state.config.env, args.name) }),
  withLabel: (state, args) => configured(state, { labels: withPair(state.config.labels, args.name, args.value) }),
  withoutLabel: (state, args) => configured(state, { labels: withoutPair(state.config.labels, args.name) }),
  withAnnotation: (state, args) =>
    configured(state, { annotations: withPair(state.config.annotations, args.name, args.value) }),
  withoutAnnotation: (state, args) =>
    configured(state, { annotations: withoutPair(state.config.annotations, args.name) }),
  withExposedPort: (state, args) =>
    configured(state, {
      ports: [
        ...state.config.ports.filter(p => !samePort(args)(p)),
        {
          port: args.port,
          protocol: args.protocol,
          description: args.description ?? null,
          skipHealthcheck: args.experimentalSkipHealthcheck ?? false,
        },
      ],
    }),
  withoutExposedPort: (state, args) => configured(state, { ports: state.config.ports.filter(p => !samePort(args)(p)) }),
  withDockerHealthcheck(state, args) {
    if (args.shell && args.args.length !== 1)
      throw new Error('withDockerHealthcheck: with shell, args must be a single element');
    if (args.args.length === 0) throw new Error('withDockerHealthcheck: args is missing');
    const durations = {
      interval: args.interval ?? '',
      timeout: args.timeout ?? '',
      startPeriod: args.startPeriod ?? '',
      startInterval: args.startInterval ?? '',
    };
    for (const text of Object.values(durations)) if (text !== '') parseDuration(text);
    return configured(state, {
      healthcheck: { args: args.args, shell: args.shell ?? false, retries: args.retries ?? 0, ...durations },
    });
  },
  withoutDockerHealthcheck(state) {
    const { healthcheck: _, ...config } = state.config;
    return container({ ...state, config });
  },
  withSecretVariable: (state, args, api) =>
    container({
      ...state,
      secretEnv: withPair(state.secretEnv, args.name, api.registry.load(args.secret, 'Secret').secret),
    }),
  withoutSecretVariable: (state, args) => container({ ...state, secretEnv: withoutPair(state.secretEnv, args.name) }),
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
  withError: (state, args) => container(args.err === '' ? state : { ...state, error: args.err }),
};

export const containerFileFields: Fields<'Container'> = {
  rootfs: state => object('Directory', { op: state.rootfs, path: '/' }),
  withRootfs: (state, args, api) => {
    const directory = api.registry.load(args.directory, 'Directory');
    return container({ ...state, rootfs: asRoot(directory) });
  },
  directory: (state, args) => object('Directory', locate(state, pathOf(state, args))),
  file: (state, args) => object('File', locate(state, pathOf(state, args))),
  stat: async (state, args, api) => {
    const stat = await statOf(api, locate(state, args.path), !args.doNotFollowSymlinks);
    if (stat === undefined) throw new Error(`stat ${args.path}: no such file or directory`);
    return object('Stat', stat);
  },
  exists: (state, args, api) => existsIn(api, locate(state, pathOf(state, args)), args),
  withDirectory: (state, args, api) =>
    container(
      updateTree(state, pathOf(state, args), at => copyTree(at, api.registry.load(args.source, 'Directory'), args)),
    ),
  withFile: (state, args, api) => {
    const path = pathOf(state, args);
    return container(updateTree(state, path, at => copyFile(at, api.registry.load(args.source, 'File'), args, path)));
  },
  withFiles: (state, args, api) => {
    const path = pathOf(state, args);
    return container(
      (args.sources as string[]).reduce((s, id) => {
        const source = api.registry.load(id, 'File');
        return updateTree(s, posix.join(path, posix.basename(source.path)), at => copyFile(at, source, args, ''));
      }, state),
    );
  },
  withNewFile: (state, args) => {
    const path = pathOf(state, args);
    return container(updateTree(state, path, at => writeFile(at, { ...args, path })));
  },
  withSymlink: (state, args) =>
    container(
      updateTree(state, expanded(state, args.linkName, args), at => makeLink(at, expanded(state, args.target, args))),
    ),
  withoutDirectory: (state, args) =>
    container(updateTree(state, pathOf(state, args), at => removePaths(at.op, [at.path]))),
  withoutFile: (state, args) => container(updateTree(state, pathOf(state, args), at => removePaths(at.op, [at.path]))),
  withoutFiles: (state, args) =>
    container(
      (args.paths as string[]).reduce(
        (s, path) => updateTree(s, expanded(s, path, args), at => removePaths(at.op, [at.path])),
        state,
      ),
    ),
  withMountedDirectory: (state, args, api) =>
    mounted(state, {
      kind: 'directory',
      path: absolutePath(state, pathOf(state, args)),
      source: api.registry.load(args.source, 'Directory'),
      owner: args.owner ?? '',
      readOnly: args.readOnly ?? false,
    }),
  withMountedFile: (state, args, api) =>
    mounted(state, {
      kind: 'file',
      path: absolutePath(state, pathOf(state, args)),
      source: api.registry.load(args.source, 'File'),
      owner: args.owner ?? '',
    }),
  withMountedTemp: (state, args) =>
    mounted(state, {
      kind: 'temp',
      path: absolutePath(state, pathOf(state, args)),
      ...(args.size == null ? {} : { size: args.size }),
    }),
  withMountedSecret: (state, args, api) =>
    mounted(state, {
      kind: 'secret',
      path: absolutePath(state, pathOf(state, args)),
      secret: api.registry.load(args.source, 'Secret').secret,
      owner: args.owner ?? '',
      mode: args.mode,
    }),
  withMountedCache: (state, args, api) => {
    const volume = api.registry.load(args.cache, 'CacheVolume');
    const source = args.source == null ? volume.source : api.registry.load(args.source, 'Directory');
    return mounted(state, {
      kind: 'cache',
      path: absolutePath(state, pathOf(state, args)),
      key: volume.key,
      sharing: args.sharing ?? volume.sharing ?? 'SHARED',
      owner: args.owner || volume.owner,
      ...(source === undefined ? {} : { source }),
    });
  },
  withoutMount: (state, args) => {
    const path = absolutePath(state, pathOf(state, args));
    return container({ ...state, mounts: state.mounts.filter(m => m.path !== path) });
  },
};
