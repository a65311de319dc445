/** Projects kept with requirements files: which of them count, what they pin, and whether compiled ones are fresh. */
import { eq, valid } from '@renovatebot/pep440';
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { type Finding, found } from '../../source/finding.js';
import { resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { type Dependency, declared } from '../../support/dependency.js';
import type { ListingManager } from '../../support/managers/python/definition.js';
import { readRequirement } from '../../support/pep508/requirement.js';
import type { Named } from '../../support/python-managers.js';
import { RUN_SERVERS } from '../../support/run-servers.js';
import { servicesOf } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import { ciLines } from '../files/ci-files.js';
import { besidesInImage } from '../files/installed.js';
import { groupedTools } from './grouped-tools.js';
import { localCode } from './local-code.js';
import { pinnedPackages, versionsOf } from './locked-versions.js';
import { oddRequirements } from './odd-requirements.js';
import type { PackageFacts } from './package-facts.js';
import { NOTHING, type Requirements, readRequirements } from './requirements.js';
import { settle } from './source-builds.js';
import { usualIndexLines } from './usual-index.js';

/** Reads the requirements files of a project; `path` is the main one. */
export async function listedPackages(
  tree: Tree,
  path: string,
  manager: Named<ListingManager>,
): Promise<Finding<PackageFacts>> {
  const isSetup = isSetupFile(path, manager);
  const main = isSetup ? found(ofProject(path)) : await readRequirements(tree, path, 'main');
  const devPath = await devRequirements(tree, path, manager);
  const dev = devPath === undefined ? undefined : await readRequirements(tree, devPath, 'dev');
  const stale = [
    main.value && (await staleCompiled(tree, path, main.value, manager)),
    dev?.value && (await staleCompiled(tree, devPath!, dev.value, manager)),
  ];
  const all = [...new Set([...(main.value?.files ?? []), ...(dev?.value?.files ?? [])])];
  const diagnostics = [
    ...main.diagnostics,
    ...(dev?.diagnostics ?? []),
    ...stale.flatMap(item => item ?? []),
    ...(await oddRequirements(tree, all)),
  ];
  if (main.value === undefined || diagnostics.length > 0) return { diagnostics };

  const local = await localCode(tree, [main.value, ...(dev?.value ? [dev.value] : [])]);
  if (local.value === undefined) return { diagnostics: local.diagnostics };
  const { requirements, roots, computed } = local.value;
  const absent = dev?.value?.absent ?? [];
  const dropped = [
    ...local.value.dropped,
    ...(await usualIndexLines(tree, all)),
    ...absent.flatMap(({ place }) => place ?? []),
  ];
  const place = { file: path };
  const listed = main.value.dependencies;
  const declaredOnes = [...listed, ...ofLocalCode(requirements, listed)];
  // With hashes all that is installed has to have some.
  const besides = main.value.hashed
    ? []
    : await besidesOf(tree, [...declaredOnes, ...(dev?.value?.dependencies ?? [])]);
  const own = [
    ...declaredOnes,
    ...besides.flatMap(({ value, place }) => declared(value, { place, group: 'main', pins: true })),
  ];
  const names = new Set(own.map(({ name }) => name));
  const inFile = (dev?.value?.dependencies ?? []).filter(({ name }) => !names.has(name));
  const hasPytest = [...own, ...inFile].some(({ name }) => name === 'pytest');
  const grouped = hasPytest ? undefined : await groupedTools(tree);
  const known = new Set([...own, ...inFile].map(({ name }) => name));
  const development = [...inFile, ...(grouped?.dependencies ?? []).filter(({ name }) => !known.has(name))];
  // What is computed is asked for when the app is built: what is seen of it serves detection alone.
  const written = [
    ...new Set([
      ...requirements.filter(({ isComputed }) => !isComputed).map(({ requirement }) => requirement),
      ...besides.map(({ value }) => value.text),
    ]),
  ];
  const read = [main.value, ...(dev?.value ? [dev.value] : [])];
  const pins = pinnedPackages([
    ...read.flatMap(({ constraints, dependencies }) => [...constraints, ...dependencies]),
    ...own.slice(declaredOnes.length),
  ]);
  return found({
    packageManager: {
      value: manager.name,
      place,
      why: isSetup ? howDeclared(own, computed.length > 0) : howPinned(tree, path, main.value, manager),
    },
    requirements: {
      main: { value: path, place },
      ...defined({
        dev: devPath === undefined ? undefined : { value: devPath, place: { file: devPath } },
        files: all,
        dropped: dropped.length > 0 ? dropped : undefined,
        absent: unlessEmpty(absent),
        declared: written.length > 0 && !main.value.hashed ? written : undefined,
        computed: computed.length > 0 && !main.value.hashed ? computed : undefined,
      }),
    },
    dependencies: [...own, ...development],
    ...defined({
      // The app's own directory of packages is found as everybody's is.
      memberRoots: isSetup ? undefined : unlessEmpty(roots),
      besides: unlessEmpty(besides.map(({ value: { text: value }, place }) => ({ value, place }))),
      tools: unlessEmpty(grouped?.tools),
    }),
    pins,
    versions: versionsOf(pins),
    builds: settle(main.value.builds),
  });
}

/**
 * What its own container installs beside them, but for servers, which are brought where they are missed, and for the driver of another
 * database than theirs, which only whoever sets it up so has.
 */
async function besidesOf(tree: Tree, listed: readonly Dependency[]) {
  const servers = RUN_SERVERS.flatMap(([, { packages }]) => packages);
  const found = await besidesInImage(tree, new Set([...servers, ...listed.map(({ name }) => name)]));
  const hasDatabase = listed.some(({ name, group }) => group === 'main' && isDriver(name));
  return found.filter(({ value: { name } }) => !hasDatabase || !isDriver(name));
}

function isDriver(name: string): boolean {
  return servicesOf(name).some(kind => 'djangoEngine' in SERVICES[kind]);
}

/** Whether a file declares what the source itself needs as a package, and no list is there. */
function isSetupFile(path: string, { setups }: ListingManager): boolean {
  return path === 'pyproject.toml' || setups.includes(path);
}

/** `pip install .`: what the source itself declares in a file. */
function ofProject(file: string): Requirements {
  return { ...NOTHING, local: [{ directory: '', extras: [], place: { file } }] };
}

function howDeclared(dependencies: readonly Dependency[], isComputed: boolean): string {
  const seen = isComputed ? 'its dependencies are computed, and found as pip finds them; ' : '';
  const open = dependencies.filter(({ pinned }) => pinned === undefined);
  return `no requirements file: installed as pip installs the project; ${seen}${open.length} of ${dependencies.length} have no exact version: two builds may differ`;
}

/** What code in the source declares, beside what is listed: the first of each name. */
function ofLocalCode(
  requirements: readonly { readonly requirement: string; readonly at: Dependency['place'] }[],
  listed: readonly Dependency[],
): readonly Dependency[] {
  const names = new Set(listed.map(({ name }) => name));
  return requirements.flatMap(({ requirement, at }) => {
    const read = readRequirement(requirement);
    const dependencies = read ? declared(read, { place: at }) : [];
    return dependencies.filter(({ name }) => {
      const isNew = !names.has(name);
      names.add(name);
      return isNew;
    });
  });
}

/** The file with what the tests need: of several the one that names pytest. */
async function devRequirements(tree: Tree, main: string, { devFiles }: ListingManager): Promise<string | undefined> {
  const tested = await installedForTests(tree);
  const inCi = tested.filter(path => path !== main);
  const paths = [...inCi, ...tree.paths.filter(path => path !== main && devFiles.test(path)).sort()];
  for (const path of paths) {
    const { value } = await readRequirements(tree, path, 'dev');
    if (value?.dependencies.some(({ name }) => name.startsWith('pytest'))) return path;
  }
  return paths.find(path => devFiles.test(path));
}

/** The lists that are installed where the app is tested, in the order in which they are named. */
async function installedForTests(tree: Tree): Promise<readonly string[]> {
  const named = (await ciLines(tree)).flatMap(({ text }) =>
    [...text.matchAll(/(?:^|\s)-r\s*([\w./-]+\.txt)/g)].map(([, path = '']) => resolvePath('', path)),
  );
  return [...new Set(named)].filter(path => tree.paths.includes(path));
}

/** In words: how far the files decide which versions are installed. */
function howPinned(
  tree: Tree,
  path: string,
  { dependencies, hashed, constraints }: Requirements,
  { compiled }: ListingManager,
): string {
  const input = compiled.input(path);
  if (hashed) return 'every version pinned by hash';
  if (input !== undefined && tree.paths.includes(input)) return `versions compiled from ${input}`;
  const open = dependencies.filter(({ pinned, source }) => pinned === undefined && source === undefined);
  if (open.length === 0) return constraints.length > 0 ? 'versions pinned, by constraints as well' : 'versions pinned';
  return `${open.length} of ${dependencies.length} have no exact version: two builds may differ`;
}

/** A compiled file must name what its input asks for: no compiler would have left it out. */
async function staleCompiled(
  tree: Tree,
  path: string,
  lines: Requirements,
  { compiled }: ListingManager,
): Promise<Diagnostic | undefined> {
  const input = compiled.input(path);
  if (input === undefined || !tree.paths.includes(input)) return undefined;
  const asked = await readRequirements(tree, input, 'main');
  const missing = asked.value?.dependencies.find(dependency => isMissing(dependency, lines, compiled.unlisted));
  if (!missing) return undefined;
  const command = compiled.command(input, path, (await tree.read(path)) ?? '');
  const words = missing.pinned === undefined ? missing.name : `${missing.name} ${missing.pinned}`;
  return diagnose('QS205', { kind: 'compiled', path, input, missing: words, command }, missing.place);
}

function isMissing(asked: Dependency, { dependencies }: Requirements, unlisted: readonly string[]): boolean {
  const { name, pinned, source, marker } = asked;
  // The name of a repository need not be that of the package in it, and Python's version may leave out others.
  if (source === 'git' || marker !== undefined || unlisted.includes(name)) return false;
  const lines = dependencies.filter(dependency => dependency.name === name);
  return lines.length === 0 || (pinned !== undefined && lines.every(line => !isSame(line.pinned, pinned)));
}

/** Whether two versions are the same, however they are written: 22.1.0 is 22.1. */
function isSame(compiled: string | undefined, asked: string): boolean {
  if (compiled === undefined) return false;
  return valid(compiled) && valid(asked) ? eq(compiled, asked) : compiled === asked;
}
