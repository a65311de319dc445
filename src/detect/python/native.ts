/** Debian packages the app needs: for its Python packages, for programs its code runs, and those configured. */

import { configPlace } from '../../source/config-place.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { namesOf } from '../../support/native/definition.js';
import { MODULE_NATIVE } from '../../support/native/modules.js';
import { PROGRAMS } from '../../support/native/programs.js';
import { EXTRA_NATIVE, PYTHON_NATIVE, SELF_CONTAINED_EXTRAS } from '../../support/native/python-packages.js';
import { COMPILED, SOURCE_NATIVE } from '../../support/native/source-builds.js';
import { dottedNameBefore, type PythonModule } from '../code/module.js';
import type { NativePackages } from '../facts.js';
import type { Project } from '../project.js';
import type { LockedVersions } from './locked-versions.js';
import type { Builds } from './source-builds.js';

/** Calls that run a program. */
const RUNNERS =
  /^(run|Popen|call|check_call|check_output|which|system|popen|create_subprocess_exec|create_subprocess_shell|execvp)$/;

/** What is known of the app's Python packages. */
export interface InstalledPackages {
  readonly dependencies: readonly Dependency[];
  /** Those that a lock has. */
  readonly versions?: LockedVersions;
  readonly builds?: Builds | undefined;
  /** Those whose versions have no wheels for the app's Python. */
  readonly compiled?: readonly Sourced<string>[];
}

/** Finds the Debian packages, each with what asks for it. */
export function detectNative(
  project: Project,
  { dependencies, versions = new Map(), builds = new Map(), compiled = [] }: InstalledPackages,
): NativePackages[] {
  const { native } = project.config;
  const place = configPlace(project.origins, 'native');
  const configured: NativePackages[] = native
    ? [
        {
          dependency: place.file,
          build: native.build ?? [],
          runtime: native.runtime ?? [],
          place,
        },
      ]
    : [];
  return [
    ...packagesOf(
      dependencies.filter(({ group }) => group === 'main'),
      builds,
    ),
    ...packagesOf(broughtAlong(dependencies, versions), builds),
    ...builtFromSource(dependencies, builds),
    ...compiled
      .filter(({ value }) => !builds.has(value) && PYTHON_NATIVE[value] === undefined)
      .map(({ value, place }) => ({ dependency: value, ...(SOURCE_NATIVE[value] ?? COMPILED), place })),
    ...modulesOf(project),
    ...programs(project),
    ...configured,
  ];
}

/** Packages of a lock that the app does not depend on itself: others bring them. */
function broughtAlong(dependencies: readonly Dependency[], versions: LockedVersions): readonly Dependency[] {
  const declared = new Set(dependencies.map(({ name }) => name));
  const isWhole = (name: string) => (SELF_CONTAINED_EXTRAS[name] ?? []).some(extra => versions.has(`${name}-${extra}`));
  return [...versions].flatMap(([name, locked]) =>
    name in PYTHON_NATIVE && !declared.has(name) && !isWhole(name)
      ? [{ name, extras: [], group: 'main' as const, place: locked.place }]
      : [],
  );
}

/** Finds those that only dependencies for development ask for, as far as suites install them: the image does without. */
export function nativeOfTests(
  dependencies: readonly Dependency[],
  builds: Builds,
  groups: readonly string[],
): NativePackages[] {
  const main = new Set(dependencies.flatMap(({ name, group }) => (group === 'main' ? [name] : [])));
  const isInstalled = ({ name, group, groupName }: Dependency) =>
    group === 'dev' && !main.has(name) && (groupName === undefined || groups.includes(groupName));
  return packagesOf(dependencies.filter(isInstalled), builds).filter(
    ({ build, runtime }) => build.length + runtime.length > 0,
  );
}

function packagesOf(dependencies: readonly Dependency[], builds: Builds): NativePackages[] {
  return dependencies.flatMap(({ name, extras = [], source, place }) => {
    const extra = extras.map(item => EXTRA_NATIVE[`${name}[${item}]`]).find(need => need !== undefined);
    const isSelfContained = extras.some(item => SELF_CONTAINED_EXTRAS[name]?.includes(item));
    const need = extra ?? (isSelfContained ? undefined : PYTHON_NATIVE[name]);
    const isWheel = (builds.get(name) ?? builds.get(':all:'))?.from === 'wheel';
    const fetched = source === 'git' ? [{ dependency: name, build: ['git'], runtime: [], place }] : [];
    if (need === undefined) return fetched;
    return [...fetched, { dependency: name, build: isWheel ? [] : need.build, runtime: need.runtime, place }];
  });
}

