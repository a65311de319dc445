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
  const file = written === undefined ? undefined : settingsFile(tree, run, written);
  if (file === undefined) return run;
  const isOption = /^-/.test(run.args[at - 1]?.text ?? '') && !run.args[at]!.text.startsWith('-');
  const rest = run.args.filter((_, index) => index !== at && !(isOption && index === at - 1));
  return { ...run, args: [...(await optionsIn({ tree, root }, file, grammar)), ...rest] };
}

/** The file by its path; else the only one of its name, which an image has elsewhere: `COPY deploy/uwsgi.ini /etc/uwsgi.ini`. */
function settingsFile(tree: Tree, { directory }: RunProgram, written: string): string | undefined {
  const placed = pathIn(tree, resolvePath(directory, written));
  if (placed !== undefined) return placed;
  const name = written.split('/').at(-1)!;
  const [only, another] = tree.paths.filter(path => path.endsWith(`/${name}`));
  return another === undefined ? only : undefined;
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
  const used = new Set([...section.values()].flat().flatMap(value => namesIn(value)));
  // What other keys have by its name is a word of the file's own, and unknown to the server.
  const given = [...section].flatMap(([key, values]) =>
    (used.has(key) && !OPTIONS_TOO.test(key) ? [] : values.length === 0 ? [''] : values).map(
      value => [key, value] as const,
    ),
  );
  const whole = (value: string) => withNames(value, name => section.get(name)?.at(-1));
  return given.flatMap(([key, written]): readonly ShellWord[] => {
    const value = whole(written);
    const name = `--${key.replaceAll('_', '-')}`;
    if (/^(false|no|off)$/i.test(value)) return [];
    if (/^(true|yes|on)?$/i.test(value)) return [{ text: name, isKnown: true, at: 0 }];
    // The file's own directory; others are known to the running server alone.
    const filled = value.replaceAll('%d', directory === '' ? './' : `${directory}/`);
    const isKnown = !/%[(\w]|\$\(|@\(/.test(filled);
    return [{ text: `${name}=${isKnown ? inSource(laid, key, filled) : filled}`, isKnown, at: 0 }];
  });
}

/** Keys that are options as well where others name them. */
const OPTIONS_TOO = /^(chdir|module|wsgi-file|processes|workers|threads|callable|pythonpath|home|uid|gid|socket)$/;

function namesIn(value: string): readonly string[] {
  return [...value.matchAll(/%\(([\w-]+)\)/g)].map(([, name]) => name!);
}

/** How often a name may stand for one that stands for another. */
const MOST_NAMES = 8;

/** A value with the names of other keys of its section filled in: `%(project).wsgi:application` behind `project = shop`. */
function withNames(value: string, textOf: (name: string) => string | undefined): string {
  let filled = value;
  for (let round = 0; round < MOST_NAMES && filled.includes('%('); round++)
    filled = filled.replace(/%\(([\w-]+)\)/g, (whole, name: string) => textOf(name) ?? whole).slice(0, MOST_TEXT);
  return filled;
}

/** Longer ones are filled with themselves. */
const MOST_TEXT = 4096;

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
