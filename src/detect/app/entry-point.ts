/** Finds the object that serves requests by reading the code: app objects at the top of a module, and factories. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/diagnostic.js';
import { closest } from '../../diagnostics/suggest.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import { type PythonModule, qualify } from '../code/module.js';
import type { EntryPoint, Framework } from '../facts.js';
import { asStarted, type WebCommand } from '../files/procfile.js';
import type { Project } from '../project.js';
import { type AppCandidate, findCandidates, isServed } from './candidates.js';
import { productionSettings, servedBySettings } from './django-settings.js';
import { appsNamedAtStart } from './start-files.js';

/** The entry point with the framework it belongs to. */
export interface EntryFinding {
  readonly entry: Sourced<EntryPoint>;
  readonly framework: Framework;
}

/** `module:attribute`, with `()` for a factory: as gunicorn and quayside.yaml write it. */
export function entryReference(entry: Pick<EntryPoint, 'module' | 'attribute' | 'call'>): string {
  return `${entry.module}:${entry.attribute}${entry.call === 'factory' ? '()' : ''}`;
}

/**
 * Finds the entry point. `expected` is the framework the dependencies name, used in messages; `preferAsgi` chooses
 * between the wsgi and asgi modules of a Django project.
 */
export async function detectEntry(
  project: Project,
  expected: Framework,
  preferAsgi: boolean,
  web?: WebCommand,
): Promise<Finding<EntryFinding>> {
  const finding = await findEntry(project, expected, preferAsgi, web);
  if (finding.value?.framework !== 'django') return finding;
  const { entry } = finding.value;
  const settings = await productionSettings(project, entry.value.module);
  if (settings === undefined) return finding;
  return found({ ...finding.value, entry: { ...entry, value: { ...entry.value, settings } } });
}

async function findEntry(
  project: Project,
  expected: Framework,
  preferAsgi: boolean,
  web: WebCommand | undefined,
): Promise<Finding<EntryFinding>> {
  const candidates = findCandidates(project);
  const configured = project.config.server?.entry;
  if (configured !== undefined) return configuredEntry(project, configured, candidates, expected);
  const unclosed = project.modules.find(module => module.unclosed && !module.isTest);
  if (unclosed?.unclosed) {
    return failed(
      worded('QS307', {
        place: { file: unclosed.path, line: unclosed.unclosed.line },
        problem: `${unclosed.path} cannot be read as Python: ${unclosed.unclosed.what} is never closed`,
        expected: 'every string and bracket closed',
        fix: `correct the file from line ${unclosed.unclosed.line} on`,
      }),
    );
  }
  const started = web && startedEntry(project, web, candidates, expected);
  if (started) return started;
  const groups = groupByApp(candidates, expected, preferAsgi);
  const served = servedBySettings(project);
  const bySettings = groups.find(group => group.some(({ module, attribute }) => `${module}.${attribute}` === served));
  const named = groups.length > 1 ? (bySettings ?? (await namedGroup(project, groups))) : undefined;
  const usable = (named ? [named] : groups).map(bestOf).filter(candidate => candidate !== undefined);
  const [chosen, ...others] = usable;
  if (chosen && others.length === 0) return found({ entry: sourced(chosen), framework: chosen.framework });
  if (chosen) return ambiguous(usable);
  const withArguments = candidates.find(candidate => candidate.missing.length > 0);
  return failed(withArguments ? needsArguments(withArguments) : missingEntry(project, expected));
}

