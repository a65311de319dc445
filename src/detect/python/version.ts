/** Which Python the app runs on: what is configured, what is pinned, else the newest that the project allows. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Place } from '../../diagnostics/place.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile, stringAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import { endedIn, isEnded, KNOWN_PYTHONS, PREFERRED_PYTHONS } from '../../support/known-pythons.js';
import { normaliseName } from '../../support/pep508/requirement.js';
import { lockingManagers } from '../../support/python-managers.js';
import { deployedFrom } from '../files/app-dockerfile.js';
import { readAppCompose, seenFromApp } from '../files/compose.js';
import { dockerfileOf } from '../files/compose-service.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { imagePython, pythonIn } from '../files/dockerfile.js';
import { readPlatformFile } from '../files/platform-files.js';
import { aroundApp, type Project } from '../project.js';
import { importsRemoved } from './imports-removed.js';
import { lockedPython } from './locked-python.js';
import type { LockedVersions } from './locked-versions.js';
import { linuxWheels, pinnedTooNew, pinnedTooOld, pinnedWithoutWheels, withoutWheels } from './locked-wheels.js';
import { testedPythons } from './tested-python.js';
import { allowsMinor, allowsRelease, newestRelease } from './version-range.js';

/**
 * Finds the minor version of Python.
 * @param versions those that packages are pinned to
 * @param among the versions that can be had; default: all that may be asked for
 */
export async function detectPythonVersion(
  project: Project,
  versions: LockedVersions,
  among: readonly string[] = KNOWN_PYTHONS,
): Promise<Finding<Sourced<string>>> {
  const range = declaredRange(project);
  const configured = project.config.python?.version;
  const pinned =
    configured === undefined
      ? await pinnedVersion(project)
      : found<Sourced<string>>({ value: configured, place: configPlace(project.origins, 'python.version') });
  if (pinned.diagnostics.length > 0) return pinned;
  // A pin that the project itself does not allow is left of before: what it is deployed with decides.
  const isLeft = configured === undefined && pinned.value !== undefined && contradicts(pinned.value, range);
  const image = pinned.value && !isLeft ? undefined : await deployedPython(project);
  const deployed = image && isAllowed(range, image.value) ? image : undefined;
  const asked =
    (isLeft ? deployed : undefined) ?? pinned.value ?? deployed ?? (range ? undefined : await lockedPython(project));
  const minor = asked && minorOf(asked.value);
  // What is left of before newer packages were pinned: the app's own container could not be built with it either.
  const [tooNew] = minor === undefined || configured !== undefined ? [] : pinnedTooNew(versions, minor);
  if (asked && minor !== undefined && tooNew === undefined && isKnown(minor) && among.includes(minor))
    return checkPin(asked, minor, range);
  const tooOld = (version: string) => pinnedTooOld(versions, version);
  const choice = { range, lacking: await packagesLacking(project, versions), tooOld, among };
  if (asked === undefined) {
    const tested = newestTested(await testedPythons(project), choice);
    return tested ? found(tested) : newestWithWheels(project, choice);
  }
  const isMeant = minor !== undefined && (isKnown(minor) || (isOld(minor) && configured === undefined));
  return isMeant
    ? nearest({ ...asked, value: minor, ...defined({ tooNew }) }, choice)
    : failed(unsupported(asked.value, asked.place));
}

/** Whether a pin is outside of the range that the project declares. */
function contradicts(pinned: Sourced<string>, range: Sourced<string> | undefined): boolean {
  const minor = minorOf(pinned.value);
  return range !== undefined && minor !== undefined && allowsMinor(range.value, minor) === false;
}

/** The version of the image that the app is deployed with, be its Dockerfile in the app's directory or around it. */
async function deployedPython(project: Project): Promise<Sourced<string> | undefined> {
  const { tree, source, root } = project;
  const from = await deployedFrom(tree, source, root);
  const version = from && (await imagePython(from));
  if (version === undefined) return composePython(project);
  if (from === tree) return version;
  return { ...version, place: { ...version.place, file: aroundApp(project, version.place.file) } };
}

/** The version of the images that its compose file builds for it, where that is one version: those of developers too. */
async function composePython(project: Project): Promise<Sourced<string> | undefined> {
  const compose = await readAppCompose(project);
  const built = compose.services.filter(service => isBuiltFromApp(service, compose.root, compose.services));
  const files = new Set(built.flatMap(service => dockerfileOf(service) ?? []));
  const versions = (await Promise.all([...files].map(file => pythonIn(compose.base, file)))).flatMap(one => one ?? []);
  const [first] = versions;
  return first && versions.every(({ value }) => value === first.value)
    ? { ...first, place: seenFromApp(compose, first.place) }
    : undefined;
}

/**
 * What a version is chosen by: the declared range, how many packages lack something on a version, which of them do not work on it whatever is
 * done, and the versions that can be had.
 */
interface Choice {
  readonly range: Sourced<string> | undefined;
  readonly lacking: (version: string) => number;
  readonly tooOld: (version: string) => readonly string[];
  readonly among: readonly string[];
}

