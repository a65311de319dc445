/** Programs of the app that its own container runs before its server, and nobody runs here. */
import type { Sourced } from '../../source/sourced.js';
import { readProcfile } from '../files/procfile.js';
import { isPython, type RunProgram } from '../files/runners.js';
import { programsBeside } from '../files/web-command.js';
import type { Project } from '../project.js';

/** Commands of manage.py that are run here anyway, before a start or where they belong, or that change nothing. */
const DONE =
  /^(collectstatic|compilemessages|migrate|makemigrations|check|test|runserver|shell|tailwind|createcachetable|help|version)$/;

/** Scripts that install the project itself. */
const INSTALLS = /(^|\/)(setup|manage|get-pip|install[\w-]*)\.py$/;

/** Further ones that a start does without: what waits for services, what makes people's accounts. */
const GONE_WITHOUT =
  /^(wait_?for\w*|\w*super_?user\w*|create_?admin\w*|createsu\w*|flush|showmigrations|qcluster|rq\w*|run_?worker\w*)$/i;

/** What a Procfile has for platforms that build and deploy by it, but for what goes with the migration. */
const HOOKS = /^(pre|post)compile$|^(predeploy|preflight)$/;

/** Finds what the container runs each time that it is started, before the server or beside it, and is no part of the migration. */
export async function leftAtStart(project: Project, migration: string): Promise<readonly Sourced<string>[]> {
  if (project.config.migrate !== undefined) return [];
  const found: Sourced<string>[] = (await programsBeside(project)).flatMap(({ program, place }) => {
    const [python, script = '', ...rest] = ownWords(program, project) ?? [];
    const name = /(^|\/)manage\.py$/.test(script) ? rest[0]! : script.split('/').at(-1)!.replace(/\.py$/, '');
    const value = [python, script, ...rest].join(' ');
    const isMeant = python !== undefined && !GONE_WITHOUT.test(name) && !migration.includes(value);
    return isMeant ? [{ value, place }] : [];
  });
  const hooks = [...(await readProcfile(project.tree))].flatMap(([name, { value, place }]) =>
    HOOKS.test(name) ? [{ value, place, why: `${name}: a platform runs it once for each release` }] : [],
  );
  found.push(...hooks);
  return found.filter(({ value }, at) => found.findIndex(other => other.value === value) === at);
}

/** The words of a program that is a script of the app, or a command of its manage.py that is not run anyway. */
function ownWords({ program, path, args }: RunProgram, { tree }: Project): readonly string[] | undefined {
  const words = args.map(({ text }) => text);
  const [script, ...rest] = isPython(program) ? words : [path.replace(/^\.\//, ''), ...words];
  if (script === undefined || !script.endsWith('.py') || args.some(({ isKnown }) => !isKnown)) return undefined;
  if (/(^|\/)manage\.py$/.test(script)) {
    const [command] = rest;
    return command === undefined || command.startsWith('-') || DONE.test(command)
      ? undefined
      : ['python', script, ...rest];
  }
  const name = script.split('/').at(-1)!;
  const isOwn = tree.paths.some(candidate => candidate === name || candidate.endsWith(`/${name}`));
  return isOwn && !INSTALLS.test(script) ? ['python', script, ...rest] : undefined;
}
