/** The tools that a script of package.json runs, and where each of them writes by its command line. */
import { isWithin, joinPath, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import type { FrontendDefinition } from '../../support/frontends/definition.js';
import { FRONTENDS, type FrontendKind } from '../../support/frontends/index.js';
import { entriesOf } from '../../support/registry.js';
import type { ShellWord } from '../files/command-line.js';
import { type ReadOptions, readOptions } from '../files/options.js';
import type { PackageJson } from '../files/package-json.js';
import type { ScriptProgram } from '../files/package-scripts.js';

const TOOLS = entriesOf<FrontendKind, FrontendDefinition>(FRONTENDS);

/** A tool as a script runs it. */
export interface ToolRun {
  readonly kind: FrontendKind;
  readonly tool: FrontendDefinition;
  readonly program: ScriptProgram;
  /** Its command line by its own grammar. */
  readonly read: ReadOptions;
}

/** A file or directory that is written, relative to the source. */
export interface Write {
  readonly path: string;
  readonly isFile: boolean;
  /** Whether other files lie in that directory too, which a build may read. */
  readonly isShared?: boolean;
}

/** Words that make a tool serve, watch or look, whatever the tool. */
const NO_BUILD = /^(dev|serve|server|start|preview|watch|lint|test|info|check|sync|storybook|help|init)$/;

/** The tools that build among the programs of a script, those that only check left out where others build. */
export function toolRuns({ dependencies }: PackageJson, programs: readonly ScriptProgram[]): readonly ToolRun[] {
  const runs = programs.flatMap(program => {
    const found = TOOLS.find(
      ([, { commands, through = [], packages }]) =>
        commands.includes(program.name) ||
        (through.includes(program.name) && packages.some(name => dependencies.has(name))),
    );
    if (!found) return [];
    const [kind, tool] = found;
    const read = readOptions(program.args, takingValue(tool));
    return isBuild(tool, read) ? [{ kind, tool, program, read }] : [];
  });
  return runs.some(({ tool }) => !tool.isAlone) ? runs.filter(({ tool }) => !tool.isAlone) : runs;
}

function takingValue({ writes = {} }: FrontendDefinition): readonly string[] {
  return [...(writes.files ?? []), ...(writes.directories ?? []), ...(writes.takingValue ?? [])];
}

function isBuild({ verbs }: FrontendDefinition, { options, operands }: ReadOptions): boolean {
  const isOn = (name: RegExp) => options.some(option => name.test(option.name) && option.value?.text !== 'false');
  if (isOn(/^(--watch|-w|--noEmit|--no-emit|--help|--version)$/)) return false;
  const verb = operands[0]?.text ?? '';
  return verbs ? verbs.includes(verb) : !NO_BUILD.test(verb);
}

/** What a tool's command line says that it writes; undefined when it says nothing, `unknown` where only a running shell knows it. */
export function writtenBy({ root }: PackageJson, run: ToolRun): readonly Write[] | 'unknown' | undefined {
  const { files = [], directories = [], operands = false } = run.tool.writes ?? {};
  const at = joinPath(root, run.program.directory).replace(/\/$/, '');
  const place = (word: ShellWord, isFile: boolean): Write => ({ path: resolvePath(at, word.text), isFile });
  const given = run.read.options.flatMap(({ name, value }) => {
    if (value === undefined) return [];
    if (files.includes(name)) return [{ word: value, isFile: true }];
    // Some tools take a file by the option that others have for a directory.
    return directories.includes(name) ? [{ word: value, isFile: isFileName(value.text) }] : [];
  });
  const last = operands ? operandsOf(run.read.operands) : [];
  const redirect = run.program.redirect ? [{ word: run.program.redirect, isFile: true }] : [];
  const all = [...given, ...(given.length > 0 ? [] : last.length > 0 ? last : redirect)].filter(
    ({ word }) => word.text !== '/dev/null',
  );
  if (all.length === 0) return undefined;
  // Whatever lies above the source, nobody gets to see.
  const isOutside = (text: string) => text.startsWith('/');
  if (all.some(({ word }) => !word.isKnown || isOutside(word.text))) return 'unknown';
  return all.map(({ word, isFile }) => place(word, isFile));
}

/** `in.scss out.css`, `in:out in2:out2`. */
function operandsOf(words: readonly ShellWord[]): readonly { readonly word: ShellWord; readonly isFile: boolean }[] {
  const pairs = words.flatMap(word => {
    const [from, to] = word.text.split(':');
    return from && to ? [{ ...word, text: to }] : [];
  });
  const written = pairs.length > 0 ? pairs : words.length > 1 ? words.slice(-1) : [];
  return written.map(word => ({ word, isFile: isFileName(word.text) }));
}

function isFileName(text: string): boolean {
  return /\.(m?js|css|map|html)$/.test(text);
}

/** Programs that copy what was built: the last of their operands gets it. */
const COPIERS = /^(cp|mv|cpx|cpx2|copyfiles|ncp|cpy|cpy-cli|shx)$/;

/** Where a script copies to. Other files may lie there. */
export function copiesIn({ root }: PackageJson, programs: readonly ScriptProgram[]): readonly Write[] {
  return programs.flatMap(({ name, args, directory }) => {
    const words = args.filter(({ text }) => !text.startsWith('-') && !(name === 'shx' && /^(cp|mv)$/.test(text)));
    const isCopy = COPIERS.test(name) && (name !== 'shx' || /^(cp|mv)$/.test(args[0]?.text ?? ''));
    const [to] = words.slice(-1);
    if (!isCopy || words.length < 2 || !to?.isKnown || to.text.startsWith('/')) return [];
    const path = resolvePath(joinPath(root, directory).replace(/\/$/, ''), to.text);
    return [{ path, isFile: isFileName(to.text), isShared: true }];
  });
}

/** Files that are built from, never to. */
const SOURCES = /\.(scss|sass|less|styl|tsx?|jsx|vue|svelte|coffee)$/;

/** Whether what a build reads lies in a directory that it writes to. */
export function isReadFrom(
  tree: Tree,
  { root }: PackageJson,
  write: Write,
  programs: readonly ScriptProgram[],
): boolean {
  if (write.isFile) return false;
  if (write.isShared || tree.paths.some(path => isWithin(path, write.path) && SOURCES.test(path))) return true;
  const named = programs.flatMap(({ args, directory }) =>
    args.map(({ text }) =>
      resolvePath(joinPath(root, directory).replace(/\/$/, ''), text.replace(/^-[\w-]+=/, '').replace(/:.*$/, '')),
    ),
  );
  return named.some(path => {
    const fixed = path.replace(/\/?[^/]*\*.*$/, '');
    const isThere = path.includes('*') || tree.paths.includes(path);
    return isThere && fixed !== '' && isWithin(fixed, write.path);
  });
}
