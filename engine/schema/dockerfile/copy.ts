/** COPY and ADD: files of the build's directory, of another stage or image, or of the Dockerfile itself. */
import { posix } from 'node:path';
import { defined } from '../../defined.js';
import { listTree } from '../../fs/listing.js';
import { updateTree } from '../../objects/container.js';
import type { TreeRef } from '../../objects/op.js';
import { compilePattern } from '../../objects/patterns.js';
import { ownerNumbers } from '../fields/evaluated.js';
import { below, copyFile, copyTree, newFile, requireType, statOf } from '../fields/trees.js';
import { expandWord, splitWords } from './expand.js';
import type { Instruction } from './read.js';
import { type Builder, expandIn, flagOf, lookupIn, onlyFlags, type StageState } from './stage.js';

/** What BuildKit's ADD fetches or unpacks. */
const FETCHED = /^(?:https?:\/\/|git@|ssh:\/\/)/;
const ARCHIVE = /\.(?:tar|tar\.(?:gz|bz2|xz|zst)|tgz|tbz2|txz)$/;

/** Something that is copied: a file, or what a directory holds. */
type Copied = { readonly source: TreeRef; readonly kind: 'file' | 'directory' };

/** Follows a COPY or an ADD. @throws Error for what is not there, and for what only BuildKit does */
export async function copyFiles(builder: Builder, state: StageState, instruction: Instruction): Promise<StageState> {
  onlyFlags(instruction, ['from', 'chown', 'chmod', 'link', 'exclude']);
  const written = instruction.words ?? splitWords(instruction.text, builder.escaping);
  const words = written.map(word => expandIn(builder, state, word));
  const to = words.at(-1);
  const named = words.slice(0, -1);
  if (to === undefined || named.length === 0) throw new Error(`${instruction.keyword} wants what to copy and where to`);
  if (named.length > 1 && !to.endsWith('/') && to !== '.')
    throw new Error(`${to} has to end with a slash, as more than one thing is copied there`);

  const given = flagOf(instruction, 'from');
  const tree = given === undefined ? builder.context : await builder.filesOf(expandIn(builder, state, given));
  const copied = (await Promise.all(named.map(name => found(builder, state, { name, tree, instruction })))).flat();
  const options = await optionsOf(builder, state, instruction);
  const within = to.startsWith('/') ? to : posix.join('/', state.container.config.workdir, to);
  const place = to === '.' || to.endsWith('/.') ? `${within}/` : within;
  const container = copied.reduce(
    (current, { source, kind }) =>
      updateTree(current, place, kind === 'file', at =>
        kind === 'file' ? copyFile(at, source, options, place) : copyTree(at, source, options),
      ),
    state.container,
  );
  return { ...state, container };
}

async function optionsOf(builder: Builder, state: StageState, instruction: Instruction) {
  const owner = flagOf(instruction, 'chown');
  const mode = flagOf(instruction, 'chmod');
  const permissions = mode === undefined ? undefined : expandIn(builder, state, mode);
  if (permissions !== undefined && !/^[0-7]{3,5}$/.test(permissions))
    throw new Error(`--chmod=${permissions} is no mode in octal digits such as 755`);
  return {
    exclude: instruction.flags.flatMap(([name, value]) =>
      name === 'exclude' ? [expandIn(builder, state, value)] : [],
    ),
    ...defined({
      owner:
        owner === undefined
          ? undefined
          : await ownerNumbers(builder.api, state.container, expandIn(builder, state, owner)),
      permissions: permissions === undefined ? undefined : Number.parseInt(permissions, 8),
    }),
  };
}

interface Named {
  readonly name: string;
  readonly tree: TreeRef;
  readonly instruction: Instruction;
}

/** What a name means: a text of the Dockerfile, a path, or the paths that a pattern selects. */
async function found(
  builder: Builder,
  state: StageState,
  { name, tree, instruction }: Named,
): Promise<readonly Copied[]> {
  const text = /^<<-?(.*)$/.exec(name)?.[1];
  const heredoc = instruction.heredocs.find(({ name: mark }) => mark === text);
  if (heredoc) {
    const lookup = lookupIn(state);
    const contents = heredoc.isExpanded ? expandText(heredoc.content, lookup, builder.escaping) : heredoc.content;
    return [{ source: newFile(heredoc.name, { contents }), kind: 'file' }];
  }
  if (instruction.keyword === 'ADD' && FETCHED.test(name))
    throw new Error(`ADD fetches nothing on the local engine: fetch ${name} in a RUN`);
  if (instruction.keyword === 'ADD' && ARCHIVE.test(name))
    throw new Error(`ADD unpacks nothing on the local engine: COPY ${name}, and unpack it in a RUN`);
  const { api } = builder;
  const path = posix.join('/', name);
  const paths = /[*?[\\]/.test(path) ? await selected(builder, tree, path) : [path];
  return Promise.all(
    paths.map(async at => {
      const source = below(tree, at);
      const stat = await statOf(api, source, true);
      if (stat === undefined) throw new Error(`${name} is not in ${flagOf(instruction, 'from') ?? 'the directory'}`);
      return { source, kind: stat.fileType === 'DIRECTORY' ? 'directory' : 'file' } as const;
    }),
  );
}

async function selected({ api }: Builder, tree: TreeRef, path: string): Promise<readonly string[]> {
  const pattern = compilePattern(path.slice(1));
  const listing = await listTree(await requireType(api, tree, 'directory'), () => 'selected');
  const paths = [...listing.keys()].filter(at => pattern?.matches(at)).sort();
  if (paths.length === 0) throw new Error(`nothing is selected by ${path.slice(1)}`);
  return paths;
}

/** A text of many lines has quotes of its own, which stay. */
function expandText(text: string, lookup: (name: string) => string | undefined, escaping: string): string {
  return expandWord(
    text.replaceAll(/["']/g, quote => `${escaping}${quote}`),
    lookup,
    escaping,
  );
}
