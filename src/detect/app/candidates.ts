/** Everything in the code that could be the app: objects made at the top of a module, and functions that make one. */

import { defined } from '../../source/defined.js';
import type { Framework } from '../../support/frameworks/index.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { lastOf, mentioning, mentionOf, naming, withAliases } from '../code/mentions.js';
import { argumentsOf, callsIn, type PythonModule, qualify } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { PythonToken } from '../code/tokens.js';
import type { EntryPoint } from '../facts.js';
import type { Project } from '../project.js';
import { type AppCode, assignment, frameworkMakers, type Maker, makerNamed, makerOf, returnedMaker } from './makers.js';

/** One way to get at an app. */
export interface AppCandidate extends EntryPoint {
  readonly framework: Framework;
  readonly path: string;
  readonly line: number;
  /** Identity of the app behind it: the factory's or the object's own dotted name. */
  readonly app: string;
  /** Parameters without defaults, of a factory. */
  readonly missing: readonly string[];
  /** An object whose factory was given something that is not for developers or tests. */
  readonly isConfigured?: true;
  /** Mounted into another app, so not the app itself. */
  readonly mounted: boolean;
  readonly why: string;
}

/** What makes an app of another one, which is served through it. */
const WRAPPERS: ReadonlySet<string> = new Set(WEB_FRAMEWORKS.flatMap(([, { wrappers = [] }]) => wrappers));

/** What gives an app to another one, besides the other's own method. */
const MOUNTS: ReadonlySet<string> = new Set(WEB_FRAMEWORKS.flatMap(([, { mounts = [] }]) => mounts));

/** Tools around the app, and modules that a worker is started with: apps in them are not what is served. */
const AROUND = /(^|\/)(migrations|scripts|bin|alembic|bench|benchmarks|tools)\/|(^|[/_])(celery|worker)\.py$/;

/** Finds all candidates in the app's own modules (not in tests or tools around it). */
export function findCandidates(project: Pick<Project, 'modules'>): AppCandidate[] {
  const modules = project.modules.filter(module => !module.isTest && !AROUND.test(module.path));
  const makers = frameworkMakers(modules);
  const first = { modules, makers, objects: new Map<string, Maker>() };
  const made = naming(makers.keys(), modules).flatMap(module => findObjects(module, first));
  const code = { ...first, objects: new Map<string, Maker>(made.map(object => [nameOf(object), object])) };
  const factories = addFactories(code);
  const mounted = findMounted(modules);
  const making = new Set(naming(makers.keys(), modules));
  const all = modules.flatMap(module => [
    ...(making.has(module) ? findObjects(module, code) : []),
    ...(isServed(module.name) ? importedObjects(module, code) : []),
  ]);
  const wrapped = naming(WRAPPERS, modules).flatMap(module => findWrapped(module, all, code));
  const inner = new Set(wrapped.map(({ inside }) => inside));
  const objects = [...all, ...wrapped.map(({ candidate }) => candidate)];
  return [...objects, ...factories].map(candidate => ({
    ...candidate,
    mounted: mounted.has(canonicalName(nameOf(candidate), modules)) || inner.has(nameOf(candidate)),
  }));
}

function nameOf({ module, attribute }: Pick<AppCandidate, 'module' | 'attribute'>): string {
  return `${module}.${attribute}`;
}

/** Finds the factories, which from then on are makers of apps themselves. */
function addFactories(code: AppCode): AppCandidate[] {
  const factories: AppCandidate[] = [];
  // A factory may call another one that is read later: twice round settles a chain of two.
  for (let round = 0; round < 2; round++) {
    let isNamed = namesOf(code);
    for (const module of code.modules) {
      if (!isNamed(module.text)) continue;
      const known = code.makers.size;
      for (const factory of findFactories(module, code)) {
        const name = nameOf(factory);
        if (code.makers.has(name)) continue;
        code.makers.set(name, { framework: factory.framework, protocol: factory.protocol, app: factory.app });
        factories.push(factory);
      }
      if (code.makers.size > known) isNamed = namesOf(code);
    }
  }
  return factories;
}

/** Tells of a text whether it names what makes an app, or an app. */
function namesOf({ makers, objects, modules }: AppCode): (text: string) => boolean {
  return mentionOf(withAliases([...makers.keys(), ...objects.keys()].map(lastOf), modules));
}

function findObjects(module: PythonModule, code: AppCode): AppCandidate[] {
  return module.statements
    .filter(statement => statement.scope.length === 0 && !statement.guarded)
    .flatMap(({ tokens, line }) => {
      const assigned = assignment(tokens);
      const maker = assigned && makerOf(module, assigned.value, code);
      if (!assigned || !maker) return [];
      const object = objectAt({ module, attribute: assigned.name, line }, maker);
      return [isConfigured(assigned.value, maker) ? { ...object, isConfigured: true as const } : object];
    });
}

