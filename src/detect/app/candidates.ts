/** Everything in the code that could be the app: objects made at the top of a module, and functions that make one. */

import { defined } from '../../source/defined.js';
import type { Protocol } from '../../support/app-object.js';
import type { Framework } from '../../support/frameworks/index.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { argumentsOf, callsIn, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { PythonToken } from '../code/tokens.js';
import type { EntryPoint } from '../facts.js';
import type { Project } from '../project.js';

/** One way to get at an app. */
export interface AppCandidate extends EntryPoint {
  readonly framework: Framework;
  readonly path: string;
  readonly line: number;
  /** Identity of the app behind it: the factory's or the object's own dotted name. */
  readonly app: string;
  /** Parameters without defaults, of a factory. */
  readonly missing: readonly string[];
  /** Mounted into another app, so not the app itself. */
  readonly mounted: boolean;
  readonly why: string;
}

interface AppKind {
  readonly framework: Framework;
  readonly protocol: Protocol;
}

const APP_MAKERS: readonly (readonly [string, AppKind])[] = WEB_FRAMEWORKS.flatMap(([framework, { makers }]) =>
  Object.entries(makers).map(([name, protocol]) => [name, { framework, protocol }] as const),
);

/** What makes an app of another one, which is served through it. */
const WRAPPERS: ReadonlySet<string> = new Set(WEB_FRAMEWORKS.flatMap(([, { wrappers = [] }]) => wrappers));

/** What gives an app to another one, besides the other's own method. */
const MOUNTS: ReadonlySet<string> = new Set(WEB_FRAMEWORKS.flatMap(([, { mounts = [] }]) => mounts));

/** Tools around the app, and modules that a worker is started with: apps in them are not what is served. */
const AROUND = /(^|\/)(migrations|scripts|bin|alembic|bench|benchmarks|tools)\/|(^|[/_])(celery|worker)\.py$/;

/** Something that makes an app when called. */
interface Maker extends AppKind {
  /** Identity of what it makes; undefined for a framework's class, which makes a new app at each call. */
  readonly app?: string;
}

/** Finds all candidates in the app's own modules (not in tests or tools around it). */
export function findCandidates(project: Pick<Project, 'modules'>): AppCandidate[] {
  const modules = project.modules.filter(module => !module.isTest && !AROUND.test(module.path));
  const makers = new Map<string, Maker>(APP_MAKERS);
  for (const module of modules) addSubclasses(module, makers);
  const made = modules.flatMap(module => findObjects(module, makers, modules));
  const known = new Map<string, Maker>(made.map(object => [`${object.module}.${object.attribute}`, object]));
  const factories: AppCandidate[] = [];
  // A factory may call another one that is read later: twice round settles a chain of two.
  for (let round = 0; round < 2; round++) {
    for (const module of modules) {
      for (const factory of findFactories(module, makers, known, modules)) {
        const name = `${factory.module}.${factory.attribute}`;
        if (makers.has(name)) continue;
        makers.set(name, { framework: factory.framework, protocol: factory.protocol, app: factory.app });
        factories.push(factory);
      }
    }
  }
  const mounted = findMounted(modules);
  const all = modules.flatMap(module => [
    ...findObjects(module, makers, modules),
    ...(isServed(module.name) ? importedObjects(module, known, modules) : []),
  ]);
  const wrapped = modules.flatMap(module => findWrapped(module, all, makers, modules));
  const inner = new Set(wrapped.map(({ inside }) => inside));
  const objects = [...all, ...wrapped.map(({ candidate }) => candidate)];
  return [...objects, ...factories].map(candidate => ({
    ...candidate,
    mounted:
      mounted.has(canonicalName(`${candidate.module}.${candidate.attribute}`, modules)) ||
      inner.has(`${candidate.module}.${candidate.attribute}`),
  }));
}

function addSubclasses(module: PythonModule, makers: Map<string, Maker>): void {
  for (const { tokens, scope } of module.statements) {
    if (tokens[0]?.text !== 'class' || scope.length > 0 || tokens[2]?.text !== '(') continue;
    for (const base of argumentsOf(tokens, 2)) {
      const kind = makers.get(qualify(module, base.tokens.map(token => token.text).join('')));
      if (kind) makers.set(qualify(module, tokens[1]!.text), kind);
    }
  }
}

function findObjects(
  module: PythonModule,
  makers: ReadonlyMap<string, Maker>,
  all: readonly PythonModule[],
): AppCandidate[] {
  return module.statements
    .filter(statement => statement.scope.length === 0 && !statement.guarded)
    .flatMap(({ tokens, line }) => {
      const assigned = assignment(tokens);
      const maker = assigned && makerOf(module, assigned.value, makers, all);
      if (!assigned || !maker) return [];
      const name = `${module.name}.${assigned.name}`;
      return [candidate(module, assigned.name, line, 'object', maker, maker.app ?? name, [])];
    });
}

/** Whether a module is there to be served: it is called wsgi or asgi. */
export function isServed(module: string): boolean {
  return /(^|\.)(wsgi|asgi)$/.test(module);
}

/** Apps that a module takes from another one, having imported what belongs to them. */
function importedObjects(
  module: PythonModule,
  known: ReadonlyMap<string, Maker>,
  all: readonly PythonModule[],
): AppCandidate[] {
  return [...module.imports].flatMap(([name, target]) => {
    const maker = known.get(canonicalName(target, all));
    return maker ? [candidate(module, name, 1, 'object', maker, maker.app!, [])] : [];
  });
}

