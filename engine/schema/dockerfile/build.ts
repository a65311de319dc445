/** Builds a Dockerfile: each instruction is what the API has for it, so that steps are cached and run as all others. */
import { defined } from '../../defined.js';
import { type ContainerState, emptyContainer } from '../../objects/container.js';
import { remembered } from '../../remembered.js';
import type { Api } from '../api.js';
import { fromImage } from '../fields/container-run.js';
import { expandWord, type Lookup, splitWords } from './expand.js';
import { INSTRUCTIONS } from './instructions.js';
import { type Instruction, readDockerfile } from './read.js';
import { type Builder, type DockerBuild, flagOf, lookupIn, type StageState } from './stage.js';

interface Stage {
  readonly from: Instruction;
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

const SHELL = ['/bin/sh', '-c'];

/**
 * Gives the container that a Dockerfile describes. Its steps are made when something of them is asked for.
 * @throws Error with the line for what is no Dockerfile, and for what only BuildKit does
 */
export async function buildDockerfile(api: Api, build: DockerBuild): Promise<ContainerState> {
  const { escaping, instructions } = readDockerfile(build.dockerfile);
  const { globals, stages } = stagesOf(instructions);
  const finished = new Map<string, Promise<StageState>>();
  const given = globals.reduce(
    (values, instruction) => declared(values, instruction, { build, escaping }),
    platformArgs(build),
  );

  const find = (name: string, before: number): Stage | undefined =>
    stages.slice(0, before).findLast((stage, i) => stage.name === name.toLowerCase() || `${i}` === name);
  const finish = (stage: Stage): Promise<StageState> => {
    const at = stages.indexOf(stage);
    return remembered(finished, `${at}`, () => runStage(stage, at));
  };
  const runStage = async (stage: Stage, at: number): Promise<StageState> => {
    const builder: Builder = {
      ...build,
      api,
      escaping,
      async filesOf(name) {
        const other = find(name, at);
        const made = other
          ? (await finish(other)).container
          : await fromImage(api, emptyContainer(build.platform), name);
        return { op: made.rootfs, path: '/' };
      },
    };
    let state = await inLine(stage.from, () => beginStage(stage, at));
    for (const instruction of stage.instructions) state = await follow(builder, state, instruction, given);
    return state;
  };
  const beginStage = async ({ from }: Stage, at: number): Promise<StageState> => {
    const lookup: Lookup = name => given.get(name);
    const image = expandWord(splitWords(from.text)[0] ?? '', lookup, escaping);
    if (image === '') throw new Error('FROM names no image');
    const platform = expandWord(flagOf(from, 'platform') ?? '', lookup, escaping) || build.platform;
    const other = find(image, at);
    if (other) {
      const { container, shell } = await finish(other);
      return { container, shell, args: new Map(), hasCommand: false };
    }
    const empty = emptyContainer(platform);
    const container = image === 'scratch' ? empty : await fromImage(api, empty, image);
    const { imageRef: _, ...plain } = container;
    return { container: plain, shell: container.config.shell ?? SHELL, args: new Map(), hasCommand: false };
  };

  const last = build.target === '' ? stages.at(-1) : find(build.target, stages.length);
  if (last === undefined)
    throw new Error(stages.length === 0 ? 'the Dockerfile has no FROM' : `the Dockerfile has no stage ${build.target}`);
  return (await finish(last)).container;
}

function stagesOf(instructions: readonly Instruction[]): { globals: readonly Instruction[]; stages: readonly Stage[] } {
  const starts = instructions.flatMap(({ keyword }, i) => (keyword === 'FROM' ? [i] : []));
  const globals = instructions.slice(0, starts[0] ?? instructions.length);
  const stray = globals.find(({ keyword }) => keyword !== 'ARG');
  if (stray) throw new Error(`line ${stray.line} of the Dockerfile: ${stray.keyword} stands before the first FROM`);
  const stages = starts.map((start, i) => {
    const from = instructions[start]!;
    const [, as = '', name] = splitWords(from.text);
    return {
      from,
      instructions: instructions.slice(start + 1, starts[i + 1]),
      ...defined({ name: /^as$/i.test(as) ? name?.toLowerCase() : undefined }),
    };
  });
  return { globals, stages };
}

/** What Docker sets for every build; a stage gets those that it declares. */
function platformArgs({ platform, buildPlatform }: DockerBuild): ReadonlyMap<string, string> {
  const parts = (prefix: string, text: string): [string, string][] => {
    const [os = '', architecture = '', variant = ''] = text.split('/');
    return [
      [`${prefix}PLATFORM`, text],
      [`${prefix}OS`, os],
      [`${prefix}ARCH`, architecture],
      [`${prefix}VARIANT`, variant],
    ];
  };
  return new Map([...parts('TARGET', platform), ...parts('BUILD', buildPlatform)]);
}

/** The values after an ARG: what the build is given, else its default, else what stood before the first stage. */
function declared(
  values: ReadonlyMap<string, string>,
  { text }: Instruction,
  { build, escaping, globals }: { build: DockerBuild; escaping: string; globals?: ReadonlyMap<string, string> },
  lookup: Lookup = name => values.get(name),
): ReadonlyMap<string, string> {
  const next = new Map(values);
  for (const word of splitWords(text, escaping)) {
    const [, name = '', , preset] = /^([^=]*)(=(.*))?$/s.exec(word)!;
    const value =
      build.buildArgs.get(name) ??
      (preset === undefined ? globals?.get(name) : expandWord(preset, n => next.get(n) ?? lookup(n), escaping));
    if (value !== undefined) next.set(name, value);
  }
  return next;
}

/** Says where it is that something cannot be done. */
async function inLine<T>({ line }: Instruction, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof Error) || error.message.startsWith('line ')) throw error;
    throw new Error(`line ${line} of the Dockerfile: ${error.message}`, { cause: error });
  }
}

async function follow(
  builder: Builder,
  state: StageState,
  instruction: Instruction,
  globals: ReadonlyMap<string, string>,
): Promise<StageState> {
  const does = INSTRUCTIONS[instruction.keyword];
  return inLine(instruction, async () => {
    if (instruction.keyword === 'ARG') {
      const scope = { build: builder, escaping: builder.escaping, globals };
      return { ...state, args: declared(state.args, instruction, scope, lookupIn(state)) };
    }
    if (does === undefined) throw new Error(`${instruction.keyword} is not served by the local engine`);
    return does(builder, state, instruction);
  });
}
