/** Finds the object that serves requests by reading the code: app objects at the top of a module, and factories. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/place.js';
import { closest } from '../../diagnostics/suggest.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import { type AppReference, objectReference, readReference } from '../../support/app-object.js';
import type { Framework } from '../../support/frameworks/index.js';
import { runServer } from '../../support/run-servers.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import { type PythonModule, qualify } from '../code/module.js';
import { resolvedName } from '../code/names.js';
import type { EntryPoint } from '../facts.js';
import { asStarted, readContainerCommand, type WebCommand } from '../files/web-command.js';
import type { Project } from '../project.js';
import { type AppCandidate, findCandidates, isServed } from './candidates.js';
import { deployedEntry } from './deployed-entry.js';
import { discoveredGroup, namedGroup, namedWay } from './discovery.js';
import { hasSettings, isMissing, isUnnamed, productionSettings, servedBySettings } from './django-settings.js';
import { pagesElsewhere } from './pages.js';

/** The entry point with the framework it belongs to. */
export interface EntryFinding {
  readonly entry: Sourced<EntryPoint>;
  readonly framework: Framework;
}

/** What decides which of several ways to an app is its entry point. */
export interface EntryContext {
  readonly project: Project;
  /** The framework that the dependencies name. */
  readonly expected: Framework;
  /** Whether the ASGI object is meant where a project has one for each protocol. */
  readonly preferAsgi: boolean;
  /** The command that starts the app. */
  readonly web: WebCommand | undefined;
  /** The commands that serve it by files around its own, where its own have none. */
  readonly deployed?: readonly WebCommand[];
}

interface SearchContext extends EntryContext {
  readonly candidates: readonly AppCandidate[];
}

/** Finds the entry point: the configured one, that of the command which starts the app, else the one that the code has. */
export async function detectEntry(context: EntryContext): Promise<Finding<EntryFinding>> {
  const ownFinding = await findEntry({ ...context, candidates: findCandidates(context.project) });
  const { deployed = [] } = context;
  const finding = ownFinding.value ? found(deployedEntry(context.project, ownFinding.value, deployed)) : ownFinding;
  const variable = finding.value && frameworkOf(finding.value.framework).settingsVariable;
  if (finding.value === undefined || variable === undefined) return finding;
  const { entry } = finding.value;
  const settings = await productionSettings(context.project, entry.value.module);
  const known = context.project.modules.filter(hasSettings).map(({ name }) => name);
  if (settings === undefined)
    return isUnnamed(context.project) ? failed(diagnose('QS313', { known }, entry.place)) : finding;
  if (isMissing(settings.value, context.project))
    return failed(diagnose('QS313', { settings: settings.value, known }, settings.place));
  const { chosenBy, among: _among, isFixed: _, ...named } = settings;
  const value = defined({ ...entry.value, settings: named, settingsChosenBy: chosenBy });
  return found({ ...finding.value, entry: { ...entry, value } });
}

async function findEntry(context: SearchContext): Promise<Finding<EntryFinding>> {
  const { project, expected, preferAsgi, candidates } = context;
  const configured = project.config.server?.entry;
  if (configured !== undefined) return configuredEntry(context, configured);
  const unclosed = project.modules.find(module => module.unclosed && !module.isTest && !isTemplate(module.path));
  if (unclosed?.unclosed) {
    const {
      path,
      unclosed: { line, what },
    } = unclosed;
    return failed(diagnose('QS307', { file: path, line, what }, { file: path, line }));
  }
  const started = context.web && startedEntry(context, context.web);
  if (started?.value) return started;
  // What compose runs is often left to itself: what is not there counts as unsaid.
  if (started && context.web?.by !== 'compose') {
    // A Procfile that was left behind: the container that is built today says what is started.
    const container = await readContainerCommand(project.tree);
    return (container && startedEntry(context, container)) ?? started;
  }
  const all = groupByApp(candidates, expected, preferAsgi);
  const served = servedBySettings(project, preferAsgi);
  const bySettings = all.find(group => group.some(({ module, attribute }) => `${module}.${attribute}` === served));
  const groups = bySettings ? [bySettings] : spokenFor(withoutInnerProjects(all, project));
  const named =
    groups.length > 1 ? ((await namedGroup(project, groups)) ?? discoveredGroup(project, groups)) : undefined;
  const ways = await Promise.all((named ? [named] : groups).map(async group => namedWay(project, group)));
  const usable = (named ? [named] : groups).flatMap((group, at) => ways[at] ?? bestOf(group) ?? []);
  const [chosen, ...others] = usable;
  if (chosen && others.length === 0) return finished(chosen, context);
  if (chosen) return ambiguous(usable);
  const withArguments = candidates.find(candidate => candidate.missing.length > 0);
  return failed(withArguments ? needsArguments(withArguments) : missingEntry(project, expected));
}