/** Candidates that lead to the same app, such as a factory and the object made with it in wsgi.py. */
function groupByApp(candidates: readonly AppCandidate[], framework: Framework, preferAsgi: boolean): AppCandidate[][] {
  const usual = candidates.filter(({ attribute }) => !attribute.startsWith('_'));
  // A library mounts its own app into those of others: then that is the one to serve.
  const outer = usual.filter(candidate => !candidate.mounted);
  const open = outer.length > 0 ? outer : usual;
  // Beside a Django project, apps of other frameworks are services of their own.
  const ofDjango = framework === 'django' ? open.filter(candidate => candidate.framework === framework) : [];
  const relevant = ofDjango.length > 0 ? ofDjango : open;
  const groups = new Map<string, AppCandidate[]>();
  for (const candidate of relevant) groups.set(candidate.app, [...(groups.get(candidate.app) ?? []), candidate]);
  let list = [...groups.values()];
  if (framework === 'django' && list.length > 1) {
    const protocol = preferAsgi ? 'asgi' : 'wsgi';
    const preferred = list.filter(group => group.some(candidate => candidate.protocol === protocol));
    if (preferred.length > 0) list = preferred;
  }
  // A module called wsgi or asgi is there to be served: it says which of several apps is meant.
  const served = list.filter(group => group.some(({ module }) => isServed(module)));
  // Else the one that other modules take: a factory that nobody calls is a left-over.
  const taken = list.filter(group => new Set(group.map(({ module }) => module)).size > 1);
  return [served, taken].find(groups => groups.length === 1) ?? list;
}

/** The entry point that the command which starts the app names, when it names one. */
function startedEntry(
  project: Project,
  web: WebCommand,
  candidates: readonly AppCandidate[],
  expected: Framework,
): Finding<EntryFinding> | undefined {
  const targets = web.targets.toSorted((a, b) => Number(b.includes(':')) - Number(a.includes(':')));
  for (const target of targets) {
    const [module = '', rest = 'application'] = target.split(':');
    const attribute = rest.replace('()', '');
    const file = project.modules.find(({ name }) => name === module);
    if (!file || !topNames(file).has(attribute)) continue;
    const call = web.factory || rest.endsWith('()') ? 'factory' : 'object';
    const entry = entryAt(file, attribute, call, candidates, expected);
    return found({
      entry: { value: entry.entry, place: web.place, why: asStarted(web) },
      framework: entry.framework,
    });
  }
  const named = targets.find(target => target.includes(':'));
  // In a container the code may lie elsewhere than in the source.
  if (named === undefined || web.place.file !== 'Procfile') return undefined;
  return failed(
    worded('QS306', {
      place: web.place,
      problem: `the Procfile starts "${named}", which is not in the source`,
      expected: 'module:attribute of an app object in the source',
      fix: 'correct the Procfile, or write server: { entry: "module:app" } in quayside.yaml',
    }),
  );
}

/** Names that a module defines or imports at its top. */
function topNames(file: PythonModule): Set<string> {
  const top = file.statements.filter(statement => statement.scope.length === 0);
  return new Set([...file.imports.keys(), ...top.flatMap(({ tokens }) => definedNames(tokens.map(t => t.text)))]);
}

/** The entry point at a module's attribute, with what is known of the app behind it. */
function entryAt(
  file: PythonModule,
  attribute: string,
  call: EntryPoint['call'],
  candidates: readonly AppCandidate[],
  expected: Framework,
): { readonly entry: EntryPoint; readonly framework: Framework } {
  const target = qualify(file, attribute);
  const known = candidates.find(candidate => `${candidate.module}.${candidate.attribute}` === target);
  const framework = known?.framework ?? expected;
  const isAsgi = framework === 'fastapi' || /(^|\.)asgi$/.test(file.name);
  const protocol = known?.protocol ?? (isAsgi ? 'asgi' : 'wsgi');
  return { entry: { module: file.name, attribute, call, protocol }, framework };
}

/** The one of several apps that the project's own start files name. */
async function namedGroup(project: Project, groups: readonly AppCandidate[][]): Promise<AppCandidate[] | undefined> {
  for (const names of await appsNamedAtStart(project)) {
    const isNamed = (candidate: AppCandidate) =>
      names.some(
        ({ module, attribute }) =>
          candidate.module === module && (attribute === undefined || candidate.attribute === attribute),
      );
    const named = groups.filter(group => group.some(isNamed));
    if (named.length === 1) return named[0];
  }
  return undefined;
}

/**
 * The way to the app that a server should take: the wsgi module's object, then what is usual, which is the factory for
 * Flask and the object for ASGI.
 */
