/** Programs of the app that its own deployment runs before its server, and nobody runs here: each is told of by itself. */
import type { LeftStep } from '../facts.js';
import { readProcfile } from '../files/procfile.js';
import { isPython, type RunProgram } from '../files/runners.js';
import { programsBeside } from '../files/web-command.js';
import type { Project } from '../project.js';
import { type Followed, isFollowed } from './image-runs.js';

/** Those that a start does without: what waits for services, what makes people's accounts. */
const GONE_WITHOUT = /^(wait_?for\w*|\w*super_?user\w*|create_?admin\w*|createsu\w*|flush|showmigrations)$/i;

/** Workers, which are processes of their own. */
const WORKERS = /^(qcluster|rq\w*|run_?worker\w*)$/i;

/** What a Procfile has for platforms that build and deploy by it, but for what goes with the migration. */
const HOOKS = /^(pre|post)compile$|^(predeploy|preflight)$/;

/** Finds them, whoever runs them: a Procfile, the container or a compose file. */
export async function leftScripts(followed: Followed): Promise<readonly LeftStep[]> {
  const { project } = followed;
  // Whoever says what is run before a start has seen what there is.
  if (project.config.migrate !== undefined) return [];
  const beside = await programsBeside(project);
  const found = beside.flatMap(({ program, place }) => {
    const words = scriptWords(program, project);
    const isKnown = words !== undefined && program.args.every(arg => arg.isKnown);
    const isNeedless = words && (isGoneWithout(words) || WORKERS.test(nameOf(words)) || isFollowed(program, followed));
    return isKnown && !isNeedless ? [{ kind: 'script', value: words.join(' '), place } as const] : [];
  });
  const all = [...found, ...(await leftHooks(project))];
  return all.filter(({ value }, at) => all.findIndex(other => other.value === value) === at);
}

async function leftHooks({ tree }: Project): Promise<readonly LeftStep[]> {
  return [...(await readProcfile(tree))].flatMap(([name, { value, place }]) =>
    HOOKS.test(name)
      ? [{ kind: 'hook', value, place, why: `${name}: a platform runs it once for each release` } as const]
      : [],
  );
}

/** The words of a program that is a script of the app, or a command of its manage.py. */
export function scriptWords({ program, path, args }: RunProgram, { tree }: Project): readonly string[] | undefined {
  const words = args.map(({ text }) => text);
  const [script, ...rest] = isPython(program) ? words : [path.replace(/^\.\//, ''), ...words];
  if (script === undefined || !script.endsWith('.py')) return undefined;
  const name = script.split('/').at(-1)!;
  const isOwn = name === 'manage.py' || tree.paths.some(own => own === name || own.endsWith(`/${name}`));
  return isOwn ? ['python', script, ...rest] : undefined;
}

/** Whether a start does without a script of the app. */
export function isGoneWithout(words: readonly string[]): boolean {
  return GONE_WITHOUT.test(nameOf(words));
}

/** What a script is called, or the command of manage.py. */
function nameOf([, script = '', command = '']: readonly string[]): string {
  const name = script.split('/').at(-1)!;
  return name === 'manage.py' ? command : name.replace(/\.py$/, '');
}
