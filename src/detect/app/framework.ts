/** The web framework by dependency, migrations and secrets: facts of one look each. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import { resolvePath } from '../../source/paths.js';
import { shellText } from '../../source/quote-words.js';
import type { Sourced } from '../../source/sourced.js';
import { tableAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import type { FrameworkMigrations } from '../../support/frameworks/definition.js';
import type { Framework } from '../../support/frameworks/index.js';
import { dependencyOnFramework, extendedFramework, WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import type { EnvRead } from '../code/env-read.js';
import { commandWords } from '../files/command-words.js';
import { type NamedProcess, namedIn } from '../files/processes.js';
import type { Project } from '../project.js';
import { managePath } from '../python/manage-path.js';
import { namedMigrations } from './named-migrations.js';
import { tableMaker } from './table-makers.js';

/** Finds the frameworks among the main dependencies; fails when there is none. */
export function detectFrameworks(
  dependencies: readonly Dependency[],
  file: string,
): Finding<readonly Sourced<Framework>[]> {
  const main = dependencies.filter(({ group }) => group === 'main');
  const frameworks = WEB_FRAMEWORKS.flatMap(([value, { packages }]) => {
    const dependency = dependencyOn(main, ...packages);
    return dependency ? [{ value, place: dependency.place, why: `${dependency.name} is a dependency` }] : [];
  });
  if (frameworks.length > 0) return found(frameworks);
  const extension = main.find(({ name }) => extendedFramework(name) !== undefined);
  const extended = extension && extendedFramework(extension.name);
  if (extended) return found([{ value: extended, place: extension.place, why: `${extension.name} brings it along` }]);
  return failed(diagnose('QS301', { frameworks: WEB_FRAMEWORKS.map(([name]) => name) }, { file }));
}

/** What installs packages before a release: the image has them. */
const INSTALLS = /\b(pip3?|uv|poetry|pipenv|pdm)\b.*\b(install|sync)\b/;

/** Finds the command that brings the database to the newest schema; undefined when there are no migrations. */
export async function detectMigrate(
  project: Project,
  dependencies: readonly Dependency[],
  release: NamedProcess | undefined,
): Promise<Sourced<readonly string[]> | undefined> {
  const { migrate } = project.config;
  if (migrate === false) return undefined;
  if (migrate !== undefined) return { value: migrate, place: configPlace(project.origins, 'migrate') };
  // Platforms run it before each release; static files are collected when the image is built.
  const isMigration = release && /\b(migrate|upgrade)\b/.test(`${release.value} ${release.command.text}`);
  const first = isMigration ? undefined : await ownMigrations(project, dependencies);
  if (!release || INSTALLS.test(release.value) || (!isMigration && /\bcollectstatic\b/.test(release.value)))
    return first;
  const words = commandWords(release.command);
  const value = first ? ['sh', '-c', `${shellText(first.value)} && ${shellText(words)}`] : words;
  const why = `${namedIn(release)}'s release`;
  return { value, place: release.place, why: first ? `${first.why}, then ${why}` : why };
}

/** The migrations of the app's own framework, its packages or its scripts. */
async function ownMigrations(
  project: Project,
  dependencies: readonly Dependency[],
): Promise<Sourced<readonly string[]> | undefined> {
  const { tree, pyproject } = project;
  const used = WEB_FRAMEWORKS.flatMap(([framework, { migrations, packages }]) => {
    const isOwn = migrations && packages.includes(migrations.package);
    const needed = isOwn
      ? dependencyOnFramework(dependencies, framework)
      : migrations && dependencyOn(dependencies, migrations.package);
    return migrations && needed ? [migrations] : [];
  });
  // Scripts of a framework's own before Alembic's, whose configuration they bring along; what every project has comes last.
  for (const own of used) {
    const found = own.kind === 'scripts' ? ownScripts(tree, own) : undefined;
    if (found) return found;
  }
  const hasAlembic = dependencyOn(dependencies, 'alembic') !== undefined;
  const ini = hasAlembic ? await alembicFile(tree) : undefined;
  const named = await namedMigrations(project, dependencies);
  if (named && named.value.join(' ') !== ini?.value.join(' ')) return named;
  if (ini) return ini;
  if (hasAlembic && pyproject && Object.keys(tableAt(pyproject.data, 'tool', 'alembic')).length > 0) {
    return { value: ['alembic', 'upgrade', 'head'], place: { file: pyproject.path }, why: "Alembic's migrations" };
  }
  const aerich = dependencyOn(dependencies, 'aerich') && (await aerichMigrations(project));
  if (aerich) return aerich;
  const manage = managePath(project);
  const [program] = used.flatMap(own => (own.kind === 'program' ? own : []));
  if (!program || manage === undefined) return tableMaker(project, dependencies);
  return { value: program.command(manage), place: { file: manage }, why: program.why };
}

