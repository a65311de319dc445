/** Fields of Container that run something or carry its result out. */

import { defined } from '../../defined.js';
import { importImage } from '../../images/resolve.js';
import {
  afterExec,
  type ContainerState,
  commandLine,
  expandVariables,
  processSpec,
  serviceCommandLine,
} from '../../objects/container.js';
import { type ExposedPort, emptyConfig, withPair } from '../../objects/image-config.js';
import { defineOp } from '../../objects/op.js';
import { defineService } from '../../objects/service.js';
import { runArguments } from '../../podman/args.js';
import { prepareProcess } from '../../solve/process.js';
import type { ExecOutcome } from '../../store/snapshots.js';
import { openLayer } from '../../store/written-layers.js';
import { type Api, type Args, type Fields, object, refuseArguments } from '../api.js';
import { evaluate } from './evaluated.js';
import { exportImage, imageTarball, loadImage, publishImage } from './image-output.js';
import { requireType } from './trees.js';
import { forwardPorts } from './tunnel.js';

const privileged = ['experimentalPrivilegedNesting', 'insecureRootCapabilities'];
const container = (state: ContainerState) => object('Container', state);
const same = (a: ExposedPort, b: ExposedPort): boolean => a.port === b.port && a.protocol === b.protocol;

async function outcomeOf(api: Api, state: ContainerState): Promise<ExecOutcome> {
  if (state.lastExec === undefined)
    throw new Error('no command has been executed: add withExec before asking for its result');
  await evaluate(api, state);
  const { exec } = await api.solver.solve(state.lastExec);
  return exec!;
}

function serviceOf(state: ContainerState, args: Args) {
  refuseArguments('asService', args, privileged);
  const given = (args.args as string[]).map(a => (args.expand ? expandVariables(state, a) : a));
  const { healthcheck, ports } = state.config;
  return defineService({
    process: processSpec(state, serviceCommandLine(state, given, args.useEntrypoint)),
    ports: ports.filter(p => !p.fromImage),
    ...defined({ healthcheck }),
  });
}

async function openTerminal(api: Api, state: ContainerState, given: readonly string[]): Promise<void> {
  const { context, solver } = api;
  const spec = {
    ...processSpec(state, given.length > 0 ? given : state.terminalArgs),
    env: withPair(state.config.env, 'TERM', context.env.TERM ?? 'xterm'),
  };
  const { layers } = await solver.solve(state.rootfs);
  const layer = await openLayer(context, layers);
  try {
    const prepared = await prepareProcess(api, spec, { root: layer.tree.root, keeps: 'cache' });
    try {
      await context.podman.interactive(runArguments({ ...prepared.run, mode: 'terminal', stdin: true }), {
        env: prepared.secretEnv,
      });
    } finally {
      await prepared.release();
    }
  } finally {
    await layer.release();
  }
}

/** The container that an image makes of another: its files, and its configuration over the other's. */
export async function fromImage(api: Api, state: ContainerState, address: string): Promise<ContainerState> {
  const image = await api.resolveImage(address, state.platform);
  const env = image.config.env.reduce((pairs, [name, value]) => withPair(pairs, name, value), state.config.env);
  const labels = image.config.labels.reduce(
    (pairs, [name, value]) => withPair(pairs, name, value),
    state.config.labels,
  );
  const { healthcheck: _, ...config } = state.config;
  const ports = [...config.ports, ...image.config.ports.filter(p => !config.ports.some(q => same(p, q)))];
  return {
    ...state,
    rootfs: image.rootfs,
    imageRef: image.reference,
    config: { ...config, ...image.config, env, labels, ports },
  };
}

export const containerRunFields: Fields<'Container'> = {
  from: async (state, args, api) => {
    refuseArguments('from', args, ['registryService']);
    return container(await fromImage(api, state, args.address));
  },
  async import(state, args, api) {
    const archive = await requireType(api, api.registry.load(args.source, 'File'), 'file');
    const image = await importImage(api.context, archive, { tag: args.tag, platform: state.platform });
    const { imageRef: _, ...rest } = state;
    return container({
      ...rest,
      rootfs: image.rootfs,
      config: { ...emptyConfig, ...image.config },
      ...defined({ imageRef: args.tag === '' ? undefined : args.tag }),
    });
  },
  async sync(state, _, api) {
    await evaluate(api, state);
    return api.registry.idOf(container(state));
  },
  withExec(state, args) {
    refuseArguments('withExec', args, privileged);
    if (args.stdin !== '' && args.redirectStdin !== '') throw new Error('cannot set both stdin and redirectStdin');
    const expand = (text: string): string => (args.expand ? expandVariables(state, text) : text);
    const spec = processSpec(state, commandLine(state, (args.args as string[]).map(expand), args.useEntrypoint));
    const redirects = {
      redirectStdin: expand(args.redirectStdin),
      redirectStdout: expand(args.redirectStdout),
      redirectStderr: expand(args.redirectStderr),
    };
    const { imageRef: _, ...rest } = state;
    return container(
      afterExec(rest, defineOp({ kind: 'exec', ...spec, ...redirects, stdin: args.stdin, expect: args.expect })),
    );
  },
  stdout: async (state, _, api) => (await outcomeOf(api, state)).stdout,
  stderr: async (state, _, api) => (await outcomeOf(api, state)).stderr,
  combinedOutput: async (state, _, api) => (await outcomeOf(api, state)).combined,
  exitCode: async (state, _, api) => (await outcomeOf(api, state)).exitCode,
  asService: (state, args) => object('Service', serviceOf(state, args)),
  async up(state, args, api) {
    await forwardPorts(api, serviceOf(state, args), args.ports, args.random);
    return null;
  },
  async terminal(state, args, api) {
    refuseArguments('terminal', args, privileged);
    await openTerminal(api, state, args.cmd);
    return container(state);
  },
  export: (state, args, api) =>
    exportImage(api, state, { ...args, path: args.expand ? expandVariables(state, args.path) : args.path }),
  async exportImage(state, args, api) {
    await loadImage(api, state, args);
    return true;
  },
  asTarball: async (state, args, api) => object('File', await imageTarball(api, state, args)),
  publish: (state, args, api) => publishImage(api, state, args),
};
