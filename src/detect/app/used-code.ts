/** The app's code as far as it runs: what its processes start with, and what that leads to. */

import { mentionOf } from '../code/mentions.js';
import { importsAnywhere, type PythonModule } from '../code/module.js';
import { usedModules } from '../code/used-modules.js';
import type { EntryPoint } from '../facts.js';
import { DOCKERFILES } from '../files/app-dockerfile.js';
import { SCRIPTS } from '../files/start-commands.js';
import { SUPERVISOR_FILES } from '../files/supervisor.js';
import type { Project } from '../project.js';

/** Files that say what is run where the app is deployed. */
const DEPLOYS = [
  SUPERVISOR_FILES,
  /^Procfile[^/]*$/,
  DOCKERFILES,
  /^([\w.-]+\/){0,2}(docker-)?compose[^/]*\.ya?ml$/,
  /^(render|app|fly|railway|nixpacks|app\.json|Aptfile|release-tasks)\.?(ya?ml|toml|json|sh)?$/,
  /^(pyproject\.toml|setup\.cfg|setup\.py|uwsgi\.ini|\.flaskenv|\.?env[\w.-]*)$/,
];

/** Modules that something starts with by their names: Django's, a server's settings, what runs migrations. */
const BY_NAME =
  /(^|\/)(manage|gunicorn\w*|gunicorn[\w.-]*conf[\w.-]*|asgi|wsgi|passenger_wsgi)\.py$|(^|\/)(alembic|migrations)\/(.*\/)?env\.py$/;

/** Packages whose tasks another process than the web server works off. */
const QUEUES: ReadonlySet<string> = new Set(
  'celery rq arq dramatiq huey apscheduler django_q procrastinate taskiq faust kombu pika aiokafka'.split(' '),
);

const namesQueue = mentionOf(QUEUES);

/** What lies in a package of such a name imports from that when it imports what is beside it. */
function mentionsQueue({ text, name }: PythonModule): boolean {
  return namesQueue(text) || QUEUES.has(name.split('.')[0]!);
}

/** A project as far as its code is the app's. */
export interface UsedCode {
  readonly used: Project;
  /** Paths of the modules that its processes are known to import. */
  readonly reached: ReadonlySet<string>;
}

/** What the web process starts with: the object that is served, or a command. */
export interface CodeStarts {
  readonly entry: EntryPoint | undefined;
  readonly command: readonly string[] | undefined;
}

/** All code is the app's where nothing says what serves it. */
export function allCode(project: Project): UsedCode {
  return { used: project, reached: new Set(project.modules.map(({ path }) => path)) };
}

/**
 * The project without the modules that neither the web server nor another of its processes, nor its migrations, get to run: what people
 * run by hand says nothing of what the image needs.
 */
export async function findUsedCode(project: Project, { entry, command = [] }: CodeStarts): Promise<UsedCode> {
  const named = namesIn([...(await deployedTexts(project)), command.join(' ')].join('\n'));
  const isStart = (candidate: PythonModule) =>
    candidate.name === entry?.module ||
    candidate.name === entry?.settings?.value ||
    BY_NAME.test(candidate.path) ||
    named.has(candidate.name) ||
    named.has(candidate.path) ||
    (mentionsQueue(candidate) && importsAnywhere(candidate).some(target => QUEUES.has(target.split('.')[0]!)));
  const { used, reached } = usedModules(project.modules, isStart);
  return { used: { ...project, modules: used }, reached: new Set([...reached].map(({ path }) => path)) };
}

/** The texts of files that deploy the app, of the scripts that they run, and what is configured to be run. */
async function deployedTexts({ tree, source, config }: Project): Promise<readonly string[]> {
  // What is configured, and not what the file says of it besides.
  const texts: string[] = [JSON.stringify(config)];
  for (const from of source === tree ? [tree] : [tree, source]) {
    const deploying = from.paths.filter(path => DEPLOYS.some(pattern => pattern.test(path)));
    texts.push(...(await Promise.all(deploying.map(async path => (await from.read(path)) ?? ''))));
    let left = from.paths.filter(path => SCRIPTS.test(path));
    for (let named = withName(left, texts); named.length > 0; named = withName(left, texts)) {
      left = left.filter(path => !named.includes(path));
      texts.push(...(await Promise.all(named.map(async path => (await from.read(path)) ?? ''))));
    }
  }
  return texts;
}

function withName(paths: readonly string[], texts: readonly string[]): readonly string[] {
  return paths.filter(path => texts.some(text => text.includes(path.split('/').at(-1)!)));
}

/** No module lies deeper: what has more parts is data, of which each part would be a name as long as all before it. */
const DEEPEST = 32;

/** Dotted names and paths of modules that a text has: `scripts/seed.py`, `-m scripts.seed`, `--app worker`, `worker:app`. */
function namesIn(text: string): ReadonlySet<string> {
  const dotted = [...text.matchAll(/(?<![\w.])[A-Za-z_]\w*(?:\.\w+)+/g)].flatMap(([name]) => {
    const parts = name.split('.');
    return parts.slice(1, DEEPEST).map((_, at) => parts.slice(0, at + 2).join('.'));
  });
  const alone = [...text.matchAll(/(?:-m|-A|--app)[ =]+(\w+)|(?<![\w.])([A-Za-z_]\w*):\w/g)].flatMap(
    match => match[1] ?? match[2] ?? [],
  );
  const paths = [...text.matchAll(/(?<![\w./-])[\w./-]+\.py\b/g)].flatMap(([path]) => {
    const parts = path.split('/').slice(-DEEPEST);
    return parts.map((_, at) => parts.slice(at).join('/'));
  });
  return new Set([...dotted, ...alone, ...paths]);
}