/**
 * The newest of the versions that CI tests the app with: on no other it is known to work. None where all have ended, packages do not work on them,
 * or more packages must be compiled than on a version that is taken otherwise.
 */
function newestTested(
  tested: readonly Sourced<string>[],
  { range, lacking, tooOld, among }: Choice,
): Sourced<string> | undefined {
  const known = KNOWN_PYTHONS.filter(
    version => among.includes(version) && isAllowed(range, version) && endedIn(version) === undefined,
  );
  const least = Math.min(...known.map(lacking));
  const [newest] = tested
    .filter(({ value }) => known.includes(value) && tooOld(value).length === 0 && lacking(value) === least)
    .toSorted((a, b) => releaseOf(b.value) - releaseOf(a.value));
  return newest && { ...newest, why: 'newest that CI tests it with' };
}

/**
 * The version that is taken when nothing says which: the newest of those for which the fewest packages must be compiled. One that has ended only
 * where the range allows no other, or packages work on no other.
 */
function newestWithWheels({ pyproject }: Project, choice: Choice): Finding<Sourced<string>> {
  const { range, lacking, tooOld, among } = choice;
  const known = [...new Set([...PREFERRED_PYTHONS, ...KNOWN_PYTHONS])].filter(
    version => among.includes(version) && isAllowed(range, version),
  );
  const current = known.filter(version => !isEnded(version));
  const allowed = current.some(version => tooOld(version).length === 0) ? current : known;
  const [first] = allowed;
  if (first === undefined) return failed(unsupported(range!.value, range!.place));
  const counts = new Map(allowed.map(version => [version, lacking(version)]));
  const value = allowed.toSorted((a, b) => counts.get(a)! - counts.get(b)!)[0]!;
  const reason = range ? `newest that ${range.value} allows` : `newest of ${PREFERRED_PYTHONS.join(', ')}`;
  const asked = range ? '' : '; nothing asks for one';
  const why = value === first ? `${reason}${asked}` : `newest that the packages' versions work on${asked}`;
  const place = range?.place ?? { file: pyproject?.path ?? 'requirements.txt' };
  return found({ value, place, why });
}

/**
 * The version in place of one that cannot be had: of those for which the fewest packages must be compiled, the nearest, the newer of two
 * that are as near. A range that allows none of them leaves the version as it was asked for, where that is one that is supported.
 */
function nearest(
  asked: Sourced<string> & { readonly tooNew?: string },
  { range, lacking, among }: Choice,
): Finding<Sourced<string>> {
  const distance = (version: string) => Math.abs(releaseOf(version) - releaseOf(asked.value));
  const allowed = among.filter(version => isAllowed(range, version));
  const counts = new Map(allowed.map(version => [version, lacking(version)]));
  const [value] = allowed.toSorted(
    (a, b) => counts.get(a)! - counts.get(b)! || distance(a) - distance(b) || releaseOf(b) - releaseOf(a),
  );
  if (value === undefined) return isKnown(asked.value) ? found(asked) : failed(unsupported(asked.value, asked.place));
  const reason = isKnown(asked.value) ? 'has no image here' : 'is too old';
  const because = asked.tooNew === undefined ? reason : `is too old for ${asked.tooNew}`;
  return found({ value, place: asked.place, why: `${asked.value} is asked for, which ${because}: the nearest` });
}

function isKnown(minor: string): boolean {
  return KNOWN_PYTHONS.includes(minor);
}

/** Whether it is a version of Python 3 that is older than all that are known. */
function isOld(minor: string): boolean {
  return KNOWN_PYTHONS.every(known => releaseOf(minor) < releaseOf(known));
}

/** 11 of 3.11. */
function releaseOf(minor: string): number {
  return Number(minor.split('.')[1]);
}

function isAllowed(range: Sourced<string> | undefined, minor: string): boolean {
  return !range || allowsMinor(range.value, minor) === true;
}

/** How many of the app's packages cannot be installed as they come for a version, or do not work on it; and of its own imports. */
async function packagesLacking(project: Project, versions: LockedVersions): Promise<(version: string) => number> {
  const compiled = await compiledPackages(project, versions);
  const removed = importsRemoved(project.modules, versions);
  return version => compiled(version).length + pinnedTooOld(versions, version).length + removed(version).length;
}

/** Gives, for a version, the app's packages that have no wheels for it: by the lock file, where there is one that names wheels. */
export async function compiledPackages(
  { locked, workspace, pyproject }: Project,
  versions: LockedVersions,
): Promise<(version: string) => readonly string[]> {
  const manager = lockingManagers().find(({ lock }) => lock.namesFiles && locked.paths.includes(lock.path));
  const text = manager && (await locked.read(manager.lock.path));
  if (text === undefined) return version => pinnedWithoutWheels(versions, version);
  const lock = workspace && manager?.readLock(manager.lock.path, text);
  const app = normaliseName(workspace?.member?.value ?? stringAt(pyproject?.data ?? {}, 'project', 'name') ?? '');
  const needed = lock && isTomlFile(lock) ? manager?.neededPackages?.(lock, app) : undefined;
  const wheels = linuxWheels(text, name => needed === undefined || needed.has(name));
  return version => withoutWheels(wheels, version);
}

