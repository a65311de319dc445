/** What an app's own deployment puts into the database once that is migrated: programs that follow the migration in the script that runs both. */
import { shellText } from '../../source/quote-words.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { isPython, isRunByPython, type RunProgram, withoutRoot } from '../files/runners.js';
import { SCRIPTS } from '../files/start-commands.js';
import type { Project } from '../project.js';
import { type DeployedProgram, deployedPrograms } from './deployed-programs.js';

/**
 * Adds them to the migration. Those count that the deployment runs whatever happens: in a script that something else of it names, behind the
 * migration, under no condition, with words that are known, and made of the app's own code. A command that asks somebody is not among them.
 */
export async function withSeeds(
  project: Project,
  migrate: Sourced<readonly string[]> | undefined,
): Promise<Sourced<readonly string[]> | undefined> {
  if (migrate === undefined || project.config.migrate !== undefined || migrate.value[0] === 'sh') return migrate;
  const all: DeployedProgram[] = [];
  for await (const deployed of deployedPrograms(project, () => true)) all.push(deployed);
  const scripts = [...new Set(all.map(({ place }) => place.file))].filter(
    file => SCRIPTS.test(file) && all.some(({ program, place }) => place.file !== file && names(program, file)),
  );
  for (const file of scripts) {
    const inside = all.filter(({ place }) => place.file === file);
    const at = inside.findIndex(({ program }) => isMigration(program, migrate.value));
    const text = at < 0 ? undefined : await project.tree.read(file);
    if (text === undefined) continue;
    const lines = text.split('\n');
    const seeds = inside.slice(at + 1).filter(({ place }) => isPlain(lines[(place.line ?? 1) - 1] ?? ''));
    const own = (await Promise.all(seeds.map(({ program }) => seedOf(program, project.tree)))).flat();
    if (own.length === 0) continue;
    const value = ['sh', '-c', [migrate.value, ...own].map(shellText).join(' && ')];
    return {
      value,
      place: inside[at]!.place,
      why: `${migrate.why ?? 'migrations'}, and what is run behind them there`,
    };
  }
  return migrate;
}

/** Whether a program is a script, or is told its path: `bash scripts/prestart.sh`. */
function names({ path, args }: RunProgram, file: string): boolean {
  const name = file.split('/').at(-1)!;
  return [path, ...args.map(({ text }) => text)].some(word => word === name || word.endsWith(`/${name}`));
}

function isMigration({ program, args }: RunProgram, migrate: readonly string[]): boolean {
  const words = [program, ...args.map(({ text }) => text)];
  // `python manage.py migrate --noinput`: options may differ.
  const [tool, ...verbs] = migrate.filter(word => !word.startsWith('-') && word !== 'python');
  const said = words.filter(word => !word.startsWith('-') && !isPython(word)).map(word => word.split('/').at(-1));
  return said[0] === tool?.split('/').at(-1) && verbs.every(verb => said.includes(verb));
}

/** Whether a line of a script is run whatever happens, and to its end: it stands in no block, no condition, and takes no other's place. */
function isPlain(line: string): boolean {
  return /^\S/.test(line) && !/^(if|elif|while|until|for|case|then|else|exec)\b|[|&]/.test(line);
}

/** Code that goes on until somebody ends it: a server, a worker. */
const GOES_ON =
  /\b(uvicorn\.run|run_app|run_forever|serve_forever|start_polling|\w*app\.run|serve)\(|\bwhile (True|1)\b/;

/** The words of a program that is a script or a module of the app and ends, or a command that its own code gives manage.py. */
async function seedOf(run: RunProgram, tree: Tree): Promise<readonly (readonly string[])[]> {
  const { program, path, args } = run;
  const words = args.map(({ text }) => text);
  const isModule = !isPython(program) && isRunByPython(run);
  const [script = '', ...rest] = isPython(program) ? words : [isModule ? program.replaceAll('.', '/') : path, ...words];
  const place = withoutRoot(script);
  const files = isModule ? [`${place}.py`, `${place}/__main__.py`] : place.endsWith('.py') ? [place] : [];
  const file = files.find(candidate => tree.paths.includes(candidate));
  if (file === undefined || args.some(({ isKnown }) => !isKnown)) return [];
  if (/(^|\/)manage\.py$/.test(file)) {
    const isOwn = tree.paths.some(candidate => candidate.endsWith(`/management/commands/${rest[0]}.py`));
    return isOwn ? [['python', file, ...rest]] : [];
  }
  if (GOES_ON.test((await tree.read(file)) ?? '')) return [];
  return [isModule ? ['python', '-m', program, ...words] : ['python', file, ...rest]];
}
