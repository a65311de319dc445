/** Where an app gets its pages: in the module that makes it, or in another one, which then is what has to be served. */
import { naming } from '../code/mentions.js';
import { callsIn, importsAnywhere, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { AppCandidate } from './candidates.js';
import { assignment } from './makers.js';

/** Methods of an app that give it pages, whichever framework it is of. */
const GIVES = /^(register_blueprint|include_router|add_url_rule|add_api_route|add_resource|add_namespace|mount)$/;

/** Those that stand above a function. */
const ABOVE = /^(route|get|post|put|patch|delete|head|options|websocket|api_route)$/;

/** Names that people give an app inside the function that makes it. */
const USUAL = /^(app|_app|application|server|flask_app|fastapi_app)$/;

/** The dotted names of one app, and of what makes it. */
type Names = ReadonlySet<string>;

/** A place in the code that gives something pages. */
interface Giver {
  readonly module: PythonModule;
  readonly line: number;
  readonly scope: readonly string[];
  /** What is given them, as it is written there. */
  readonly receiver: string;
}

/** Where pages are given to an app outside of what serving it would run. */
export type PagesElsewhere =
  | { readonly kind: 'module'; readonly module: PythonModule; readonly attribute: string; readonly line: number }
  | { readonly kind: 'function'; readonly module: PythonModule; readonly name: string; readonly line: number };

/**
 * Finds where an app that has no pages by itself, of which all ways to it are given with that to be served first, gets them: at the top of a module that takes it from where it is made, or in a function
 * that takes it or calls what makes it. Undefined where it has some, or where nobody gives it any.
 */
export function pagesElsewhere(
  ways: readonly Pick<AppCandidate, 'module' | 'attribute' | 'path'>[],
  modules: readonly PythonModule[],
): PagesElsewhere | undefined {
  const maker = modules.find(({ path }) => path === ways[0]?.path);
  const app = new Set(ways.map(({ module, attribute }) => `${module}.${attribute}`));
  if (!maker || giversIn(maker).length > 0) return undefined;
  const own = modules.filter(({ isTest }) => !isTest);
  const outside = naming(app, modules).filter(
    module => !module.isTest && module !== maker && leadsTo(module, app, modules),
  );
  const givers = outside.flatMap(giversIn).filter(giver => isGivenTo(giver, app, modules));
  if (givers.length === 0) return undefined;
  const reached = importedWith(maker, own);
  const unreached = givers.filter(({ module }) => !reached.has(module));
  if (unreached.length === 0 || [...reached].some(module => giversIn(module).some(isOfApp))) return undefined;
  const top = unreached.find(({ scope }) => scope.length === 0);
  if (top) return { kind: 'module', module: top.module, attribute: top.receiver, line: top.line };
  const inside = unreached.find(({ module, scope }) => scope.length === 1 && !isReturned(module, scope[0]!));
  return inside && { kind: 'function', module: inside.module, name: inside.scope[0]!, line: inside.line };
}

/**
 * The modules that importing one runs, with those that its own functions import: what a function elsewhere imports comes when that is
 * called.
 */
function importedWith(start: PythonModule, modules: readonly PythonModule[]): ReadonlySet<PythonModule> {
  // Of a package and a file with the same name, importing takes the package.
  const packages = modules.filter(({ path }) => path.endsWith('/__init__.py'));
  const byName = new Map([...modules, ...packages].map(module => [module.name, module]));
  const reached = new Set([start]);
  // A set that grows while it is walked hands out what is added.
  for (const module of reached) {
    const targets = module === start ? importsAnywhere(module) : importsWhenRun(module);
    for (const target of targets) {
      const parts = target.split('.');
      for (const at of parts.keys()) {
        const found = byName.get(parts.slice(0, at + 1).join('.'));
        if (found) reached.add(found);
      }
    }
  }
  return reached;
}

function importsWhenRun(module: PythonModule): readonly string[] {
  const statements = module.statements.filter(({ scope, guarded }) => scope.length === 0 && !guarded);
  return importsAnywhere({ ...module, statements });
}

/** Whether a module takes an app, or what makes it, by its name. */
function leadsTo({ imports }: PythonModule, app: Names, modules: readonly PythonModule[]): boolean {
  return [...imports.values()].some(target => app.has(canonicalName(target, modules)));
}

function giversIn(module: PythonModule): readonly Giver[] {
  return module.statements
    .filter(({ guarded }) => !guarded)
    .flatMap(({ tokens, scope, line }) =>
      callsIn(tokens).flatMap(({ callee }) => {
        const [, receiver, method] = /^(.+)\.(\w+)$/.exec(callee) ?? [];
        const gives = tokens[0]?.text === '@' ? ABOVE : GIVES;
        return receiver !== undefined && gives.test(method!) ? [{ module, line, scope, receiver }] : [];
      }),
    );
}

/** Whether an app is sure to get pages there: as soon as the module is imported, or from what a function is given. */
function isOfApp({ module, scope, receiver }: Giver): boolean {
  return USUAL.test(receiver) && (scope.length === 0 || !module.imports.has(receiver));
}

/** Whether it is the app that gets pages: taken by its name, or made of a call in the same function. */
function isGivenTo({ module, scope, receiver }: Giver, app: Names, modules: readonly PythonModule[]): boolean {
  const isIt = (written: string) => app.has(canonicalName(qualify(module, written), modules));
  if (isIt(receiver)) return true;
  return statementsIn(module, scope).some(({ tokens }) => {
    const assigned = assignment(tokens);
    return assigned?.name === receiver && callsIn(assigned.value).some(({ callee }) => isIt(callee));
  });
}

function isReturned(module: PythonModule, name: string): boolean {
  return statementsIn(module, [name]).some(({ tokens }) => tokens[0]?.text === 'return' && tokens.length > 1);
}

function statementsIn({ statements }: PythonModule, scope: readonly string[]): readonly ScopedStatement[] {
  return statements.filter(statement => statement.scope.join('.') === scope.join('.'));
}
