/** Directories that the app writes to and that outlive its container: databases in files, uploads. */
import { composeVolumes } from './compose-volumes.js';
import type { EnvRead } from './env-reads.js';
import type { Sourced } from './facts.js';
import { resolvePath } from './package-json.js';
import { configPlace, type Project } from './project.js';
import type { PythonModule } from './python-module.js';
import type { PythonToken } from './python-tokens.js';
import { writtenPath } from './written-paths.js';

const NAMES = /(^|_)(DATA|UPLOADS?|MEDIA|STORAGE|INSTANCE)_?(DIR|DIRECTORY|FOLDER|ROOT|PATH)$/;

/** Places of the system, those that every container may write to already, and what is no place. */
const NOT_OURS = /^(tmp|data|app|etc|usr|var|opt|home|root|bin|lib|proc|sys|dev|run|True|False|\d+)?$/;

/**
 * Finds the directories, absolute or relative to the source: those of the configuration, else those that the code names,
 * as defaults of its variables or in its settings, and those that a Dockerfile or a compose file declares.
 */
export async function detectVolumes(project: Project, reads: readonly EnvRead[]): Promise<readonly Sourced<string>[]> {
  const { volumes } = project.config;
  if (volumes !== undefined) return volumes.map(value => ({ value, place: configPlace('volumes') }));
  const found = new Map<string, Sourced<string>>();
  const add = (directory: string | undefined, sourced: Omit<Sourced<string>, 'value'>) => {
    if (directory === undefined) return;
    const value = directory.startsWith('/') ? `/${resolvePath('', directory)}` : resolvePath('', directory);
    if (NOT_OURS.test(value.replace(/^\//, '')) || value.startsWith('/tmp/') || found.has(value)) return;
    found.set(value, { value, ...sourced });
  };
  for (const { name, fallback, path, line } of reads) {
    if (fallback === undefined) continue;
    const place = { file: path, line };
    if (NAMES.test(name)) add(fallback, { place, why: `the default of ${name}` });
    add(databaseDirectory(fallback), { place, why: `where ${name} keeps its file by default` });
  }
  for (const { directory, ...sourced } of settings(project)) add(directory, sourced);
  const dockerfile = (await project.tree.read('Dockerfile')) ?? '';
  for (const [index, line] of dockerfile.split('\n').entries()) {
    const declared = /^VOLUME\s+(.+)/i.exec(line)?.[1]?.match(/\/[\w./-]+/g) ?? [];
    for (const directory of declared) {
      add(directory.replace(/^\/app\//, ''), { place: { file: 'Dockerfile', line: index + 1 }, why: 'declared' });
    }
  }
  for (const { value, ...sourced } of await composeVolumes(project.tree)) add(value, sourced);
  return [...found.values()];
}

/** Settings that spell out a directory: `UPLOAD_FOLDER = ...`, `app.config["UPLOAD_FOLDER"] = ...`, a database in a file. */
function settings({ modules, tree }: Project) {
  return modules.flatMap(module =>
    module.isTest
      ? []
      : module.statements.flatMap(({ tokens, line }) => {
          const equals = tokens.findIndex(({ text }) => text === '=');
          const name = nameBefore(tokens, equals);
          if (name === undefined) return [];
          const value = tokens.slice(equals + 1);
          const isFile = /^(SQLALCHEMY_)?DATABASE(_UR[IL]|S)?$/.test(name);
          const path = isFile
            ? databasePath(value, module, modules)
            : NAMES.test(name)
              ? writtenPath(value, module, modules)
              : undefined;
          const directory = isFile ? path?.replace(/(^|\/)[^/]*$/, '') : path;
          // Data that comes with the code is there to be read.
          const isRead = /DATA/.test(name) && !isFile && tree.paths.some(file => file.startsWith(`${directory}/`));
          return directory && !isRead
            ? [{ directory, place: { file: module.path, line }, why: `${name} in the code` }]
            : [];
        }),
  );
}

/** The name that is given a value: of a variable, or of an entry such as `app.config["NAME"]`. */
function nameBefore(tokens: readonly PythonToken[], equals: number): string | undefined {
  if (equals === 1 && tokens[0]?.kind === 'name') return tokens[0].text;
  const key = tokens[equals - 2];
  return equals > 3 && tokens[equals - 1]?.text === ']' && key?.kind === 'string' ? key.text : undefined;
}

/** The file of `"sqlite:///" + path`, or of the NAME among Django's databases when one is SQLite. */
function databasePath(
  tokens: readonly PythonToken[],
  module: PythonModule,
  modules: readonly PythonModule[],
): string | undefined {
  const isJoined = /^sqlite(\+\w+)?:\/\/\/$/.test(tokens[0]?.text ?? '') && tokens[1]?.text === '+';
  if (isJoined) return writtenPath(tokens.slice(2), module, modules);
  const name = tokens.findIndex(
    ({ kind, text }, at) => kind === 'string' && text === 'NAME' && tokens[at + 1]?.text === ':',
  );
  if (name < 0 || !tokens.some(({ text }) => text.endsWith('.sqlite3'))) return undefined;
  const value = tokens.slice(name + 2);
  let depth = 0;
  const end = value.findIndex(({ kind, text }) => {
    if (kind === 'op' && /^[([{]$/.test(text)) depth++;
    if (kind === 'op' && /^[)\]}]$/.test(text)) depth--;
    return depth < 0 || (depth === 0 && text === ',');
  });
  return writtenPath(end < 0 ? value : value.slice(0, end), module, modules);
}

/** The directory of `sqlite:///data/shop.db`; undefined for a file beside the source, which nobody should write to. */
function databaseDirectory(address: string): string | undefined {
  const file = /^sqlite(?:\+\w+)?:\/\/\/(.+)$/.exec(address)?.[1];
  const at = file?.lastIndexOf('/') ?? -1;
  return at > 0 ? file!.slice(0, at) : undefined;
}
