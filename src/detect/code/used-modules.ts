/** Which modules the app uses: those that importing leads to from where it starts, and what lies with them. */
import { importsAnywhere, type PythonModule } from './module.js';

/** Directories of what people run by hand: a module in them counts when the app itself takes it. */
const BY_HAND =
  /^(scripts?|tools?|tooling|utilities|bin|ci|dev|devtools|hack|bench|benchmarks?|contrib|maintenance|docs|examples|samples|demos?|notebooks|locust|load_?tests?)$/;

/** Those inside a package, whose parts may be called anything else. */
const BY_HAND_INSIDE = /^(scripts?|bin|bench|benchmarks?)$/;

/** Files at the top for people's tools, and what people run by hand. */
const TOOL_FILE =
  /^(setup|noxfile|toxfile|fabfile|tasks|dodo|conftest|locustfile|hubconf|(check|release|bump|build|deploy|lint|bench|benchmark|publish|install|generate|clean)(_\w+)?)\.py$/;

/**
 * Finds the modules of tests, and those that the app uses: what importing and dotted names in texts (a list of apps, a path that is
 * imported when it runs) lead to, and what lies in the same directory at the top, for code finds its own in ways that nobody sees. Of
 * what people run by hand, only that which something leads to.
 * @param isStart whether something outside of the code starts with a module
 */
export function usedModules(modules: readonly PythonModule[], isStart: (module: PythonModule) => boolean): UsedModules {
  const own = modules.filter(({ isTest }) => !isTest);
  const code: Code = { index: indexOf(own), isByHand: byHandIn(own), followed: new Set() };
  const used = new Set(own.filter(isStart));
  if (used.size === 0) return { used: modules, reached: new Set(own) };
  followAll(used, code);
  const reached = new Set(used);
  const tops = new Set<string>();
  // What lies with the code that is used may lead to more, and that to more directories.
  for (let before = 0; before < used.size; ) {
    before = used.size;
    for (const module of used) if (!code.isByHand(module)) tops.add(topOf(module));
    for (const module of own) {
      const top = topOf(module);
      if (top === '' ? !isTool(module) : tops.has(top) && !code.isByHand(module)) used.add(module);
    }
    followAll(used, code);
  }
  return { used: modules.filter(module => module.isTest || used.has(module)), reached };
}

/** Modules by how much is known of their use. */
export interface UsedModules {
  readonly used: readonly PythonModule[];
  /** Those that importing and texts lead to, and nothing beside them; all of the app's when nothing starts. */
  readonly reached: ReadonlySet<PythonModule>;
}

/** The app's code with what is asked of it again and again. */
interface Code {
  readonly index: Index;
  readonly isByHand: (module: PythonModule) => boolean;
  /** Modules that have been looked into. */
  readonly followed: Set<PythonModule>;
}

/** Tells whether a module lies where people keep what they run by hand. */
function byHandIn(modules: readonly PythonModule[]): (module: PythonModule) => boolean {
  const packages = new Set(
    modules.filter(({ path }) => path.endsWith('/__init__.py')).map(({ path }) => path.replace(/\/[^/]*$/, '')),
  );
  return ({ path }) => {
    const parts = path.split('/').slice(0, -1);
    return parts.some((part, at) => {
      const isInside = parts.slice(0, at).some((_, depth) => packages.has(parts.slice(0, depth + 1).join('/')));
      return (isInside ? BY_HAND_INSIDE : BY_HAND).test(part);
    });
  };
}

function topOf({ path }: PythonModule): string {
  const parts = path.split('/').filter(part => part !== '..');
  return parts.length > 1 ? parts[0]! : '';
}

/** Whether a file at the top is run by itself. */
function isTool(module: PythonModule): boolean {
  if (TOOL_FILE.test(module.path)) return true;
  return module.text.includes('__name__') && module.statements.some(({ guarded }) => guarded);
}

/** Modules by the dotted names that they may be imported by. */
interface Index {
  readonly byName: ReadonlyMap<string, PythonModule>;
  /** By the ends of their paths: imports start in any directory that the path of imports is given. */
  readonly byEnd: ReadonlyMap<string, readonly PythonModule[]>;
}

function indexOf(modules: readonly PythonModule[]): Index {
  const byEnd = new Map<string, PythonModule[]>();
  for (const module of modules) {
    const parts = module.path.replace(/(\/__init__)?\.py$/, '').split('/');
    for (const start of parts.keys()) {
      const end = parts.slice(start).join('.');
      const same = byEnd.get(end);
      if (same) same.push(module);
      else byEnd.set(end, [module]);
    }
  }
  return { byName: new Map(modules.map(module => [module.name, module])), byEnd };
}

/** Adds all that modules lead to. */
function followAll(used: Set<PythonModule>, code: Code): void {
  // A set that grows while it is walked hands out what is added.
  for (const module of used) {
    if (code.followed.has(module)) continue;
    code.followed.add(module);
    for (const target of importsAnywhere(module)) for (const found of importedBy(module, target, code)) used.add(found);
    for (const { tokens } of module.statements) {
      const isListOfApps = /APPS$/.test(tokens[0]?.text ?? '');
      for (const { kind, text } of tokens) {
        if (kind !== 'string') continue;
        for (const found of namedBy(text, code, isListOfApps)) used.add(found);
      }
    }
  }
}

/** The module that an import takes, or takes a name from, with the packages around it. */
function importedBy(
  { path }: PythonModule,
  target: string,
  { index: { byName, byEnd }, isByHand }: Code,
): readonly PythonModule[] {
  const parts = target.split('.');
  const names = parts.map((_, at) => parts.slice(0, at + 1).join('.'));
  const known = names.flatMap(name => byName.get(name) ?? []);
  if (known.length > 0) return known;
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  const longest = names.findLast(name => byEnd.has(name));
  return (longest === undefined ? [] : byEnd.get(longest)!).filter(
    other => !isByHand(other) || other.path.startsWith(directory),
  );
}

/**
 * What a text names: `shop.apps.ShopConfig`, or a package without any dot, as in a list of apps. All that lies in a package which is in
 * such a list is the app's.
 */
function namedBy(text: string, { index, isByHand }: Code, isListOfApps: boolean): readonly PythonModule[] {
  if (text.length > 200 || !/^[A-Za-z_]\w*(\.\w+)*(\.|:[\w.]+)?$/.test(text)) return [];
  const { byName, byEnd } = index;
  const parts = text.replace(/[.:]$/, '').replace(/:.*$/, '').split('.');
  const names = parts.map((_, at) => parts.slice(0, at + 1).join('.')).reverse();
  const longest = names.find(name => byName.has(name) || byEnd.has(name));
  if (longest === undefined) return [];
  const found = [byName.get(longest) ?? byEnd.get(longest)!].flat();
  const packages = found.filter(({ path }) => path.endsWith('/__init__.py'));
  if (isListOfApps) {
    const directories = packages.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1));
    const inside = [...byName.values()].filter(({ path }) => directories.some(directory => path.startsWith(directory)));
    return [...packages, ...inside];
  }
  return parts.length > 1 ? found : packages.filter(module => !isByHand(module));
}
