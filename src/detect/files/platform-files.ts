/**
 * Files in which platforms are told how they run the app, beside the Procfile: its processes and their variables. What a file means is as
 * its platform documents it.
 */
import { asObject, readLooseJson } from '../../source/json-file.js';
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile, parseToml } from '../../source/toml-file.js';
import { oncePerTree, type Tree } from '../../source/tree.js';
import { growsWithoutEnd, yamlDocuments } from '../../source/yaml-documents.js';
import { readCommandLine } from './command-line.js';
import type { Processes } from './processes.js';

/** What a platform is told of the app. */
export interface PlatformApp {
  /** Commands by process; `web` answers requests, `release` runs once before the others do. */
  readonly processes: Processes;
  readonly variables: readonly (Sourced<string> & { readonly name: string })[];
}

/** Commands and variables as a file names them, of which some may be no text. */
interface Told {
  readonly processes: readonly (readonly [string, unknown])[];
  readonly variables?: readonly (readonly [unknown, unknown])[];
}

type Data = Readonly<Record<string, unknown>>;

/** How each platform's file is read; the first that names a process decides. */
const PLATFORMS: Readonly<Record<string, (data: Data) => Told>> = {
  'heroku.yml': ({ run, release }) => ({
    processes: [
      ...Object.entries(asObject(run)).map(([name, told]) => [name, asObject(told).command ?? told] as const),
      ['release', asObject(release).command],
    ],
  }),
  'render.yaml': data => {
    const services = listAt(data, 'services').filter(isHere);
    const webs = services.filter(({ type }) => type === 'web');
    const web = webs.find(({ startCommand }) => startCommand !== undefined) ?? webs[0];
    const workers = services.filter(({ type }) => type === 'worker');
    return {
      processes: [
        ['web', web?.startCommand],
        ['release', web?.preDeployCommand],
        ...workers.map(({ name, startCommand }) => [`${name}`, startCommand] as const),
      ],
      variables: web ? pairsAt(web, 'envVars') : [],
    };
  },
  'fly.toml': ({ processes, deploy, env }) => ({
    processes: [
      ...Object.entries(asObject(processes)).map(([name, told]) => [name === 'app' ? 'web' : name, told] as const),
      ['release', asObject(deploy).release_command],
    ],
    variables: Object.entries(asObject(env)),
  }),
  'railway.toml': ofRailway,
  'railway.json': ofRailway,
  'railpack.json': ({ deploy }) => ({ processes: [['web', asObject(deploy).startCommand]] }),
  'nixpacks.toml': ({ start, variables }) => ({
    processes: [['web', asObject(start).cmd]],
    variables: Object.entries(asObject(variables)),
  }),
  '.do/app.yaml': data => {
    const [web] = listAt(data, 'services').filter(isHere);
    const before = listAt(data, 'jobs').find(({ kind }) => kind === 'PRE_DEPLOY');
    return {
      processes: [
        ['web', web?.run_command],
        ['release', before?.run_command],
        ...listAt(data, 'workers').map(({ name, run_command: command }) => [`${name}`, command] as const),
      ],
      variables: web ? pairsAt(web, 'envs') : [],
    };
  },
  // App Engine's
  'app.yaml': ({ entrypoint, env_variables: variables }) => ({
    processes: [['web', entrypoint]],
    variables: Object.entries(asObject(variables)),
  }),
  '.platform.app.yaml': ({ web, workers, variables }) => ({
    processes: [
      ['web', startOf(web)],
      ...Object.entries(asObject(workers)).map(([name, worker]) => [name, startOf(worker)] as const),
    ],
    variables: Object.entries(asObject(asObject(variables).env)),
  }),
  // Heroku's, for the first deployment of an app: what it runs then may be run again where it makes tables, and nothing beside.
  'app.json': ({ scripts, env }) => {
    const { postdeploy } = asObject(scripts);
    return {
      processes: typeof postdeploy === 'string' && MAKES_TABLES.test(postdeploy) ? [['release', postdeploy]] : [],
      variables: Object.entries(asObject(env)).map(([name, told]) => [name, asObject(told).value ?? told] as const),
    };
  },
};