/** Whether a file is the draft of another project's: its path has a placeholder, as in `{{cookiecutter.name}}/app.py`. */
function isTemplate(path: string): boolean {
  return path.includes('{');
}

/** Candidates that lead to the same app, such as a factory and the object made with it in wsgi.py. */
function groupByApp(candidates: readonly AppCandidate[], framework: Framework, preferAsgi: boolean): AppCandidate[][] {
  const usual = candidates.filter(({ attribute }) => !attribute.startsWith('_'));
  // A library mounts its own app into those of others: then that is the one to serve.
  const outer = usual.filter(candidate => !candidate.mounted);
  const open = outer.length > 0 ? outer : usual;
  const { leads, makers } = frameworkOf(framework);
  // Beside a project of such a framework, apps of others are services of their own.
  const own = leads ? open.filter(candidate => candidate.framework === framework) : [];
  const relevant = own.length > 0 ? own : open;
  const groups = new Map<string, AppCandidate[]>();
  for (const candidate of relevant) groups.set(candidate.app, [...(groups.get(candidate.app) ?? []), candidate]);
  let list = [...groups.values()];
  if (new Set(Object.values(makers)).size > 1 && list.length > 1) {
    const protocol = preferAsgi ? 'asgi' : 'wsgi';
    const preferred = list.filter(group => group.some(candidate => candidate.protocol === protocol));
    if (preferred.length > 0) list = preferred;
  }
  return list;
}

/** Those of several that are no projects of their own inside this one, with packages of their own. */
function withoutInnerProjects(list: AppCandidate[][], { tree }: Project): AppCandidate[][] {
  if (list.length < 2) return list;
  const projects = tree.paths.flatMap(path => /^(.+\/)pyproject\.toml$/.exec(path)?.[1] ?? []);
  const own = list.filter(group => !group.every(({ path }) => projects.some(directory => path.startsWith(directory))));
  return own.length > 0 ? own : list;
}

/** Those of several that their modules speak for. */
function spokenFor(list: AppCandidate[][]): AppCandidate[][] {
  // A module called wsgi or asgi is there to be served: it says which of several apps is meant.
  const served = list.filter(group => group.some(({ module }) => isServed(module)));
  // Else the one that other modules take: a factory that nobody calls is a left-over.
  const taken = list.filter(group => new Set(group.map(({ module }) => module)).size > 1);
  return [served, taken].find(groups => groups.length === 1) ?? list;
}

/** The entry point that the command which starts the app names, when it names one. */
function startedEntry(context: SearchContext, web: WebCommand): Finding<EntryFinding> | undefined {
  const { app, place } = web;
  const attribute = app?.attribute ?? runServer(web.server).command.attribute;
  if (app === undefined || attribute === undefined) return undefined;
  const file = context.project.modules.find(({ name }) => name === app.module);
  if (file && hasName(context.project, file, attribute)) {
    const { entry, framework } = entryAt(context, file, { ...app, attribute });
    return found({ entry: { value: entry, place, why: asStarted(web) }, framework });
  }
  // In a container the code may lie elsewhere than in the source.
  if (app.attribute === undefined || web.by !== 'Procfile') return undefined;
  const reference = objectReference({ ...app, attribute });
  return failed(diagnose('QS306', { named: 'by the Procfile', reference }, place));
}

/** Whether a module has a name: its own, or one that comes with all of another module's. */
function hasName({ modules }: Project, file: PythonModule, name: string): boolean {
  return topNames(file).has(name) || resolvedName(file, name, modules) !== qualify(file, name);
}

/** Names that a module defines or imports at its top. */
function topNames(file: PythonModule): Set<string> {
  const top = file.statements.filter(statement => statement.scope.length === 0);
  return new Set([...file.imports.keys(), ...top.flatMap(({ tokens }) => definedNames(tokens.map(t => t.text)))]);
}