/** Objects made of an app by a wrapper, with the name of what is inside: `application = ProtocolTypeRouter({"http": app})`. */
function findWrapped(
  module: PythonModule,
  made: readonly AppCandidate[],
  makers: ReadonlyMap<string, Maker>,
  all: readonly PythonModule[],
): { candidate: AppCandidate; inside?: string }[] {
  return module.statements
    .filter(statement => statement.scope.length === 0 && !statement.guarded)
    .flatMap(({ tokens, line }) => {
      const assigned = assignment(tokens);
      const [call, ...calls] = assigned ? callsIn(assigned.value) : [];
      if (!assigned || !call || !WRAPPERS.has(qualify(module, call.callee))) return [];
      const names = assigned.value.map(({ kind, text }) =>
        kind === 'name' ? canonicalName(qualify(module, text), all) : '',
      );
      const app = made.find(({ module: at, attribute }) => names.includes(`${at}.${attribute}`));
      const name = `${module.name}.${assigned.name}`;
      const inside = app && `${app.module}.${app.attribute}`;
      if (inside === name) return [];
      const maker = calls.map(({ callee }) => makers.get(canonicalName(qualify(module, callee), all))).find(Boolean);
      const kind = app ?? maker;
      if (!kind) return [];
      const outer = candidate(module, assigned.name, line, 'object', kind, kind.app ?? name, []);
      return [defined({ candidate: outer, inside })];
    });
}

function findFactories(
  module: PythonModule,
  makers: ReadonlyMap<string, Maker>,
  known: ReadonlyMap<string, Maker>,
  all: readonly PythonModule[],
): AppCandidate[] {
  return module.statements.flatMap(({ tokens, scope, line }) => {
    if (tokens[0]?.text !== 'def' || scope.length > 0 || tokens[2]?.text !== '(') return [];
    const name = tokens[1]!.text;
    const body = module.statements.filter(statement => statement.scope.length === 1 && statement.scope[0] === name);
    const maker = returnedMaker(module, body, makers, known, all);
    if (!maker) return [];
    return [
      candidate(
        module,
        name,
        line,
        'factory',
        maker,
        maker.app ?? `${module.name}.${name}`,
        requiredParameters(tokens),
      ),
    ];
  });
}

/** What makes the app that a function's body returns: a call, the one its variable was assigned from, or an object's own. */
function returnedMaker(
  module: PythonModule,
  body: readonly ScopedStatement[],
  makers: ReadonlyMap<string, Maker>,
  known: ReadonlyMap<string, Maker>,
  all: readonly PythonModule[],
): Maker | undefined {
  const locals = new Map<string, Maker>();
  for (const { tokens } of body) {
    const assigned = assignment(tokens);
    const maker = assigned && makerOf(module, assigned.value, makers, all);
    if (assigned && maker) locals.set(assigned.name, maker);
    if (tokens[0]?.text !== 'return') continue;
    const returned = tokens.slice(1);
    const [name] = returned.length === 1 ? returned.map(({ text }) => text) : [];
    const local =
      name === undefined
        ? makerOf(module, returned, makers, all)
        : (locals.get(name) ?? known.get(canonicalName(qualify(module, name), all)));
    if (local) return local;
  }
  return undefined;
}

/** `name = value`, `name: type = value`, or `name = other = value`, of which the first name counts. */
function assignment(tokens: readonly PythonToken[]): { name: string; value: readonly PythonToken[] } | undefined {
  if (tokens[0]?.kind !== 'name') return undefined;
  let at = tokens.findIndex(token => token.kind === 'op' && token.text === '=');
  if (at < 1 || (at > 1 && tokens[1]?.text !== ':')) return undefined;
  while (tokens[at + 1]?.kind === 'name' && tokens[at + 2]?.text === '=') at += 2;
  return { name: tokens[0].text, value: tokens.slice(at + 1) };
}

/** The maker that an expression calls, when it is one call from its start on. */
function makerOf(
  module: PythonModule,
  value: readonly PythonToken[],
  makers: ReadonlyMap<string, Maker>,
  all: readonly PythonModule[],
): Maker | undefined {
  const [call] = callsIn(value);
  if (!call || value.slice(0, call.open).some(token => token.kind === 'op' && token.text !== '.')) return undefined;
  return makers.get(canonicalName(qualify(module, call.callee), all));
}

function requiredParameters(tokens: readonly PythonToken[]): string[] {
  return argumentsOf(tokens, 2)
    .filter(part => part.keyword === undefined && !part.tokens.some(token => token.text === '='))
    .map(part => part.tokens[0]!.text)
    .filter(text => !/^[*/]/.test(text));
}

/** Apps given to another one: `app.mount("/admin", admin)`, or `Mount("/admin", admin)` among its routes. */
function findMounted(modules: readonly PythonModule[]): Set<string> {
  const names = modules.flatMap(module =>
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

function candidate(
  module: PythonModule,
  attribute: string,
  line: number,
  call: 'object' | 'factory',
  maker: Maker,
  app: string,
  missing: readonly string[],
): AppCandidate {
  const { framework, protocol } = maker;
  const why = call === 'factory' ? `${attribute}() makes the app` : `${attribute} is made here`;
  return {
    module: module.name,
    attribute,
    call,
    protocol,
    framework,
    path: module.path,
    line,
    app,
    missing,
    mounted: false,
    why,
  };
}
