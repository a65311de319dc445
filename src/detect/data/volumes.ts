/** Directories that the app writes to and that outlive its container: databases in files, uploads. */
import type { Place } from '../../diagnostics/place.js';
import { configPlace } from '../../source/config-place.js';
import { isWithin, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { writtenPath } from '../code/written-paths.js';
import { composeVolumes, isKept } from '../files/compose-volumes.js';
import type { GivenVariable } from '../files/deployment.js';
import { imageDirectory, imageVolumes, madeInImage } from '../files/dockerfile.js';
import type { Project } from '../project.js';
import { type DatabaseFile, defaultFiles, findDatabaseFiles, isBesideCode } from './database-files.js';
import { libraryDirectories } from './library-directories.js';
import { madeDirectories } from './made-directories.js';

const NAMES = /(^|_)(DATA|UPLOADS?|DOWNLOADS?|MEDIA|STORAGE|INSTANCE)_?(DIR|DIRECTORY|FOLDER|ROOT|PATH)$/;

/** An absolute directory, as variables hold it. */
const DIRECTORY = /^\/[\w./-]*\/?$/;

/** Places of the system, those that every container may write to already, and what is no place. */
const NOT_OURS = /^(\/(tmp|data|app|etc|usr|var|opt|home|root|bin|lib|proc|sys|dev|run)?|True|False|\d+)?$/;

/** What says where the app is told to write. */
export interface Told {
  readonly reads: readonly EnvRead[];
  /** Variables as the deployment gives them. */
  readonly given: readonly GivenVariable[];
  /** The command that starts the app, where it is no server's. */
  readonly command: Sourced<readonly string[]> | undefined;
  /** Databases of SQLite that files of settings name. */
  readonly inSettings: readonly DatabaseFile[];
}

/**
 * Finds the directories, absolute or relative to the source: those of the configuration, else those that the code names,
 * as defaults of its variables or in its settings, those that a variable or an argument of the app's own container names, and those that a
 * Dockerfile or a compose file declares.
 */
export async function detectVolumes(
  project: Project,
  { reads, given, command, inSettings }: Told,
): Promise<readonly Sourced<string>[]> {
  const { volumes } = project.config;
  if (volumes !== undefined) return volumes.map(value => ({ value, place: configPlace(project.origins, 'volumes') }));
  const found = new Map<string, Sourced<string>>();
  const files = new Set(project.tree.paths);
  const add = (directory: string | undefined, sourced: Omit<Sourced<string>, 'value'>) => {
    if (directory === undefined) return;
    const value = directory.startsWith('/') ? `/${resolvePath('', directory)}` : resolvePath('', directory);
    // A file of the source is no directory, whatever the name of its setting.
    const isFile = files.has(value);
    // Nor is a pattern that dates or names are put into.
    if (isFile || /[%{<]/.test(value) || NOT_OURS.test(value) || value.startsWith('/tmp/') || found.has(value)) return;
    found.set(value, { value, ...sourced });
  };
  for (const { name, fallback, path, line } of reads) {
    if (fallback === undefined) continue;
    const place = { file: path, line };
    if (NAMES.test(name)) add(fallback, { place, why: `the default of ${name}` });
  }
  const root = await imageDirectory(project.tree);
  const inSource = (path: string) => (isWithin(path, root) ? path.slice(root.length + 1) : path);
  for (const { name, value, place } of given) {
    const isRead = NAMES.test(name) && DIRECTORY.test(value) && reads.some(read => read.name === name);
    if (isRead) add(inSource(value), { place, why: `the value of ${name}` });
  }
  const made = await madeInImage(project.tree);
  for (const word of command?.value ?? []) {
    const directory = word.replace(/^-[\w-]*=/, '').replace(/\/$/, '');
    if (command && made.includes(directory))
      add(inSource(directory), { place: command.place, why: 'an argument of its command' });
  }
  for (const { value, place } of [...findDatabaseFiles(project), ...inSettings, ...defaultFiles(reads)]) {
    const directory = value.replace(/\/?[^/]*$/, '');
    if (!isBesideCode(project, value)) add(directory, { place, why: 'where SQLite keeps a database' });
  }
  const instance = firstInstancePath(project);
  if (instance) add('instance', { place: instance, why: "Flask's directory for data" });
  const { modules } = project;
  for (const { directory, ...sourced } of [
    ...settings(project),
    ...madeDirectories(modules),
    ...libraryDirectories(modules),
  ])
    add(directory, sourced);
  for (const { value, place } of await imageVolumes(project.tree))
    if (isKept(value)) add(value, { place, why: 'declared' });
  for (const { value, ...sourced } of await composeVolumes(project)) add(value, sourced);
  return [...found.values()];
}

/** Where the code first asks Flask for the directory that is made for what it writes. */
function firstInstancePath({ modules }: Project): Place | undefined {
  for (const { path, isTest, statements } of modules) {
    const statement = statements.find(({ tokens }) =>
      tokens.some(({ text, kind }) => kind === 'name' && text === 'instance_path'),
    );
    if (statement && !isTest) return { file: path, line: statement.line };
  }
  return undefined;
}

/** Settings that spell out a directory: `UPLOAD_FOLDER = ...`, `app.config["UPLOAD_FOLDER"] = ...`. */
function settings({ modules, tree }: Project) {
  return modules.flatMap(module =>
    module.isTest
      ? []
      : module.statements.flatMap(({ tokens, line }) => {
          const equals = tokens.findIndex(({ text }) => text === '=');
          const name = nameBefore(tokens, equals);
          if (name === undefined || !NAMES.test(name) || isReplaced(name, module, modules)) return [];
          const directory = writtenPath(tokens.slice(equals + 1), module, modules);
          // Data that comes with the code is there to be read.
          const isRead = /DATA/.test(name) && tree.paths.some(file => file.startsWith(`${directory}/`));
          return directory && !isRead
            ? [{ directory, place: { file: module.path, line }, why: `${name} in the code` }]
            : [];
        }),
  );
}

/** Whether all that take a module's names over give this one a value of their own, and nothing else names the module as the settings. */
function isReplaced(name: string, { name: own }: PythonModule, modules: readonly PythonModule[]): boolean {
  const others = modules.filter(({ isTest, stars }) => !isTest && stars.includes(own));
  if (others.length === 0) return false;
  const isNamed = modules.some(({ statements }) =>
    statements.some(({ tokens }) => tokens.some(({ kind, text }) => kind === 'string' && text === own)),
  );
  const isGiven = ({ statements }: PythonModule) =>
    statements.some(
      ({ tokens: [first, equals, ...value], indent }) =>
        indent === 0 &&
        first?.text === name &&
        equals?.text === '=' &&
        !value.some(({ kind, text }) => kind === 'name' && text === name),
    );
  return !isNamed && others.every(isGiven);
}

/** The name that is given a value: of a variable, or of an entry such as `app.config["NAME"]`. */
function nameBefore(tokens: readonly PythonToken[], equals: number): string | undefined {
  if (equals === 1 && tokens[0]?.kind === 'name') return tokens[0].text;
  if (equals === 3 && tokens[0]?.text === 'self' && tokens[2]?.kind === 'name') return tokens[2].text.toUpperCase();
  const key = tokens[equals - 2];
  return equals > 3 && tokens[equals - 1]?.text === ']' && key?.kind === 'string' ? key.text : undefined;
}
