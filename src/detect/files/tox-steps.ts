/** What tox runs in its environments: tox.ini, the same in setup.cfg, and the tables of pyproject.toml. */
import { isTomlFile, parseToml, stringAt, tableAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import { type IniSections, readSections } from './ini.js';
import type { ShellStep } from './workflow-steps.js';

/** The steps of an environment, the usual one where none is named. */
export async function toxSteps(tree: Tree, environment?: string): Promise<readonly ShellStep[]> {
  for (const file of ['tox.ini', 'setup.cfg']) {
    const text = tree.paths.includes(file) ? await tree.read(file) : undefined;
    const steps = text === undefined ? [] : iniSteps(file, text, environment);
    if (steps.length > 0) return steps;
  }
  for (const file of ['tox.toml', 'pyproject.toml']) {
    const text = tree.paths.includes(file) ? await tree.read(file) : undefined;
    const steps = text === undefined ? [] : tomlSteps(file, text, environment);
    if (steps.length > 0) return steps;
  }
  return [];
}

function iniSteps(file: string, text: string, environment: string | undefined): readonly ShellStep[] {
  const sections = readSections(text);
  const prefix = file === 'setup.cfg' ? 'tox:' : '';
  const all = [...sections.keys()].filter(name => new RegExp(`^${prefix}testenv(:|$)`).test(name));
  const named = environment === undefined ? undefined : all.find(name => namesOf(name).includes(environment));
  const usual = `${prefix}testenv`;
  const order = [named, usual, ...(environment === undefined ? all : [])].filter(name => name !== undefined);
  const section = order.find(name => sections.get(name)?.has('commands'));
  if (section === undefined) return [];
  const value = (key: string) =>
    sections.get(named ?? section)?.get(key) ?? sections.get(section)?.get(key) ?? sections.get(usual)?.get(key) ?? [];
  const env = Object.fromEntries(
    [...(sections.get(usual)?.get('setenv') ?? []), ...value('setenv'), ...value('set_env')].flatMap(line => {
      const [, name, given = ''] = /^(?:[\w!,.-]+\s*:\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
      const text = filled(given, sections);
      return name === undefined || /[{$]/.test(text) ? [] : [[name, text]];
    }),
  );
  const directory = filled(value('changedir').concat(value('change_dir'))[0] ?? '', sections).replace(/^\.\/?/, '');
  const lines = text.split(/\r?\n/);
  return joined(sections.get(section)!.get('commands')!).map(written => ({
    // Only some factors have a line that begins with their names.
    text: filled(written.replace(/^[\w!,.-]+\s*:\s+/, ''), sections).replace(/^-\s*/, ''),
    file,
    line: lines.findIndex(line => line.includes(written.split(/\s+/).slice(0, 3).join(' '))) + 1 || 1,
    env,
    directory,
  }));
}

/** `testenv:{py311,py312}-django`. */
function namesOf(section: string): readonly string[] {
  const name = section.replace(/^(tox:)?testenv:?/, '');
  const [, before = '', inner, after = ''] = /^(.*?)\{([^}]*)\}(.*)$/.exec(name) ?? [];
  return inner === undefined ? name.split(/\s*,\s*/) : inner.split(',').map(part => `${before}${part.trim()}${after}`);
}

/** Lines that end in a backslash go on in the next. */
function joined(lines: readonly string[]): readonly string[] {
  const result: string[] = [];
  let open = false;
  for (const line of lines) {
    const text = line.replace(/\s*\\$/, '');
    if (open) result.push(`${result.pop()} ${text}`);
    else result.push(text);
    open = /\\$/.test(line);
  }
  return result;
}

function filled(text: string, sections: IniSections): string {
  return text
    .replaceAll(/\{\[([^\]]+)\](\w+)\}/g, (_, section: string, key: string) =>
      (sections.get(section)?.get(key) ?? []).join(' '),
    )
    .replaceAll(/\{posargs(?::([^{}]*))?\}/g, (_, usual?: string) => usual ?? '')
    .replaceAll(/\{env:\w+:([^{}]*)\}/g, '$1')
    .replaceAll(/\{(toxinidir|tox_root|toxworkdir)\}/g, '.')
    .replaceAll(/\{(envpython|basepython)\}/g, 'python')
    .replaceAll(/\{[\w:]+\}/g, '$UNKNOWN');
}

function tomlSteps(path: string, text: string, environment: string | undefined): readonly ShellStep[] {
  const file = parseToml(path, text, 'QS206');
  if (!isTomlFile(file)) return [];
  const root = path === 'tox.toml' ? [] : ['tool', 'tox'];
  const legacy = stringAt(file.data, ...root, 'legacy_tox_ini');
  if (legacy !== undefined) return iniSteps('tox.ini', legacy, environment).map(step => ({ ...step, file: path }));
  const base = tableAt(file.data, ...root, 'env_run_base');
  const named = tableAt(file.data, ...root, 'env', environment ?? '');
  const commands = named.commands ?? base.commands;
  const env = Object.fromEntries(
    Object.entries({ ...tableAt(base, 'set_env'), ...tableAt(named, 'set_env') }).filter(
      ([, value]) => typeof value === 'string',
    ),
  ) as Record<string, string>;
  const words = (Array.isArray(commands) ? commands : []).map(command =>
    // A table in it is what was given on the command line, or the default of that.
    (Array.isArray(command) ? command : []).filter(word => typeof word === 'string').join(' '),
  );
  const lines = text.split(/\r?\n/);
  const line = lines.findIndex(one => /^\s*commands\s*=/.test(one)) + 1 || 1;
  return words.map(command => ({ text: filled(command, new Map()), file: path, line, env, directory: '' }));
}