/** The entry point at a module's attribute, with what is known of the app behind it. */
function entryAt(
  { project, candidates, expected }: SearchContext,
  file: PythonModule,
  named: AppReference & { readonly attribute: string },
): { readonly entry: EntryPoint; readonly framework: Framework } {
  const targets = [qualify(file, named.attribute), resolvedName(file, named.attribute, project.modules)];
  const known = candidates.find(candidate => targets.includes(`${candidate.module}.${candidate.attribute}`));
  const framework = known?.framework ?? expected;
  const usual = /(^|\.)asgi$/.test(file.name) ? 'asgi' : frameworkOf(framework).protocol;
  const protocol = known?.protocol ?? usual;
  return { entry: { ...named, protocol }, framework };
}

/** The way to the app that a server should take: the wsgi module's object, then what is usual for the framework. */
function bestOf(group: readonly AppCandidate[]): AppCandidate | undefined {
  const rank = (candidate: AppCandidate) => {
    if (isServed(candidate.module)) return 0;
    if (candidate.isConfigured) return 0.5;
    return candidate.call === frameworkOf(candidate.framework).usual ? 1 : 2;
  };
  return group
    .filter(candidate => candidate.missing.length === 0)
    .toSorted((a, b) => rank(a) - rank(b) || a.module.length - b.module.length || (a.module < b.module ? -1 : 1))[0];
}

function sourced(candidate: AppCandidate): Sourced<EntryPoint> {
  const { module, attribute, call, protocol } = candidate;
  return { value: { module, attribute, call, protocol }, place: placeOf(candidate), why: candidate.why };
}

/** The app with its pages: where another module gives it them at its top, that is the one to serve. */
function finished(candidate: AppCandidate, { project, candidates }: SearchContext): Finding<EntryFinding> {
  const { framework, protocol, app } = candidate;
  const ways = [candidate, ...candidates.filter(other => other !== candidate && other.app === app)];
  const pages = frameworkOf(framework).leads ? undefined : pagesElsewhere(ways, project.modules);
  if (pages === undefined) return found({ entry: sourced(candidate), framework });
  const place = { file: pages.module.path, line: pages.line };
  if (pages.kind === 'function')
    return failed(
      diagnose(
        'QS304',
        { reason: 'pages', reference: objectReference(candidate), function: pages.name, ...place },
        place,
      ),
    );
  const { module, attribute } = pages;
  const entry = { value: { module: module.name, attribute, call: 'object' as const, protocol }, place };
  return found({ entry: { ...entry, why: `${attribute} gets its pages here` }, framework });
}

function placeOf(candidate: AppCandidate): Place {
  return { file: candidate.path, line: candidate.line };
}

function ambiguous(candidates: readonly AppCandidate[]): Finding<EntryFinding> {
  const named = candidates.map(candidate => {
    const { path, line } = candidate;
    return { reference: objectReference(candidate), path, line };
  });
  return failed(diagnose('QS303', { candidates: named }, placeOf(candidates[0]!)));
}

function needsArguments(candidate: AppCandidate) {
  const { attribute, missing } = candidate;
  return diagnose('QS304', { reason: 'parameters', factory: attribute, missing }, placeOf(candidate));
}

function missingEntry(project: Project, framework: Framework) {
  const { example } = frameworkOf(framework);
  const files = project.modules.filter(module => !module.isTest).length;
  return diagnose('QS302', { framework, example, files });
}

function configuredEntry(context: SearchContext, written: string): Finding<EntryFinding> {
  const { modules, origins } = context.project;
  // The schema lets nothing else through.
  const named = readReference(written) ?? { module: written, call: 'object' };
  const { module, attribute = '' } = named;
  const place = configPlace(origins, 'server.entry');
  const file = modules.find(candidate => candidate.name === module);
  if (!file) {
    const known = modules.map(({ name }) => name).filter(name => name !== '');
    return failed(diagnose('QS306', { named: 'module', module, near: closest(module, known) }, place));
  }
  const names = topNames(file);
  if (!hasName(context.project, file, attribute)) {
    const near = closest(attribute, [...names]);
    return failed(diagnose('QS306', { named: 'attribute', attribute, file: file.path, near }, place));
  }
  const { entry, framework } = entryAt(context, file, { ...named, attribute });
  return found({ entry: { value: entry, place }, framework });
}

/** Names a statement defines: of a def or class, or the target of an assignment. */
function definedNames(words: readonly string[]): string[] {
  const at = words[0] === 'async' ? 1 : 0;
  if (words[at] === 'def' || words[at] === 'class') return words.slice(at + 1, at + 2);
  return words[1] === '=' || words[1] === ':' ? words.slice(0, 1) : [];
}
