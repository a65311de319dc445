/** The Procfile: processes by name, and the words that their commands are started with. */
import { isTable, isTomlFile, readToml, tableAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import { lockingManagers } from '../../support/python-managers.js';
import { type CommandLine, readCommandLine } from './command-line.js';
import type { Processes } from './processes.js';
import { withoutManagers } from './runners.js';

/** Reads the Procfile; empty when there is none. */
export async function readProcfile(tree: Tree): Promise<Processes> {
  const lines = ((await tree.read('Procfile')) ?? '').split(/\r?\n/);
  const scripts = await readScripts(tree);
  const processes = lines.map(async (text, index) => {
    const [, name, value] = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/.exec(text) ?? [];
    if (name === undefined || value === undefined) return [];
    const command = await withoutScript(await readCommandLine(value), scripts);
    return [[name, { value, command, place: { file: 'Procfile', line: index + 1 } }] as const];
  });
  return new Map((await Promise.all(processes)).flat());
}

/** Commands that a package manager's own file has names for: `pipenv run NAME`, `pdm run NAME`. */
async function readScripts(tree: Tree): Promise<Readonly<Record<string, string>>> {
  const scripts = lockingManagers().map(async ({ manifest, scriptsAt }) => {
    const parsed = scriptsAt && (await readToml(tree, manifest));
    return parsed && isTomlFile(parsed) ? Object.entries(tableAt(parsed.data, ...scriptsAt!)) : [];
  });
  const texts = (await Promise.all(scripts)).flat().flatMap(([name, value]) => {
    const text = isTable(value) ? value.cmd : value;
    return typeof text === 'string' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(texts);
}

/** A command that runs such a script becomes what the script says, with the rest of its words. */
async function withoutScript(line: CommandLine, scripts: Readonly<Record<string, string>>): Promise<CommandLine> {
  const [command, another] = line.commands;
  if (!command || another || !line.isPlain) return line;
  const own = withoutManagers(command.words);
  const [name, ...rest] = own;
  const script = own === command.words || !name ? undefined : scripts[name.text];
  if (script === undefined) return line;
  return readCommandLine(rest[0] ? `${script} ${line.text.slice(rest[0].at)}` : script);
}
