/** Migrations that what deploys the app runs by name: `alembic -c db/alembic.ini upgrade heads`, `litestar database upgrade`. */
import { resolvePath } from '../../source/paths.js';
import { quoteWords } from '../../source/quote-words.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import { MIGRATION_TOOLS, type MigrationTool, NEWEST } from '../../support/migration-tools.js';
import type { ShellWord } from '../files/command-line.js';
import { readOptions } from '../files/options.js';
import { isPython, type RunProgram } from '../files/runners.js';
import type { Project } from '../project.js';
import { deployedPrograms } from './deployed-programs.js';

/** Files and services for tests, which migrate what they test with. */
const FOR_TESTS = /(^|[./_-])(tests?|ci|e2e)([./_-]|$)/i;

/**
 * Finds the first such command in the order in which files say how an app is deployed. Those whose tool is no dependency, that lead to
 * another schema than the newest, or whose scripts are not where they say are passed over.
 */
export async function namedMigrations(
  { tree, source }: Project,
  dependencies: readonly Dependency[],
): Promise<Sourced<readonly string[]> | undefined> {
  const tools = MIGRATION_TOOLS.filter(tool => dependencyOn(dependencies, tool.package));
  for await (const { program, place } of deployedPrograms({ tree, source }, path => !FOR_TESTS.test(path))) {
    const [found] = tools.flatMap(tool => commandOf(tool, program, tree.paths) ?? []);
    if (found) return { value: found.words, place, why: `${found.tool.title}'s migrations, as they are run there` };
  }
  return migrationScript({ tree, source });
}

/** Names that people give a script which brings the database to the newest schema. */
const SCRIPT = /^(db[-_])?(migrate|migrations?)([-_]db|[-_]database)?\.py$|^(run|apply)[-_]migrations?\.py$/;

/** A script at the top of the app that migrates by its name, where what deploys or tests the app runs it: `python db-migration.py`. */
async function migrationScript({ tree, source }: Pick<Project, 'tree' | 'source'>) {
  const scripts = tree.paths.filter(path => SCRIPT.test(path));
  if (scripts.length === 0) return undefined;
  for await (const { program, place } of deployedPrograms({ tree, source }, () => true)) {
    const [script, ...args] = isPython(program.program) ? program.args.map(({ text }) => text) : [];
    if (script === undefined || args.length > 0 || !scripts.includes(script)) continue;
    return { value: ['python', script], place, why: 'migrates, by its name' };
  }
  return undefined;
}

interface Found {
  readonly tool: MigrationTool;
  readonly words: readonly string[];
}

/** The command as the image runs it in the app's directory; undefined when a program is none that migrates. */
function commandOf(tool: MigrationTool, run: RunProgram, paths: readonly string[]): Found | undefined {
  const words = wordsFrom(tool, run);
  if (!words) return undefined;
  const { options, operands } = readOptions(words, tool.takingValue);
  const [verbs, others] = [operands.slice(0, tool.verbs.length), operands.slice(tool.verbs.length)];
  if (verbs.some(({ text }, at) => text !== tool.verbs[at]) || verbs.length < tool.verbs.length) return undefined;
  const isNewest = !tool.namesSchema || others.every(({ text }) => NEWEST.test(text));
  // An address that is written there leads to the services of whoever wrote it.
  if (!isNewest || words.some(({ text }) => /:\/\//.test(text))) return undefined;
  const directory = directoryOf(tool, run.directory, options, paths);
  if (directory === undefined) return undefined;
  const unasked = tool.unasked !== undefined && !words.some(({ text }) => text === tool.unasked) ? [tool.unasked] : [];
  const isKnown = words.every(word => word.isKnown);
  const whole = [tool.program, ...words.map(({ text }) => text), ...unasked];
  if (directory === '' && isKnown) return { tool, words: whole };
  const text = [
    tool.program,
    ...words.map(word => (word.isKnown ? quoteWords([word.text]) : `"${word.text}"`)),
    ...unasked,
  ];
  const go = directory === '' ? '' : `cd ${quoteWords([directory])} && `;
  return { tool, words: ['sh', '-c', `${go}exec ${text.join(' ')}`] };
}

/** What a program is called with, where it is the tool's, be it in a container: `docker compose exec web alembic upgrade head`. */
function wordsFrom({ program }: MigrationTool, run: RunProgram): readonly ShellWord[] | undefined {
  if (run.program === program) return run.args;
  if (!/^(docker|docker-compose|podman|podman-compose|kubectl|heroku|fly|flyctl)$/.test(run.program)) return undefined;
  const at = run.args.findIndex(({ text }) => text === program);
  return at < 0 ? undefined : run.args.slice(at + 1);
}

/** The directory of the app that the command works in; undefined where it would not find its scripts. */
function directoryOf(
  { file }: MigrationTool,
  written: string,
  options: ReturnType<typeof readOptions>['options'],
  paths: readonly string[],
): string | undefined {
  if (!file) return '';
  const given = options.find(({ name }) => file.option.includes(name))?.value;
  if (given && !given.isKnown) return undefined;
  const wanted = given
    ? file.isDirectory
      ? `${given.text}/${file.name}`
      : given.text
    : file.isDirectory
      ? `migrations/${file.name}`
      : file.name;
  // Whoever writes it may stand above the app's directory.
  const parts = written.split('/').filter(part => part !== '');
  const around = [...parts.keys(), parts.length].map(depth => parts.slice(depth).join('/'));
  return around.find(directory => paths.includes(resolvePath(directory, wanted)));
}