function bestOf(group: readonly AppCandidate[]): AppCandidate | undefined {
  const rank = (candidate: AppCandidate) => {
    if (isServed(candidate.module)) return 0;
    return (candidate.call === 'factory') === (candidate.protocol === 'wsgi') ? 1 : 2;
  };
  return group
    .filter(candidate => candidate.missing.length === 0)
    .toSorted((a, b) => rank(a) - rank(b) || a.module.length - b.module.length || (a.module < b.module ? -1 : 1))[0];
}

function sourced(candidate: AppCandidate): Sourced<EntryPoint> {
  const { module, attribute, call, protocol } = candidate;
  return { value: { module, attribute, call, protocol }, place: placeOf(candidate), why: candidate.why };
}

function placeOf(candidate: AppCandidate): Place {
  return { file: candidate.path, line: candidate.line };
}

function ambiguous(candidates: readonly AppCandidate[]): Finding<EntryFinding> {
  const shown = candidates.map(candidate => `${entryReference(candidate)} (${candidate.path}:${candidate.line})`);
  const rest = shown.length > 4 ? ` and ${shown.length - 4} more` : '';
  return failed(
    worded('QS303', {
      place: placeOf(candidates[0]!),
      problem: `${candidates.length} objects could be the app: ${shown.slice(0, 4).join(', ')}${rest}`,
      expected: 'one app, or a line of configuration that names it',
      fix: `write in quayside.yaml: server: { entry: "${entryReference(candidates[0]!)}" }, or the one you mean`,
    }),
  );
}

function needsArguments(candidate: AppCandidate) {
  return worded('QS304', {
    place: placeOf(candidate),
    problem: `${candidate.attribute} makes the app, but a server cannot give it ${candidate.missing.join(', ')}`,
    expected: 'a factory whose parameters all have defaults, or an object made with it',
    fix: `give the parameters defaults, or add wsgi.py with "app = ${candidate.attribute}(...)"`,
  });
}

function missingEntry(project: Project, framework: Framework) {
  const made = { flask: 'Flask(...)', fastapi: 'FastAPI(...)', django: 'get_wsgi_application()' }[framework];
  const looked = project.modules.filter(module => !module.isTest).length;
  return worded('QS302', {
    problem: `no entry point found: no Python file (of ${looked}) makes the ${framework} app at its top or in a factory`,
    expected: `"app = ${made}" at the top of a module, or a function such as create_app that returns it`,
    fix: 'write in quayside.yaml: server: { entry: "module:app" }, or "module:create_app()" for a factory',
  });
}

function configuredEntry(
  project: Project,
  written: string,
  candidates: readonly AppCandidate[],
  expected: Framework,
): Finding<EntryFinding> {
  const [module = '', rest = ''] = written.split(':');
  const attribute = rest.replace('()', '');
  const call = rest.endsWith('()') ? 'factory' : 'object';
  const file = project.modules.find(candidate => candidate.name === module);
  const names = file ? topNames(file) : new Set<string>();
  if (!file || !names.has(attribute)) {
    const known = file ? [...names] : project.modules.map(({ name }) => name).filter(name => name !== '');
    const near = closest(file ? attribute : module, known);
    return failed(
      worded('QS306', {
        place: configPlace('server.entry'),
        problem: file
          ? `${file.path} has no "${attribute}" at its top`
          : `there is no module "${module}" in the source`,
        expected: 'module:attribute of an app object, or module:factory()',
        fix: near ? `write "${near}" in place of "${file ? attribute : module}"` : 'correct server.entry, or remove it',
      }),
    );
  }
  const { entry, framework } = entryAt(file, attribute, call, candidates, expected);
  return found({ entry: { value: entry, place: configPlace('server.entry') }, framework });
}

/** Names a statement defines: of a def or class, or the target of an assignment. */
function definedNames(words: readonly string[]): string[] {
  const at = words[0] === 'async' ? 1 : 0;
  if (words[at] === 'def' || words[at] === 'class') return words.slice(at + 1, at + 2);
  return words[1] === '=' || words[1] === ':' ? words.slice(0, 1) : [];
}