/** Whether a factory is called with what the app is to be: `create_app(os.getenv("APP_CONFIG", "production"))`. */
function isConfigured(value: readonly PythonToken[], { app }: Maker): boolean {
  const [call] = app === undefined ? [] : callsIn(value);
  const given = call ? argumentsOf(value, call.open).flatMap(({ tokens }) => tokens) : [];
  return given.length > 0 && given.every(({ text }) => !/dev|test|debug|local|__name__/i.test(text));
}

/** Whether a module is there to be served: it is called wsgi or asgi. */
export function isServed(module: string): boolean {
  return /(^|\.)(wsgi|asgi)$/.test(module);
}

/** Apps that a module takes from another one, having imported what belongs to them. */
function importedObjects(module: PythonModule, { objects, modules }: AppCode): AppCandidate[] {
  return [...module.imports].flatMap(([attribute, target]) => {
    const maker = objects.get(canonicalName(target, modules));
    return maker ? [objectAt({ module, attribute, line: 1 }, maker)] : [];
  });
}

/** Objects made of an app by a wrapper, with the name of what is inside: `application = ProtocolTypeRouter({"http": app})`. */
function findWrapped(
  module: PythonModule,
  made: readonly AppCandidate[],
  code: AppCode,
): { candidate: AppCandidate; inside?: string }[] {
  return module.statements
    .filter(statement => statement.scope.length === 0 && !statement.guarded)
    .flatMap(({ tokens, line }) => {
      const assigned = assignment(tokens);
      const [call, ...calls] = assigned ? callsIn(assigned.value) : [];
      if (!assigned || !call || !WRAPPERS.has(qualify(module, call.callee))) return [];
      const names = assigned.value.map(({ kind, text }) =>
        kind === 'name' ? canonicalName(qualify(module, text), code.modules) : '',
      );
      const app = made.find(candidate => names.includes(nameOf(candidate)));
      const inside = app && nameOf(app);
      if (inside === `${module.name}.${assigned.name}`) return [];
      const kind = app ?? calls.map(({ callee }) => makerNamed(module, callee, code)).find(Boolean);
      if (!kind) return [];
      return [defined({ candidate: objectAt({ module, attribute: assigned.name, line }, kind), inside })];
    });
}

function findFactories(module: PythonModule, code: AppCode): AppCandidate[] {
  return module.statements.flatMap(({ tokens, scope, line }) => {
    if (tokens[0]?.text !== 'def' || scope.length > 0 || tokens[2]?.text !== '(') return [];
    const attribute = tokens[1]!.text;
    const body = module.statements.filter(
      statement => statement.scope.length === 1 && statement.scope[0] === attribute,
    );
    const maker = returnedMaker(module, body, code);
    return maker ? [factoryAt({ module, attribute, line }, maker, requiredParameters(tokens))] : [];
  });
}

function requiredParameters(tokens: readonly PythonToken[]): string[] {
  return argumentsOf(tokens, 2)
    .filter(part => part.keyword === undefined && !part.tokens.some(token => token.text === '='))
    .map(part => part.tokens[0]!.text)
    .filter(text => !/^[*/]/.test(text));
}

/** Apps given to another one: `app.mount("/admin", admin)`, or `Mount("/admin", admin)` among its routes. */
function findMounted(modules: readonly PythonModule[]): Set<string> {
  const names = mentioning(modules, ['mount', ...[...MOUNTS].map(lastOf)]).flatMap(module =>
    module.statements.flatMap(({ tokens }) =>
      callsIn(tokens)
        .filter(({ callee }) => callee.endsWith('.mount') || MOUNTS.has(qualify(module, callee)))
        .flatMap(call => argumentsOf(tokens, call.open))
        // Through an adapter as well: `app.mount("/old", WSGIMiddleware(old))`.
        .flatMap(part => [part, ...callsIn(part.tokens).flatMap(inner => argumentsOf(part.tokens, inner.open))])
        .map(part => canonicalName(qualify(module, part.tokens.map(token => token.text).join('')), modules)),
    ),
  );
  return new Set(names);
}

/** Where a candidate stands. */
interface Spot {
  readonly module: PythonModule;
  readonly attribute: string;
  readonly line: number;
}

function objectAt(spot: Spot, maker: Maker): AppCandidate {
  const why = `${spot.attribute} is made here`;
  return { ...candidateAt(spot, maker), call: 'object', missing: [], why };
}

function factoryAt(spot: Spot, maker: Maker, missing: readonly string[]): AppCandidate {
  const why = `${spot.attribute}() makes the app`;
  return { ...candidateAt(spot, maker), call: 'factory', missing, why };
}

function candidateAt({ module: { name: module, path }, attribute, line }: Spot, maker: Maker) {
  const { framework, protocol, app = `${module}.${attribute}` } = maker;
  return { module, attribute, protocol, framework, path, line, app, mounted: false };
}