/** Aerich's migrations, those of Tortoise ORM: where its settings say that they lie, or where it makes them. */
async function aerichMigrations({ tree, pyproject }: Project): Promise<Sourced<readonly string[]> | undefined> {
  const table = tableAt(pyproject?.data ?? {}, 'tool', 'aerich');
  const ini = await tree.read('aerich.ini');
  const file = Object.keys(table).length > 0 ? pyproject?.path : ini === undefined ? undefined : 'aerich.ini';
  if (file === undefined) return undefined;
  const written = typeof table.location === 'string' ? table.location : /^location\s*=\s*(\S+)/m.exec(ini ?? '')?.[1];
  const location = resolvePath('', written ?? 'migrations');
  const hasScripts = tree.paths.some(path => path.startsWith(`${location}/`) && path.endsWith('.py'));
  return hasScripts ? { value: ['aerich', 'upgrade'], place: { file }, why: "Aerich's migrations" } : undefined;
}

/** Migrations that a framework's own package runs, by the file that lies with their scripts. */
function ownScripts(
  tree: Tree,
  { directory, file, command, why }: Extract<FrameworkMigrations, { kind: 'scripts' }>,
): Sourced<readonly string[]> | undefined {
  const [path] = tree.paths.filter(candidate => `/${candidate}`.endsWith(`/${directory}/${file}`));
  if (path === undefined) return undefined;
  const scripts = path.slice(0, -`/${file}`.length);
  return { value: command(scripts === directory ? undefined : scripts), place: { file: path }, why };
}

/** Alembic's configuration at the top, else the only one whose scripts are found wherever it is read from. */
async function alembicFile(tree: Tree): Promise<Sourced<readonly string[]> | undefined> {
  const why = "Alembic's migrations";
  if (tree.paths.includes('alembic.ini')) {
    return { value: ['alembic', 'upgrade', 'head'], place: { file: 'alembic.ini' }, why };
  }
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const isOwn = (path: string) => !isInstalled(path) && asideOf(path) === undefined && !isTestFile(path);
  const paths = tree.paths.filter(path => path.endsWith('/alembic.ini') && isOwn(path));
  const [file, another] = paths;
  if (file === undefined || another !== undefined) return undefined;
  const location = /^script_location\s*=\s*(\S+)/m.exec((await tree.read(file)) ?? '')?.[1] ?? '';
  const isFound = /^%\(here\)s|^[\w.]+:/.test(location) || tree.paths.includes(`${resolvePath('', location)}/env.py`);
  return isFound ? { value: ['alembic', '--config', file, 'upgrade', 'head'], place: { file }, why } : undefined;
}

/** Finds the variables that must hold a secret value: keys that sign or encrypt, by their names. */
export function detectSecrets(reads: readonly EnvRead[]): Sourced<string>[] {
  const secrets = new Map<string, Sourced<string>>();
  for (const read of reads) {
    const signs =
      /(^|_)(SECRET_KEY|SECRET|SIGNING_KEY|SECURITY_PASSWORD_SALT|PASSWORD_SALT|ENCRYPTION_KEY|FERNET_KEY)$/;
    if (!signs.test(read.name) || /CLIENT_SECRET|AWS_/.test(read.name) || secrets.has(read.name)) continue;
    secrets.set(read.name, { value: read.name, place: { file: read.path, line: read.line }, why: 'read by the code' });
  }
  return [...secrets.values()];
}