/** A full version is held against the range as it is, a minor one by all of its releases: the image has the newest. */
function checkPin(
  pinned: Sourced<string>,
  minor: string,
  range: Sourced<string> | undefined,
): Finding<Sourced<string>> {
  const release = /\d+\.\d+\.\d+$/.exec(pinned.value.trim())?.[0];
  const fits = range && (release === undefined ? allowsMinor(range.value, minor) : allowsRelease(range.value, release));
  if (range && fits === false) {
    const conflict = { kind: 'range', pinned: release ?? minor, range: range.value, declaredAt: range.place } as const;
    return failed(diagnose('QS208', conflict, pinned.place));
  }
  return found({ ...pinned, value: minor });
}

/** The newest release of the minor version that the project allows, when later ones are not allowed; undefined when all later are. */
export function allowedReleaseOf(project: Project, minor: string): Sourced<string> | undefined {
  const range = declaredRange(project);
  const release = range && newestRelease(range.value, minor);
  if (range === undefined || release === undefined) return undefined;
  return {
    value: release,
    place: range.place,
    why: `the newest that ${range.value} allows; the image has a later one, which counts as it`,
  };
}

function unsupported(asked: string, place: Place): Diagnostic {
  return diagnose('QS207', { asked, known: [...KNOWN_PYTHONS].reverse() }, place);
}

function declaredRange({ pyproject }: Project): Sourced<string> | undefined {
  if (!pyproject) return undefined;
  const ofManagers = lockingManagers().flatMap(({ pythonAt }) => (pythonAt ? [pythonAt] : []));
  for (const path of [['project', 'requires-python'], ...ofManagers]) {
    const value = stringAt(pyproject.data, ...path);
    if (value !== undefined) return { value, place: tomlPlace(pyproject, ...path) };
  }
  return undefined;
}

/** Files that pin a version, with how the version stands in a line of them; the first that has one counts. */
const PINS: readonly (readonly [string, RegExp])[] = [
  ['.python-version', /^\s*([^#\s]+)/],
  ['.tool-versions', /^\s*python\s+(\S+)/],
  ['mise.toml', /^\s*python\s*=\s*\[?\s*["']([^"']+)/],
  ['.mise.toml', /^\s*python\s*=\s*\[?\s*["']([^"']+)/],
  ['runtime.txt', /^\s*((?:python-?)?[23]\S*)/i],
  ['Pipfile', /^\s*python_(?:full_)?version\s*=\s*["']([^"'*]+)/],
];

/** The pinned version, the app's own before one around it; two files that pin different ones are a contradiction. */
async function pinnedVersion(project: Project): Promise<Finding<Sourced<string>>> {
  const own = await pinsIn(project.tree, path => path);
  const pins = own.length > 0 ? own : await pinsIn(project.source, path => aroundApp(project, path));
  const first = pins[0] ?? (await toldVersion(project));
  const other = pins.find(({ value }) => minorOf(value) !== minorOf(first!.value));
  if (!first || !other) return found(first);
  const deployed = await deployedPython(project);
  const meant = deployed && pins.find(({ value }) => minorOf(value) === minorOf(deployed.value));
  if (meant) return found({ ...meant, why: `of two that are pinned the one of ${deployed.place.file}` });
  const { value: pinned, place: pinnedAt } = other;
  const data = { kind: 'pins', pinned, pinnedAt, other: first.value, otherAt: first.place } as const;
  return failed(diagnose('QS208', data, pinnedAt));
}

/** Variables by which platforms are told a version. */
const TOLD = /^((NIXPACKS|RAILPACK|GOOGLE)_)?PYTHON_VERSION$/;

/** The version that the app's platform is told, where it is one that can be had. */
async function toldVersion({ tree }: Project): Promise<Sourced<string> | undefined> {
  const variables = (await readPlatformFile(tree)).variables;
  const told = variables.find(({ name }) => TOLD.test(name));
  const minor = told && minorOf(told.value);
  return told && minor && isKnown(minor) ? { value: told.value, place: told.place } : undefined;
}

async function pinsIn(tree: Tree, placed: (path: string) => string): Promise<readonly Sourced<string>[]> {
  const pins: Sourced<string>[] = [];
  for (const [file, pattern] of PINS) {
    const lines = ((await tree.read(file)) ?? '').split(/\r?\n/);
    const index = lines.findIndex(line => pattern.test(line));
    const value = index < 0 ? undefined : pattern.exec(lines[index]!)![1]!;
    // These leave the choice to the machine, or to whoever fills them in.
    const isOpen = value === undefined || /^(latest|system|3)$|\{\{/.test(value);
    if (!isOpen) pins.push({ value, place: { file: placed(file), line: index + 1 } });
  }
  return pins;
}

function minorOf(pinned: string): string | undefined {
  return /^(?:python-?|cpython-?)?(3\.\d+)(?:\.(?:\d+|[x*]))?$/.exec(pinned.trim())?.[1];
}
