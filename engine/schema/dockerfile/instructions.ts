/** What each instruction of a Dockerfile does to its stage. */
import { absolutePath, type ContainerState, updateTree } from '../../objects/container.js';
import { type ExposedPort, withPair } from '../../objects/image-config.js';
import { defineOp } from '../../objects/op.js';
import { copyFiles } from './copy.js';
import { expandWord, splitWords } from './expand.js';
import { type Instruction, jsonWords } from './read.js';
import { runCommand } from './run.js';
import { type Builder, expandIn, flagOf, lookupIn, onlyFlags, type StageState } from './stage.js';

type Follow = (builder: Builder, state: StageState, instruction: Instruction) => StageState | Promise<StageState>;

const configured = (state: StageState, change: Partial<ContainerState['config']>): StageState => ({
  ...state,
  container: { ...state.container, config: { ...state.container.config, ...change } },
});

/** `NAME=value …`, or `NAME value with blanks` as it once was. */
function pairsOf(
  { escaping }: Builder,
  state: StageState,
  { text }: Instruction,
): readonly (readonly [string, string])[] {
  const lookup = lookupIn(state);
  const words = splitWords(text, escaping);
  const [, name = '', rest = ''] = /^(\S+)\s+([\s\S]*)$/.exec(text) ?? [];
  if (!words[0]?.includes('=') && name !== '') return [[name, expandWord(rest, lookup, escaping)]];
  return words.map(word => {
    const at = word.indexOf('=');
    if (at < 0) throw new Error(`${word} is not NAME=value`);
    return [expandWord(word.slice(0, at), lookup, escaping), expandWord(word.slice(at + 1), lookup, escaping)] as const;
  });
}

/** A command as it is run: its own words, or the shell with a text. */
const commandOf = ({ shell }: StageState, { words, text }: Instruction): readonly string[] =>
  words ?? (text === '' ? [] : [...shell, text]);

/** By keyword; ARG is the scope's. */
export const INSTRUCTIONS: Readonly<Record<string, Follow>> = {
  ENV: (builder, state, instruction) =>
    configured(state, {
      env: pairsOf(builder, state, instruction).reduce(
        (env, [name, value]) => withPair(env, name, value),
        state.container.config.env,
      ),
    }),
  LABEL: (builder, state, instruction) =>
    configured(state, {
      labels: pairsOf(builder, state, instruction).reduce(
        (labels, [name, value]) => withPair(labels, name, value),
        state.container.config.labels,
      ),
    }),
  MAINTAINER: (_, state) => state,
  WORKDIR(builder, state, { text }) {
    const workdir = absolutePath(state.container, expandIn(builder, state, text));
    const made = updateTree(state.container, workdir, false, at =>
      defineOp({ kind: 'mkdir', base: at.op, path: at.path, mode: 0o755 }),
    );
    return configured({ ...state, container: workdir === '/' ? state.container : made }, { workdir });
  },
  USER: (builder, state, { text }) => configured(state, { user: expandIn(builder, state, text) }),
  SHELL(_, state, { words }) {
    if (!words?.length) throw new Error('SHELL wants a list of words in JSON');
    return configured({ ...state, shell: words }, { shell: words });
  },
  CMD: (_, state, instruction) =>
    configured({ ...state, hasCommand: true }, { defaultArgs: commandOf(state, instruction) }),
  ENTRYPOINT: (_, state, instruction) =>
    configured(state, {
      entrypoint: commandOf(state, instruction),
      ...(state.hasCommand ? {} : { defaultArgs: [] }),
    }),
  EXPOSE(builder, state, { text }) {
    const { ports } = state.container.config;
    const named = splitWords(expandIn(builder, state, text)).map(portOf);
    const isNew = (port: ExposedPort) => !ports.some(p => p.port === port.port && p.protocol === port.protocol);
    return configured(state, { ports: [...ports, ...named.filter(isNew)] });
  },
  VOLUME: (builder, state, { words, text }) =>
    configured(state, {
      volumes: [
        ...new Set([
          ...(state.container.config.volumes ?? []),
          ...(words ?? splitWords(text)).map(word => expandIn(builder, state, word)),
        ]),
      ],
    }),
  STOPSIGNAL: (builder, state, { text }) => configured(state, { stopSignal: expandIn(builder, state, text) }),
  HEALTHCHECK: (_, state, instruction) => healthcheck(state, instruction),
  RUN: runCommand,
  COPY: copyFiles,
  ADD: copyFiles,
};

function portOf(word: string): ExposedPort {
  const [, port, protocol = 'tcp'] = /^(\d+)(?:\/(tcp|udp))?$/i.exec(word) ?? [];
  if (port === undefined) throw new Error(`${word} is no port such as 8000 or 53/udp`);
  const named = protocol.toUpperCase() as ExposedPort['protocol'];
  return { port: Number(port), protocol: named, description: null, skipHealthcheck: false, fromImage: true };
}

function healthcheck(state: StageState, instruction: Instruction): StageState {
  onlyFlags(instruction, ['interval', 'timeout', 'start-period', 'start-interval', 'retries']);
  const [, kind = '', command = ''] = /^(\w+)\s*([\s\S]*)$/.exec(instruction.text) ?? [];
  if (kind.toUpperCase() === 'NONE') {
    const { healthcheck: _, ...config } = state.container.config;
    return { ...state, container: { ...state.container, config } };
  }
  const words = jsonWords(command);
  const flag = (name: string): string => flagOf(instruction, name) ?? '';
  return configured(state, {
    healthcheck: {
      args: words ?? [command],
      shell: words === undefined,
      interval: flag('interval'),
      timeout: flag('timeout'),
      startPeriod: flag('start-period'),
      startInterval: flag('start-interval'),
      retries: Number(flag('retries')),
    },
  });
}
