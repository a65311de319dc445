/** Groups and extras that production installs beside a project's own dependencies: those that its Dockerfile installs, else its server's. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { RUN_SERVERS } from '../../support/run-servers.js';
import { RUN_SERVICES } from '../../support/run-services.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { appDockerfile } from '../files/app-dockerfile.js';
import { readOptions } from '../files/options.js';
import type { RunProgram } from '../files/runners.js';
import { imagePrograms } from '../files/web-command.js';
import type { Project } from '../project.js';

const TAKING_GROUPS = ['--group', '--only-group', '--with', '--only', '-G', '--extra', '-E', '--extras'];

/** Options of pip and of managers whose value is no package. */
const TAKING_VALUE = [
  ...TAKING_GROUPS,
  ...'-r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links -p --python --without'.split(
    ' ',
  ),
];

/**
 * Finds them among the groups that are meant for running the app. One with nothing but clients of databases is none of them where the code
 * has SQLite to go on with: it is there for those who choose the other.
 */
export async function deployedGroups(
  { tree, source, modules }: Pick<Project, 'tree' | 'source' | 'modules'>,
  dependencies: readonly Dependency[],
  isMeant: (name: string) => boolean,
): Promise<readonly Sourced<string>[]> {
  const isChoice = (name: string) =>
    dependencies.filter(({ groupName }) => groupName === name).every(isDatabaseClient) && modules.some(hasSqlite);
  const known = new Set(dependencies.flatMap(({ groupName }) => groupName ?? []));
  const names = [...known].filter(name => isMeant(name) && !isChoice(name));
  if (names.length === 0) return [];
  for (const place of source === tree ? [tree] : [tree, source]) {
    const installed = await installedBy(place, names);
    if (installed.length > 0) return installed;
  }
  return serversGroup(dependencies, names);
}

function isDatabaseClient({ name }: Dependency): boolean {
  return RUN_SERVICES.some(
    ([, { isDatabase, drivers }]) =>
      isDatabase && drivers.some(({ packages }) => packages.some(own => own.replace(/\[.*/, '') === name)),
  );
}

function hasSqlite(module: PythonModule): boolean {
  const isNamed = ({ kind, text }: PythonToken) =>
    kind === 'string' && /^sqlite(\+\w+)?:|^django\.db\.backends\.sqlite3$/.test(text);
  const isLikely = !module.isTest && module.text.includes('sqlite');
  return isLikely && module.statements.some(({ tokens }) => tokens.some(isNamed));
}

/** `uv sync --extra pgsql`, `poetry install -E pgsql --with prod`, `pip install .[server]`. */
async function installedBy(tree: Project['tree'], names: readonly string[]): Promise<readonly Sourced<string>[]> {
  const { file, instructions } = await appDockerfile(tree);
  const runs = instructions.flatMap(({ line, ...body }) =>
    body.kind === 'run' ? [{ line, value: body.command }] : [],
  );
  const read = runs.map(async ({ line, value }) => {
    return (await imagePrograms(value)).flatMap(program => {
      const wanted = namesIn(program);
      const place: Place = { file, line: line + program.line };
      return names
        .filter(name => wanted.includes(name))
        .map(value => ({ value, place, why: `as ${file} installs it` }));
    });
  });
  const found = (await Promise.all(read)).flat();
  return found.filter(({ value }, at) => found.findIndex(other => other.value === value) === at);
}

/** The names that a command installs beside what a project depends on. All of them at once is no choice, so it says nothing. */
function namesIn({ program, args }: RunProgram): readonly string[] {
  const texts = [program, ...args.map(({ text }) => text)];
  const isInstall =
    /^(pip[\d.]*|uv|poetry|pdm|python[\d.]*)$/.test(program) &&
    texts.some(text => /^(install|sync|export)$/.test(text));
  if (!isInstall) return [];
  const { options, operands } = readOptions(args, TAKING_VALUE);
  const valuesOf = (names: readonly string[]) =>
    options.flatMap(({ name, value }) => (names.includes(name) && value ? [value.text] : []));
  const code = [...operands.map(({ text }) => text), ...valuesOf(['-e', '--editable'])];
  const extras = code.flatMap(text => /^\.\/?\[([^\]]*)\]$/.exec(text)?.[1] ?? []);
  // pip may name the file before the group.
  return [...valuesOf(TAKING_GROUPS), ...extras].flatMap(text => text.replace(/^.*:/, '').split(/[\s,]+/));
}

/** The one group that has the server, where nothing else brings one. */
function serversGroup(dependencies: readonly Dependency[], names: readonly string[]): readonly Sourced<string>[] {
  const isServer = ({ name }: Dependency) => RUN_SERVERS.some(([, { packages }]) => packages.includes(name));
  const servers = dependencies.filter(isServer);
  if (servers.some(({ group, groupName }) => group === 'main' && groupName === undefined)) return [];
  const inGroups = servers.filter(({ groupName }) => groupName !== undefined && names.includes(groupName));
  const [first] = inGroups;
  if (first === undefined || inGroups.some(({ groupName }) => groupName !== first.groupName)) return [];
  return [{ value: first.groupName!, place: first.place, why: `${first.name}, which serves the app, is in it` }];
}
