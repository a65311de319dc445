/** Files with the options of a server's command line, such as uwsgi.ini: what they say is as if it were said there. */
import { parse } from 'yaml';
import { asObject } from '../../source/json-file.js';
import { resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { RUN_SERVERS, type RunServerKind } from '../../support/run-servers.js';
import type { CommandGrammar } from '../../support/servers/definition.js';
import { type ShellWord, USUAL_ROOT } from './command-line.js';
import { readSections } from './ini.js';
import type { RunProgram } from './runners.js';

/** Names of such files, by the formats that they have. */
const FORMATS = /\.(ini|ya?ml|json|xml)$/;

/**
 * A program with what its file of settings says among its arguments, where it is a server that is given one.
 * @param root path that the source lies at
 */
export async function withSettings(tree: Tree, run: RunProgram, root = USUAL_ROOT): Promise<RunProgram> {
  const grammar = RUN_SERVERS.find(([, { command }]) => command.programs.includes(run.program))?.[1].command;
  if (!grammar?.settings) return run;
  const at = run.args.findIndex(({ text }) => FORMATS.test(text));
  const written = run.args[at]?.text.replace(/^--?[\w-]+=/, '');
  const file = written === undefined ? undefined : pathIn(tree, resolvePath(run.directory, written));
  if (file === undefined) return run;
  const isOption = /^-/.test(run.args[at - 1]?.text ?? '') && !run.args[at]!.text.startsWith('-');
  const rest = run.args.filter((_, index) => index !== at && !(isOption && index === at - 1));
  return { ...run, args: [...(await optionsIn({ tree, root }, file, grammar)), ...rest] };
}

/** The programs that files of settings at the top are there for: a server starts with one when it is named. */
export async function settingsPrograms(
  tree: Tree,
): Promise<readonly { readonly kind: RunServerKind; readonly file: string; readonly program: RunProgram }[]> {
  const found = RUN_SERVERS.map(async ([kind, { command }]) => {
    const file = command.settings?.usual.find(path => tree.paths.includes(path));
    const args = file === undefined ? [] : await optionsIn({ tree, root: USUAL_ROOT }, file, command);
    if (file === undefined || args.length === 0) return [];
    const [program] = command.programs;
    return [
      { kind, file, program: { program: program!, path: program!, args, variables: [], directory: '', line: 0 } },
    ];
  });
  return (await Promise.all(found)).flat();
}

/** The source, and where it lies in the image that a file was written for. */
interface Laid {
  readonly tree: Tree;
  readonly root: string;
}

async function optionsIn(laid: Laid, file: string, { settings }: CommandGrammar): Promise<readonly ShellWord[]> {
  const section = await sectionIn((await laid.tree.read(file)) ?? '', file, settings?.section ?? '');
  const directory = file.split('/').slice(0, -1).join('/');
  const given = [...section].flatMap(([key, values]) =>
    (values.length === 0 ? [''] : values).map(value => [key, value] as const),
  );
  return given.flatMap(([key, value]): readonly ShellWord[] => {
    const name = `--${key.replaceAll('_', '-')}`;
    if (/^(false|no|off)$/i.test(value)) return [];
    if (/^(true|yes|on)?$/i.test(value)) return [{ text: name, isKnown: true, at: 0 }];
    // The file's own directory; others are known to the running server alone.
    const filled = value.replaceAll('%d', directory === '' ? './' : `${directory}/`);
    const isKnown = !/%[(\w]|\$\(|@\(/.test(filled);
    return [{ text: `${name}=${isKnown ? inSource(laid, key, filled) : filled}`, isKnown, at: 0 }];
  });
}

/** The keys of a section with their values, as texts, in whichever format the file is; none where it cannot be read. */
async function sectionIn(text: string, file: string, name: string): Promise<ReadonlyMap<string, readonly string[]>> {
  if (file.endsWith('.ini')) return readSections(text, true).get(name) ?? new Map();
  try {
    const data = file.endsWith('.xml') ? await readXml(text) : parse(text, { uniqueKeys: false });
    const entries = Object.entries(asObject(asObject(data)[name]));
    return new Map(entries.map(([key, value]) => [key, [value].flat().map(one => String(one ?? ''))]));
  } catch {
    return new Map();
  }
}

/** Loaded here: few apps have such a file. */
async function readXml(text: string): Promise<unknown> {
  const { XMLParser } = await import('fast-xml-parser');
  return new XMLParser({ parseTagValue: false, ignoreAttributes: true, processEntities: false }).parse(text);
}

/** A value whose paths are those of the source: `/static=/srv/shop/static` has one behind the address. */
function inSource(laid: Laid, key: string, value: string): string {
  const [, address = '', path] = /^(\/[^=]*=)?(\/.*)$/.exec(value) ?? [];
  if (path === undefined) return value;
  const isWithin = `${path}/`.startsWith(`${laid.root}/`);
  const inside = isWithin ? path.slice(laid.root.length + 1).replace(/\/$/, '') : undefined;
  // Wherever else it says that the source is, that is here.
  const other = key === 'chdir' ? '' : pathIn(laid.tree, path);
  const found = inside ?? other;
  return found === undefined ? value : `${address}${found === '' ? '.' : found}`;
}

/** No path of a source has more parts. */
const MOST_PARTS = 64;

/** The longest end of a path that is a file or a directory of the source. */
function pathIn({ paths }: Tree, written: string): string | undefined {
  const all = written.split('/').filter(part => part !== '' && part !== '.');
  const parts = all.slice(-MOST_PARTS);
  const ends = parts.map((_, at) => parts.slice(at).join('/'));
  return ends.find(end => paths.some(path => path === end || path.startsWith(`${end}/`)));
}
