/** RUN: a command in the stage so far, with what its flags mount. */
import { posix } from 'node:path';
import { defined } from '../../defined.js';
import { absolutePath, type ContainerState, processSpec, withMount } from '../../objects/container.js';
import { withPair } from '../../objects/image-config.js';
import { defineOp, type Mount } from '../../objects/op.js';
import { below, newFile, statOf } from '../fields/trees.js';
import type { Instruction } from './read.js';
import { type Builder, expandIn, flagOf, onlyFlags, type StageState } from './stage.js';

/** Where a script that the Dockerfile holds lies while it runs. */
const SCRIPT = '/run/heredoc';

/** Follows a RUN. @throws Error for a secret that is required and not given, and for what only BuildKit does */
export async function runCommand(builder: Builder, state: StageState, instruction: Instruction): Promise<StageState> {
  onlyFlags(instruction, ['mount', 'network']);
  const network = flagOf(instruction, 'network') ?? 'default';
  if (network !== 'default') throw new Error(`RUN --network=${network} is not served by the local engine`);
  const { container, args } = state;
  const wanted = instruction.flags
    .filter(([name]) => name === 'mount')
    .map(([, value]) => expandIn(builder, state, value));
  const env = [...args].filter(([name]) => !container.config.env.some(([set]) => set === name));
  const given = { ...container, config: { ...container.config, env: [...container.config.env, ...env] } };
  const { command, mounts } = commandOf(state, instruction);
  let around = mounts.reduce<ContainerState>((current, mount) => withMount(current, mount), given);
  for (const mount of wanted) around = await mounted(builder, around, mount);
  const exec = defineOp({
    kind: 'exec',
    ...processSpec(around, command),
    stdin: '',
    redirectStdin: '',
    redirectStdout: '',
    redirectStderr: '',
    expect: 'SUCCESS',
  });
  return { ...state, container: { ...container, rootfs: exec } };
}

/** The words that are run; a text with a first line of its own is a script, other texts are what the shell reads. */
function commandOf(
  { shell }: StageState,
  { words, text, heredocs }: Instruction,
): { readonly command: readonly string[]; readonly mounts: readonly Mount[] } {
  if (words) return { command: words, mounts: [] };
  if (text === '') throw new Error('RUN wants a command');
  const [only, ...more] = heredocs;
  const isAll = only !== undefined && more.length === 0 && /^<<-?(["']?)[\w.-]+\1$/.test(text);
  if (isAll && only.content.startsWith('#!')) {
    const source = newFile('heredoc', { contents: only.content, permissions: 0o755 });
    return { command: [SCRIPT], mounts: [{ kind: 'file', path: SCRIPT, source }] };
  }
  const script = isAll ? only.content : [text, ...heredocs.map(({ name, content }) => `${content}${name}`)].join('\n');
  return { command: [...shell, script], mounts: [] };
}

/** The container with one mount, such as `type=cache,target=/root/.cache`. */
async function mounted(builder: Builder, container: ContainerState, text: string): Promise<ContainerState> {
  const fields = new Map(text.split(',').map(field => /^([^=]*)=?(.*)$/s.exec(field)!.slice(1) as [string, string]));
  const first = (...names: string[]): string | undefined => names.map(name => fields.get(name)).find(Boolean);
  const kind = first('type') ?? 'bind';
  const target = first('target', 'dst', 'destination');
  const uid = first('uid');
  const owner = uid === undefined ? '' : `${uid}:${first('gid') ?? uid}`;
  if (kind === 'secret') return withSecret(builder, container, { fields, first, target, owner });
  if (target === undefined) throw new Error(`--mount=${text} says no target`);
  const path = absolutePath(container, target);
  const from = first('from');
  const source = first('source', 'src') ?? '/';
  switch (kind) {
    case 'bind': {
      const tree = from === undefined ? builder.context : await builder.filesOf(from);
      const ref = below(tree, source);
      const stat = await statOf(builder.api, ref, true);
      if (stat === undefined) throw new Error(`--mount=${text}: ${source} is not there`);
      const readOnly = !fields.has('rw') && !fields.has('readwrite');
      return withMount(
        container,
        stat.fileType === 'DIRECTORY'
          ? { kind: 'directory', path, source: ref, readOnly }
          : { kind: 'file', path, source: ref },
      );
    }
    case 'cache': {
      const sharing = (first('sharing') ?? 'shared').toUpperCase();
      if (sharing !== 'SHARED' && sharing !== 'PRIVATE' && sharing !== 'LOCKED')
        throw new Error(`--mount=${text}: sharing is shared, private or locked`);
      const seed = from === undefined ? undefined : below(await builder.filesOf(from), source);
      const key = `dockerfile:${first('id') ?? posix.resolve('/', target)}`;
      return withMount(container, { kind: 'cache', path, key, sharing, owner, ...defined({ source: seed }) });
    }
    case 'tmpfs':
      return withMount(container, { kind: 'temp', path });
    default:
      throw new Error(`--mount=type=${kind} is not served by the local engine`);
  }
}

interface SecretMount {
  readonly fields: ReadonlyMap<string, string>;
  readonly first: (...names: string[]) => string | undefined;
  readonly target: string | undefined;
  readonly owner: string;
}

/** A secret as a file, unless it is asked for as a variable alone. */
function withSecret(
  { secrets }: Builder,
  container: ContainerState,
  { fields, first, target, owner }: SecretMount,
): ContainerState {
  const id = first('id') ?? posix.basename(target ?? '');
  const variable = first('env');
  const secret = secrets.get(id);
  if (secret === undefined) {
    const isRequired = fields.has('required') && first('required') !== 'false';
    if (isRequired) throw new Error(`the secret ${id} is required, and not given`);
    return container;
  }
  const named =
    variable === undefined ? container : { ...container, secretEnv: withPair(container.secretEnv, variable, secret) };
  if (variable !== undefined && target === undefined) return named;
  const path = absolutePath(container, target ?? `/run/secrets/${id}`);
  return withMount(named, { kind: 'secret', path, secret, owner, mode: Number.parseInt(first('mode') ?? '400', 8) });
}
