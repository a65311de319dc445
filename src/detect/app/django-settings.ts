/** Django's settings modules: the one that the production image runs with, and the one that the tests run with. */

import { publishedEnv } from '../../config/image-env.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { mentionOf } from '../code/mentions.js';
import { literalString, type PythonModule } from '../code/module.js';
import { ciLines } from '../files/ci-files.js';
import { asGiven, readDeployment } from '../files/deployment.js';
import { imageVariable } from '../files/dockerfile.js';
import type { Project } from '../project.js';
import { settingsChoice } from './settings-choice.js';
import { type SettingsDefault, settingsDefault } from './settings-defaults.js';

const VARIABLE = 'DJANGO_SETTINGS_MODULE';

/** Settings that are not for people: a compose file at the top is often the developers'. */
const FOR_DEVELOPERS = /(^|[._])(dev(el(op(ment)?)?)?|local|tests?|testing|debug)$/;

/** Files that pytest reads its configuration from, in its order. */
const PYTEST_OPTION = /^DJANGO_SETTINGS_MODULE\s*[=:]\s*["']?([\w.]+)/;
const PYTEST_FILES = ['pytest.ini', '.pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg'];

/**
 * Finds the settings that the app is served with: those of its Dockerfile, else those of its compose file unless they are for
 * developers, else those that the module with the entry
 * point falls back to, or those for people that are built on them, else manage.py, else any module, else what an example of its variables or its CI has. Workers and tests may
 * have settings of their own.
 */
export async function productionSettings(project: Project, entryModule: string): Promise<SettingsDefault | undefined> {
  const rank = (module: PythonModule) => {
    if (module.name === entryModule) return 0;
    if (isManager(module)) return 1;
    return module.isTest ? 3 : 2;
  };
  // In a container the code may lie elsewhere than in the source.
  const isThere = (value: string | undefined) => project.modules.some(({ name }) => name === value);
  const inImage = await imageVariable(project.tree, VARIABLE);
  if (isThere(inImage?.value)) return inImage;
  const { variables } = await readDeployment(project);
  const given = variables.find(({ name }) => name === VARIABLE);
  const isSet = given?.by === 'compose' || given?.by === 'platform';
  const isServed = given && (given.by === 'container' || (isSet && !FOR_DEVELOPERS.test(given.value)));
  if (isServed && isThere(given.value)) return { value: given.value, place: given.place, why: asGiven(given) };
  const fallback = defaultOf(project.modules.toSorted((a, b) => rank(a) - rank(b)));
  if (fallback && !isMissing(fallback.value, project)) {
    const started = FOR_DEVELOPERS.test(fallback.value) ? await settingsOfCommands(project.tree) : [];
    const forPeople = started.find(({ value }) => isThere(value) && !FOR_DEVELOPERS.test(value));
    return (
      forPeople ??
      besideDevelopers(fallback, project.modules) ??
      builtOn(fallback, project.modules) ??
      chosenAlike(fullSettings(fallback, project.modules), project.modules)
    );
  }
  // Where no code has any to fall back to, what starts it elsewhere gives them: best those that are not for developers.
  const elsewhere = [
    ...(await settingsOfScripts(project.tree)),
    given && { value: given.value, place: given.place, why: asGiven(given) },
    await settingsOfCi(project),
  ];
  const [best] = elsewhere
    .filter(settings => settings !== undefined && isThere(settings.value))
    .toSorted((a, b) => Number(FOR_DEVELOPERS.test(a!.value)) - Number(FOR_DEVELOPERS.test(b!.value)));
  return best ?? fallback;
}

/** Files of what is deployed that have commands of manage.py. */
const COMMANDS =
  /^(Procfile|heroku\.yml|app\.(json|ya?ml)|render\.ya?ml|fly\.toml|([\w.-]+\/){0,2}Dockerfile(\.prod\w*)?|[\w.-]+\.sh)$/;

/** Settings that commands of what is deployed name: `python manage.py migrate --settings=shop.settings.prod`. */
function settingsOfCommands(tree: Tree): Promise<readonly Sourced<string>[]> {
  const named = /\bmanage\.py\s+(?!test)\w+.*--settings[=\s]+["']?([\w.]+)/;
  return settingsIn(
    tree,
    path => COMMANDS.test(path),
    named,
    file => `as ${file} names them`,
  );
}

/** What a pattern's group is in the lines of some files. */
async function settingsIn(
  tree: Tree,
  isMeant: (path: string) => boolean,
  line: RegExp,
  why: (file: string) => string,
): Promise<readonly Sourced<string>[]> {
  const found = tree.paths.filter(isMeant).map(async file =>
    ((await tree.read(file)) ?? '').split(/\r?\n/).flatMap((text, at) => {
      const [, value] = line.exec(text) ?? [];
      return value === undefined ? [] : [{ value, place: { file, line: at + 1 }, why: why(file) }];
    }),
  );
  return (await Promise.all(found)).flat();
}

/** Settings by the default of a variable that not all of the code takes them from are set for all of it. */
function chosenAlike(settings: SettingsDefault, modules: readonly PythonModule[]): SettingsDefault {
  const { chosenBy, ...named } = settings;
  const manager = modules.filter(isManager);
  const isShared = manager.length === 0 || defaultOf(manager)?.chosenBy === chosenBy;
  return isShared ? settings : named;
}

/** Scripts that a container is started by, wherever they lie. */
const START_SCRIPTS = /(^|\/)([\w.-]*(entry-?point|start|run|init)[\w.-]*|[\w.-]+\.sh)$/i;

/** Endings of what is no script of a shell. */
const OTHERS = /\.(py|js|ts|md|ya?ml|json)$/;

/** Settings that scripts give to what they start: `export DJANGO_SETTINGS_MODULE=shop.settings.prod`. */
function settingsOfScripts(tree: Tree): Promise<readonly Sourced<string>[]> {
  const given = /^\s*export\s+DJANGO_SETTINGS_MODULE=["']?([\w.]+)/;
  return settingsIn(
    tree,
    path => START_SCRIPTS.test(path) && !OTHERS.test(path),
    given,
    file => `as ${file} sets it`,
  );
}

/** Settings for people, in a package of several. */
const FOR_PEOPLE = /\.(prod|production|live)$/;

/**
 * Where the code falls back to settings for developers alone, those for people that it falls back to elsewhere, else the ones
 * that lie beside: what only developers install is not in the image.
 */
function besideDevelopers(
  { value, isFixed }: SettingsDefault,
  modules: readonly PythonModule[],
): SettingsDefault | undefined {
  if (isFixed || !FOR_DEVELOPERS.test(value)) return undefined;
  const inside = value.replace(/[^.]*$/, '');
  const isBeside = (name: string) => name.startsWith(inside) && FOR_PEOPLE.test(name);
  const own = modules.filter(({ isTest }) => !isTest);
  const why = `${value}, which the code falls back to, is for developers`;
  for (const module of own) {
    const other = defaultOf([module]);
    if (other && isBeside(other.value) && own.some(({ name }) => name === other.value)) {
      return { value: other.value, place: other.place, why };
    }
  }
  const [first, another] = own.filter(({ name }) => isBeside(name) && !name.slice(inside.length).includes('.'));
  return first && !another ? { value: first.name, place: { file: first.path }, why } : undefined;
}

/** What settings are called that others are built on. */
const FOR_ALL = /\.(base|common|defaults?|shared)$/;

/** Where the code falls back to what all settings are built on, the ones for people beside it that take all of it over. */
function builtOn(
  { value, isFixed, chosenBy }: SettingsDefault,
  modules: readonly PythonModule[],
): SettingsDefault | undefined {
  if (isFixed || chosenBy !== undefined || !FOR_ALL.test(value)) return undefined;
  const inside = value.replace(/[^.]*$/, '');
  const [first, another] = modules.filter(
    ({ name, isTest, stars }) =>
      !isTest && FOR_PEOPLE.test(name) && name.replace(/[^.]*$/, '') === inside && stars.includes(value),
  );
  const why = `${value}, which the code falls back to, is what it is built on`;
  return first && !another ? { value: first.name, place: { file: first.path }, why } : undefined;
}

/** Finds the settings that developers run the app with: those that manage.py falls back to, where they are there. */
export function developersSettings({ config, modules }: Project): Sourced<string> | undefined {
  if (publishedEnv(config)[VARIABLE] !== undefined) return undefined;
  const own = defaultOf(modules.filter(isManager));
  return own && modules.some(({ name }) => name === own.value) ? { value: own.value, place: own.place } : undefined;
}

/** A package of settings with nothing of its own says where they are, and not which: best those for people. */
function fullSettings(settings: SettingsDefault, modules: readonly PythonModule[]): SettingsDefault {
  const named = modules.find(({ name }) => name === settings.value);
  if (named === undefined || named.statements.length > 0 || !named.path.endsWith('/__init__.py')) return settings;
  const inside = modules.filter(module => module.name.startsWith(`${settings.value}.`) && !module.isTest);
  const [first, another] = inside.filter(({ name }) => FOR_PEOPLE.test(name));
  return first && !another
    ? { value: first.name, place: { file: first.path }, why: `${settings.value} is an empty package` }
    : settings;
}

/** Whether settings are neither in the source nor chosen by the configuration, and lie where no package of the app's is. */
export function isMissing(settings: string, { config, modules }: Project): boolean {
  const path = settings.replaceAll('.', '/');
  const isThere = modules.some(({ name, path: file }) => {
    const inside = file.replace(/(\/__init__)?\.py$/, '');
    return name === settings || inside === path || inside.endsWith(`/${path}`);
  });
  return !isThere && publishedEnv(config)[VARIABLE] === undefined && modules.some(hasSettings);
}

/** Whether nothing at all says which settings are meant, and the code does not put them together itself. */
export function isUnnamed({ config, modules }: Project): boolean {
  const own = modules.filter(({ isTest }) => !isTest);
  const isNamed = own.some(({ statements }) =>
    statements.some(({ tokens }) =>
      tokens.some(
        ({ kind, text }) => (kind === 'string' && text === VARIABLE) || (kind === 'name' && text === 'configure'),
      ),
    ),
  );
  return !isNamed && publishedEnv(config)[VARIABLE] === undefined && own.some(hasSettings);
}

/** Finds the settings that the tests run with: those of pytest's configuration, else those of CI, else those of manage.py. */
export async function testSettings(project: Project): Promise<Sourced<string> | undefined> {
  for (const file of PYTEST_FILES) {
    const lines = ((await project.tree.read(file)) ?? '').split(/\r?\n/);
    const index = lines.findIndex(line => PYTEST_OPTION.test(line));
    if (index >= 0) return { value: PYTEST_OPTION.exec(lines[index]!)![1]!, place: { file, line: index + 1 } };
  }
  const inCi = await settingsOfCi(project);
  if (inCi) return inCi;
  // What the configuration sets for all of the app is not undone by a default.
  if (publishedEnv(project.config)[VARIABLE] !== undefined) return undefined;
  const own = defaultOf(project.modules.filter(isManager));
  const [other] = own?.among ?? [];
  return own && other !== undefined ? { value: other, place: own.place } : own;
}

/** The object that the settings of manage.py name as the one to be served, such as `shop.wsgi.application`. */
export function servedBySettings({ modules }: Project, preferAsgi: boolean): string | undefined {
  const topLevel = defaultOf(modules.filter(isManager))?.value.split('.')[0];
  const setting = preferAsgi ? 'ASGI_APPLICATION' : 'WSGI_APPLICATION';
  const names = modules
    .filter(
      ({ name, isTest, text }) =>
        !isTest && text.includes(setting) && (topLevel === undefined || name.split('.')[0] === topLevel),
    )
    .flatMap(({ statements }) => statements)
    .filter(({ tokens }) => tokens[0]?.text === setting)
    .flatMap(({ tokens }) => literalString(tokens.slice(2)) ?? []);
  return new Set(names).size === 1 ? names[0] : undefined;
}

/**
 * The settings module in use with all that it imports of the app; every module where that is not known, or where settings are put
 * together in another way than by imports.
 */
export function settingsInUse({ modules }: Project, settings: string | undefined): readonly PythonModule[] {
  const named = new Map(modules.map(module => [module.name, module]));
  const reached = new Set<PythonModule>();
  const queue = [settings];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const module = named.get(name);
    if (!module || reached.has(module)) continue;
    reached.add(module);
    const left = settingsChoice(modules, name)?.left ?? new Set();
    const targets = [...module.imports.values()].flatMap(target => [target, target.replace(/\.[^.]*$/, '')]);
    queue.push(...[...module.stars, ...targets].filter(target => !left.has(target)));
  }
  const isComplete = [...reached].every(({ imports }) => [...imports.values()].every(name => !INCLUDES.test(name)));
  return reached.size > 0 && isComplete ? [...reached] : modules;
}

/** All modules but those with settings that the app is not served with. */
export function servedModules(project: Project, settings: string | undefined): readonly PythonModule[] {
  const used = new Set(settingsInUse(project, settings));
  return project.modules.filter(module => used.has(module) || !hasSettings(module));
}

/** Names that settings modules give values, and other modules do not. */
const SETTINGS: ReadonlySet<string> = new Set(
  'DATABASES CACHES INSTALLED_APPS MIDDLEWARE ALLOWED_HOSTS ROOT_URLCONF STORAGES'.split(' '),
);
const namesSetting = mentionOf(SETTINGS);

/** Whether a module is one of settings. */
export function hasSettings(module: PythonModule): boolean {
  if (!namesSetting(module.text)) return false;
  return module.statements.some(
    ({ tokens: [name, equals] }) => SETTINGS.has(name?.text ?? '') && /^\+?=$/.test(equals?.text ?? ''),
  );
}

/** Packages that read settings from files by patterns. */
const INCLUDES = /^(split_settings|configurations|dynaconf)(\.|$)/;

function defaultOf(modules: readonly PythonModule[]): SettingsDefault | undefined {
  return settingsDefault(modules, VARIABLE);
}

function isManager({ name }: PythonModule): boolean {
  return name === 'manage';
}

/** Commands that run tests: a workflow without one builds or publishes. */
const TESTS =
  /\b(py\.?test|tox|nox|unittest|manage(\.py)?\s+test|coverage\s+run|runtests|make\s+[\w-]*(test|check|ci)[\w-]*|just\s+[\w-]*test)\b|\btests?(\.sh)?\b/;

/** Where a CI service tests with settings of their own: those that every command or variable names, when they are there. */
async function settingsOfCi({ tree, modules }: Project): Promise<Sourced<string> | undefined> {
  const lines = await ciLines(tree);
  const testing = new Set(lines.filter(({ text }) => TESTS.test(text)).map(({ file }) => file));
  const named = lines
    .filter(({ file }) => testing.has(file))
    .flatMap(({ text, ...place }) => {
      const [, option] = /\bmanage\.py\s+test\b.*--settings[=\s]+["']?([\w.]+)/.exec(text) ?? [];
      const [, variable] = /\bDJANGO_SETTINGS_MODULE\s*[:=]\s*["']?([\w.]+)/.exec(text) ?? [];
      const value = option ?? variable;
      return value === undefined ? [] : [{ value, place, why: 'as CI tests it' }];
    });
  const [first, ...others] = named.filter(({ value }) => modules.some(({ name }) => name === value));
  return first && others.every(({ value }) => value === first.value) ? first : undefined;
}
