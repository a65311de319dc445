/** Finds the path that says the app is up, among the routes that the code declares. */

import { configPlace } from '../../source/config-place.js';
import type { Sourced } from '../../source/sourced.js';
import type { Framework } from '../../support/frameworks/index.js';
import { frameworkOf, WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { argumentsOf, callsIn, literalString, type PythonModule, qualify } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { PythonToken } from '../code/tokens.js';
import type { Project } from '../project.js';
import { deployedHealth } from './deployed-health.js';

/** Last segments that name a health route, best first. */
const HEALTH_NAMES = [
  'health',
  'healthz',
  'healthcheck',
  'health-check',
  '_health',
  'livez',
  'live',
  'readyz',
  'ready',
  'up',
  'ping',
];

const ROUTE_METHODS = /^(route|get|add_url_rule|add_api_route|api_route|add_route)$/;

interface Route {
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

/** What makes apps of frameworks, by the first parts of its names. */
const MADE_WITH = WEB_FRAMEWORKS.flatMap(([kind, { makers }]) =>
  Object.keys(makers).map(name => [kind, name.split('.')[0]!] as const),
);

/** Whether a module is of an app of another framework, which beside a project of the first one is a service of its own. */
function isOfOther(framework: Framework | undefined, { imports }: PythonModule): boolean {
  if (frameworkOf(framework).leads !== true) return false;
  const others = new Set(MADE_WITH.flatMap(([kind, name]) => (kind === framework ? [] : [name])));
  return [...imports.values()].some(name => others.has(name.split('.')[0]!));
}

/**
 * Finds the health path of an app: the one that its own deployment asks, else a route that is named for it. Undefined where there is none, and
 * where the configuration turns it off.
 */
export async function detectHealth(
  project: Project,
  framework: Framework | undefined,
): Promise<Sourced<string> | undefined> {
  const configured = project.config.health;
  if (configured !== undefined)
    return configured === false ? undefined : { value: configured, place: configPlace(project.origins, 'health') };
  const [asked, declared] = [await deployedHealth(project), declaredHealth(project, framework)];
  return asked?.value === declared?.value ? declared : (asked ?? declared);
}

function declaredHealth(project: Project, framework: Framework | undefined): Sourced<string> | undefined {
  const modules = project.modules.filter(module => !module.isTest && !isOfOther(framework, module));
  const routes = [
    ...modules.flatMap(module => declaredRoutes(module, modules)),
    ...modules.flatMap(module => decoratedRoutes(module, modules)),
    ...djangoRoutes(modules),
  ];
  const rank = (route: Route) => HEALTH_NAMES.indexOf(lastSegment(route.path));
  const [best] = routes
    .filter(route => rank(route) >= 0 && !/[<{]/.test(route.path))
    .toSorted((a, b) => rank(a) - rank(b) || a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  return best && { value: best.path, place: { file: best.file, line: best.line } };
}

function lastSegment(path: string): string {
  return (
    path
      .split('/')
      .filter(part => part !== '')
      .at(-1) ?? ''
  );
}

/** Routes of Flask and FastAPI with the prefix of their blueprint or router; those with an unknown prefix are left out. */
function declaredRoutes(module: PythonModule, modules: readonly PythonModule[]): Route[] {
  return module.statements.flatMap(({ tokens }) =>
    callsIn(tokens).flatMap(call => {
      const at = call.callee.lastIndexOf('.');
      if (at < 0 || !ROUTE_METHODS.test(call.callee.slice(at + 1))) return [];
      const path = pathArgument(tokens, call.open);
      if (path === undefined || !path.startsWith('/') || !HEALTH_NAMES.includes(lastSegment(path))) return [];
      const owner = canonicalName(qualify(module, call.callee.slice(0, at)), modules);
      const prefix = prefixOf(owner, modules);
      return prefix === undefined ? [] : [{ path: joinPaths(prefix, path), file: module.path, line: call.line }];
    }),
  );
}

/** Functions of frameworks that declare routes by themselves, and the classes that put such routes under a path. */
const DECORATORS = new Set(WEB_FRAMEWORKS.flatMap(([, { routes }]) => routes?.decorators ?? []));
const ROUTERS = new Set(WEB_FRAMEWORKS.flatMap(([, { routes }]) => routes?.routers ?? []));

/** Routes such as `@get("/health")` above a function, with the path of the router that lists the function. */
function decoratedRoutes(module: PythonModule, modules: readonly PythonModule[]): Route[] {
  return module.statements.flatMap(({ tokens, scope, line }, at) => {
    const [call] = tokens[0]?.text === '@' && scope.length === 0 ? callsIn(tokens) : [];
    const path = call && DECORATORS.has(qualify(module, call.callee)) ? pathArgument(tokens, call.open) : undefined;
    if (path === undefined || !HEALTH_NAMES.includes(lastSegment(path))) return [];
    const rest = module.statements.slice(at + 1).find(({ tokens: [first] }) => first?.text !== '@')?.tokens ?? [];
    const name = rest[rest[0]?.text === 'async' ? 2 : 1]?.text;
    if (name === undefined) return [];
    return [{ path: joinPaths(routerOf(qualify(module, name), modules), path), file: module.path, line }];
  });
}

/** The path that a router puts a function's routes under; '' when none lists it. */
function routerOf(listed: string, modules: readonly PythonModule[]): string {
  for (const module of modules) {
    for (const { tokens } of module.statements) {
      const call = callsIn(tokens).find(({ callee }) => ROUTERS.has(qualify(module, callee)));
      const names = tokens.map(({ kind, text }) =>
        kind === 'name' ? canonicalName(qualify(module, text), modules) : '',
      );
      if (call && names.includes(listed)) return pathArgument(tokens, call.open) ?? '';
    }
  }
  return '';
}

function pathArgument(tokens: readonly PythonToken[], open: number): string | undefined {
  const parts = argumentsOf(tokens, open);
  const part = parts.find(({ keyword }) => keyword === undefined || keyword === 'path' || keyword === 'rule');
  return part && literalString(part.tokens);
}

/** The prefix a blueprint or router is served under; '' when none is given, undefined when it is computed. */
function prefixOf(owner: string, modules: readonly PythonModule[], depth = 4): string | undefined {
  let own: string | undefined = '';
  let outer: string | undefined = '';
  for (const module of modules) {
    for (const { tokens } of module.statements) {
      for (const call of callsIn(tokens)) {
        const method = call.callee.slice(call.callee.lastIndexOf('.') + 1);
        const isMade = /^(Blueprint|APIBlueprint|APIRouter)$/.test(method) && tokens[1]?.text === '=';
        const isPut = /^(register_blueprint|include_router)$/.test(method);
        if (!isMade && !isPut) continue;
        const parts = argumentsOf(tokens, call.open);
        if (isMade && qualify(module, tokens[0]!.text) === owner) own = prefixArgument(parts, modules) ?? own;
        if (!isPut || parts.length === 0) continue;
        const registered = canonicalName(qualify(module, parts[0]!.tokens.map(token => token.text).join('')), modules);
        if (registered !== owner) continue;
        const given = prefixArgument(parts, modules);
        // Flask: the prefix at registration replaces the blueprint's own. FastAPI: both count.
        if (given !== undefined && method === 'register_blueprint') own = given;
        else if (given !== undefined) outer = given;
        const parent = canonicalName(qualify(module, call.callee.slice(0, call.callee.lastIndexOf('.'))), modules);
        if (depth > 0 && parent !== owner) {
          const above = prefixOf(parent, modules, depth - 1);
          outer = above === undefined || outer === undefined ? undefined : joinPaths(above, outer);
        }
      }
    }
  }
  if (own === undefined || outer === undefined) return undefined;
  const prefix = joinPaths(outer, own);
  return prefix.includes(COMPUTED) ? undefined : prefix;
}

/** Marks a prefix that is no literal. */
const COMPUTED = '\0';

function prefixArgument(
  parts: readonly { readonly keyword?: string; readonly tokens: readonly PythonToken[] }[],
  modules: readonly PythonModule[],
): string | undefined {
  const part = parts.find(({ keyword }) => keyword === 'url_prefix' || keyword === 'prefix');
  if (!part) return undefined;
  if (part.tokens.length === 1 && part.tokens[0]!.text === 'None') return undefined;
  return literalString(part.tokens) ?? namedText(part.tokens, modules) ?? COMPUTED;
}

/** The text that a name such as `settings.API_PREFIX` stands for, when the code gives it one text only. */
function namedText(tokens: readonly PythonToken[], modules: readonly PythonModule[]): string | undefined {
  if (!tokens.every(({ kind, text }) => kind === 'name' || text === '.')) return undefined;
  const name = tokens.at(-1)?.text;
  const texts = modules.flatMap(module =>
    module.statements.flatMap(({ tokens: [target, ...rest] }) => {
      const at = rest.findIndex(({ kind, text }) => kind === 'op' && text === '=');
      if (target?.text !== name || at < 0 || (at > 0 && rest[0]?.text !== ':')) return [];
      return [literalString(rest.slice(at + 1)) ?? COMPUTED];
    }),
  );
  return new Set(texts).size === 1 ? texts[0] : undefined;
}

/** Django's path("health/", ...) in the root URL configuration and in those it includes. */
function djangoRoutes(modules: readonly PythonModule[]): Route[] {
  const patterns = modules.filter(module => /(^|\.)urls$/.test(module.name));
  const included = new Map<string, string>();
  for (const module of patterns) {
    for (const { tokens } of module.statements) {
      for (const call of callsIn(tokens).filter(({ callee }) => callee === 'path')) {
        const [path, view] = argumentsOf(tokens, call.open);
        const prefix = path && literalString(path.tokens);
        const target =
          view?.tokens[0]?.text === 'include' ? view.tokens.find(token => token.kind === 'string')?.text : undefined;
        if (prefix !== undefined && target !== undefined) included.set(target, prefix);
      }
    }
  }
  return patterns.flatMap(module =>
    module.statements.flatMap(({ tokens }) =>
      callsIn(tokens)
        .filter(({ callee }) => callee === 'path')
        .flatMap(call => {
          const path = pathArgument(tokens, call.open);
          if (path === undefined || !HEALTH_NAMES.includes(lastSegment(path))) return [];
          return [{ path: `/${included.get(module.name) ?? ''}${path}`, file: module.path, line: call.line }];
        }),
    ),
  );
}

function joinPaths(prefix: string, path: string): string {
  return `${prefix.replace(/\/$/, '')}${path === '' || path.startsWith('/') ? path : `/${path}`}`;
}
