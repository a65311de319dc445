/** Tests that start containers themselves: no Docker is within their reach, while the services of the app are. */
import type { Place } from '../../diagnostics/place.js';
import { callsIn, type PythonModule } from '../code/module.js';
import { conftestsAround, fixturesOf, fixturesUsedBy } from './fixtures.js';

const LIBRARY = /^(testcontainers|pytest_docker|docker)(\.|$)/;

/** What pytest-docker gives tests, which import nothing for it: https://github.com/avast/pytest-docker#available-fixtures. */
const OF_PLUGIN = 'docker_services';

/** What asks the environment first, and so may do without. */
const ASKS = /(^|\.)(environ\.get|getenv)$/;

/** The tests that start containers, by the first line that shows it, and the files of those. */
export interface OwnContainers {
  readonly place: Place;
  /** The module that they are started with. */
  readonly library: string;
  readonly files: readonly string[];
}

/** Finds the test files that cannot run without containers of their own; undefined when there is none. */
export function ownContainers(
  files: readonly PythonModule[],
  modules: readonly PythonModule[],
): OwnContainers | undefined {
  const conftests = conftestsAround(modules, files);
  const helpers = conftests.flatMap(module => startersOf(module));
  const needed = files.filter(file => {
    const around = helpers.filter(({ module }) => isAbove(module, file));
    const names = new Set([...around, ...startersOf(file)].map(({ fixture }) => fixture));
    const used = fixturesUsedBy(file);
    return (
      startsItself(file) ||
      around.some(({ isAlways }) => isAlways) ||
      used.some(name => names.has(name) || name === OF_PLUGIN)
    );
  });
  const [first] = needed;
  if (!first) return undefined;
  const shown = [first, ...conftests].find(module => libraryOf(module) !== undefined) ?? first;
  return { ...libraryOf(shown)!, files: needed.map(({ path }) => path) };
}

function libraryOf(module: PythonModule): { readonly place: Place; readonly library: string } | undefined {
  const name = [...module.imports.values()].find(imported => LIBRARY.test(imported));
  const use = module.statements.find(({ tokens }) => tokens.some(({ text }) => text === OF_PLUGIN));
  if (name === undefined && use) return { place: { file: module.path, line: use.line }, library: 'pytest-docker' };
  if (name === undefined) return undefined;
  const top = name.split('.')[0]!;
  const line = module.statements.find(({ tokens }) => tokens.some(({ text }) => text === top))?.line ?? 1;
  return { place: { file: module.path, line }, library: top };
}

/** A fixture that starts a container, or takes one that does. */
interface Starter {
  readonly module: PythonModule;
  readonly fixture: string;
  /** Whether every test around it has it. */
  readonly isAlways: boolean;
}

function startersOf(module: PythonModule): readonly Starter[] {
  if (libraryOf(module) === undefined) return [];
  const direct = fixturesOf(module).filter(name => startsContainer(module, name));
  const starting = new Set([...direct, OF_PLUGIN]);
  // A fixture that takes another stands for that; three steps are more than anybody takes.
  for (let step = 0; step < 3; step++) {
    for (const name of fixturesOf(module))
      if (parametersOf(module, name).some(other => starting.has(other))) starting.add(name);
  }
  starting.delete(OF_PLUGIN);
  return [...starting].map(fixture => ({ module, fixture, isAlways: isAutouse(module, fixture) }));
}

function startsContainer(module: PythonModule, fixture: string): boolean {
  const body = module.statements.filter(({ scope }) => scope.includes(fixture));
  const asks = body.some(({ tokens }) => callsIn(tokens).some(({ callee }) => ASKS.test(callee)));
  return (
    !asks &&
    body.some(({ tokens }) =>
      tokens.some(({ kind, text }) => text === OF_PLUGIN || (kind === 'name' && isOfLibrary(module, text))),
    )
  );
}

function isOfLibrary({ imports }: PythonModule, name: string): boolean {
  return LIBRARY.test(imports.get(name) ?? '');
}

/** Whether a module of tests starts containers outside of fixtures. */
function startsItself(module: PythonModule): boolean {
  const fixtures = new Set(fixturesOf(module));
  return module.statements.some(
    ({ tokens, scope }) =>
      !scope.some(name => fixtures.has(name)) &&
      tokens[0]?.text !== 'import' &&
      tokens[0]?.text !== 'from' &&
      callsIn(tokens).some(({ callee }) => isOfLibrary(module, callee.split('.')[0]!)),
  );
}

function definitionAt({ statements }: PythonModule, fixture: string): number {
  return statements.findIndex(({ tokens }) =>
    tokens.some(({ text }, at) => text === 'def' && tokens[at + 1]?.text === fixture),
  );
}

function parametersOf(module: PythonModule, fixture: string): readonly string[] {
  const definition = module.statements[definitionAt(module, fixture)];
  return definition?.tokens.flatMap(({ kind, text }) => (kind === 'name' && text !== fixture ? [text] : [])) ?? [];
}

function isAutouse(module: PythonModule, fixture: string): boolean {
  const decorator = module.statements[definitionAt(module, fixture) - 1];
  return decorator?.tokens.some(({ text }) => text === 'autouse') ?? false;
}

function isAbove({ path }: PythonModule, file: PythonModule): boolean {
  return file.path.startsWith(path.replace(/[^/]*$/, ''));
}