const MAKES_TABLES =
  /^(?!.*(&&|\|))(?!.*\b(drop_all|loaddata|seed\w*|createsuperuser)\b).*\b(migrate|upgrade|create_all|syncdb|((create|init)[_-]?(db|database|tables)))\b/;

function ofRailway({ deploy }: Data): Told {
  const { startCommand, preDeployCommand } = asObject(deploy);
  return {
    processes: [
      ['web', startCommand],
      ['release', preDeployCommand],
    ],
  };
}

function startOf(process: unknown): unknown {
  return asObject(asObject(process).commands).start;
}

function listAt(data: Data, key: string): readonly Data[] {
  const value = data[key];
  return Array.isArray(value) ? value.map(asObject) : [];
}

/** Variables as lists of `key` and `value`; those whose values come from elsewhere have none. */
function pairsAt(data: Data, key: string): readonly (readonly [unknown, unknown])[] {
  return listAt(data, key).map(({ key: name, value }) => [name, value] as const);
}

/** Whether a service is made from the directory that its file lies in. */
function isHere({ rootDir, source_dir: sourceDir }: Data): boolean {
  return [rootDir, sourceDir].every(dir => dir === undefined || /^\.?\/?$/.test(`${dir}`));
}

const NOTHING: PlatformApp = { processes: new Map(), variables: [] };

/** Reads the first file of a platform that names a process or a variable; what cannot be read names none. */
export const readPlatformFile = oncePerTree(firstTold);

async function firstTold(tree: Tree): Promise<PlatformApp> {
  for (const [file, read] of Object.entries(PLATFORMS)) {
    const text = await tree.read(file);
    const data = text === undefined ? undefined : parsed(file, text);
    const app = data && (await placed(file, text!, read(data)));
    if (app && app.processes.size + app.variables.length > 0) return app;
  }
  return NOTHING;
}

function parsed(file: string, text: string): Data | undefined {
  if (file.endsWith('.json')) return asObject(readLooseJson(text));
  if (file.endsWith('.toml')) {
    const read = parseToml(file, text, 'QS206');
    return isTomlFile(read) ? read.data : undefined;
  }
  const [document, another] = yamlDocuments(text).documents;
  if (!document || another || document.errors.length > 0 || growsWithoutEnd(document)) return undefined;
  return asObject(document.toJS({ maxAliasCount: -1 }));
}

async function placed(file: string, text: string, { processes, variables = [] }: Told): Promise<PlatformApp> {
  const commands = processes.map(async ([name, told]) => {
    const value = textOf(told);
    if (value === undefined) return [];
    return [[name, { value, command: await readCommandLine(value), place: placeOf(file, text, value) }] as const];
  });
  const values = variables.flatMap(([name, told]) => {
    const value = typeof told === 'number' || typeof told === 'boolean' ? `${told}` : told;
    const isText = typeof name === 'string' && typeof value === 'string' && value !== '';
    return isText ? [{ name, value, place: placeOf(file, text, name) }] : [];
  });
  // Of processes that go by one name the first counts.
  return { processes: new Map((await Promise.all(commands)).flat().toReversed()), variables: values };
}

/** A command, which may be given as a list of them that follow each other. */
function textOf(told: unknown): string | undefined {
  const all = (Array.isArray(told) ? told : [told]).filter(item => typeof item === 'string' && item.trim() !== '');
  return all.length > 0 ? all.map(item => (item as string).trim()).join(' && ') : undefined;
}

/** Where a value is written: in each of these formats its first line stands as it is. */
function placeOf(file: string, text: string, value: string) {
  const [first = ''] = value.split(/ && |\n/);
  const at = text.indexOf(first);
  return at < 0 ? { file } : { file, line: text.slice(0, at).split('\n').length };
}