/** Packages that have wheels and are built all the same: those named, and with `:all:` those declared that are known. */
function builtFromSource(dependencies: readonly Dependency[], builds: Builds): NativePackages[] {
  return [...builds.values()].flatMap(({ name, from, place }) => {
    if (from === 'wheel') return [];
    if (name !== ':all:') return [{ dependency: name, ...(SOURCE_NATIVE[name] ?? COMPILED), place }];
    const known = dependencies.filter(
      dependency => dependency.group === 'main' && dependency.name in SOURCE_NATIVE && !builds.has(dependency.name),
    );
    return [
      { dependency: 'what is built from source', ...COMPILED, place },
      ...known.map(dependency => ({ dependency: dependency.name, ...SOURCE_NATIVE[dependency.name]!, place })),
    ];
  });
}

/** Modules imported or named in settings that need packages of their own: the first place each is named counts. */
function modulesOf({ modules }: Project): NativePackages[] {
  const code = modules
    .filter(({ isTest }) => !isTest)
    .map(({ path, imports, statements }) => {
      const strings = statements.flatMap(({ tokens }) => tokens.filter(({ kind }) => kind === 'string'));
      return { path, imports, strings };
    });
  return Object.entries(MODULE_NATIVE).flatMap(([name, need]) => {
    const isOf = (written: string) => written === name || written.startsWith(`${name}.`);
    for (const { path, imports, strings } of code) {
      const named = strings.find(({ text }) => isOf(text));
      if (named) return [{ dependency: name, ...need, place: { file: path, line: named.line } }];
      if ([...imports.values()].some(isOf)) return [{ dependency: name, ...need, place: { file: path } }];
    }
    return [];
  });
}

/** Programs run through subprocess: the first place each is named counts. */
function programs({ modules }: Project): NativePackages[] {
  const seen = new Map<string, NativePackages>();
  for (const module of modules.filter(({ isTest }) => !isTest)) {
    for (const [program, line] of programsIn(module)) {
      const runtime = PROGRAMS[program]!;
      const key = runtime.flatMap(namesOf).join(' ');
      if (!seen.has(key))
        seen.set(key, { dependency: program, build: [], runtime, place: { file: module.path, line } });
    }
  }
  return [...seen.values()];
}

/** Program names at the head of a list or call, or given to a name, in modules that run programs at all. */
function programsIn(module: PythonModule): [string, number][] {
  const runsPrograms = module.statements.some(({ tokens }) =>
    tokens.some((token, at) => {
      if (token.text !== '(') return false;
      const callee = dottedNameBefore(tokens, at)?.split('.') ?? [];
      const head = module.imports.get(callee[0] ?? '') ?? '';
      return RUNNERS.test(callee.at(-1) ?? '') && /^(subprocess|shutil|os|asyncio|anyio)\b/.test(head);
    }),
  );
  if (!runsPrograms) return [];
  return module.statements.flatMap(({ tokens }) =>
    tokens.flatMap((token, at): [string, number][] => {
      if (token.kind !== 'string' || token.formatted) return [];
      const before = tokens[at - 1]?.text ?? '';
      const [word = ''] = token.text.trim().split(/\s/);
      const isShell =
        before === '(' && /^(run|system|popen|Popen|call|check_call|check_output)$/.test(tokens[at - 2]?.text ?? '');
      const program = (isShell ? word : token.text).split('/').at(-1)!;
      const isNamed = /^[[(=,]$/.test(before) || before === 'or' || before === 'else';
      // A comma precedes arguments of any kind; only the default of a lookup is a program's name there.
      const isDefault = before !== ',' || tokens[at + 1]?.text === ')';
      return isNamed && isDefault && Object.hasOwn(PROGRAMS, program) ? [[program, token.line]] : [];
    }),
  );
}
