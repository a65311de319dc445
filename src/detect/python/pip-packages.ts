/** Projects kept with requirements files: which of them count, what they pin, and whether compiled ones are fresh. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { Dependency } from '../../support/dependency.js';
import { readRequirement } from '../../support/dependency.js';
import type { RequirementFiles } from '../facts.js';
import { readLocalProject } from './local-project.js';
import { type LockedVersions, pinnedVersions } from './locked-versions.js';
import { type Requirements, readRequirements } from './requirements.js';
import { type Builds, settle } from './source-builds.js';

/** Files of the app's own requirements, the first that exists counts. */
export const MAIN_REQUIREMENTS = [
  'requirements.txt',
  'requirements/production.txt',
  'requirements/prod.txt',
  'requirements/main.txt',
  'requirements/base.txt',
  'requirements/common.txt',
  'requirements/requirements.txt',
];

/** Files of what tests and development need, such as requirements-dev.txt, requirements/test.txt, dev-requirements.txt. */
const DEV_REQUIREMENTS =
  /^(requirements([-_./]\w+)*[-_./](dev|devel|development|tests?|testing|local|ci)|(dev|tests?)[-_]requirements)\.txt$/;

/** What requirements files say about a project. */
export interface PipPackages {
  readonly packageManager: Sourced<'pip'>;
  readonly requirements: RequirementFiles;
  readonly dependencies: readonly Dependency[];
  readonly memberRoots?: readonly Sourced<string>[];
  readonly versions: LockedVersions;
  readonly builds: Builds;
}

/** Reads the requirements files of a project; `path` is the main one. */
export async function pipPackages(tree: Tree, path: string): Promise<Finding<PipPackages>> {
  const main = await readRequirements(tree, path, 'main');
  const devPath = await devRequirements(tree, path);
  const dev = devPath === undefined ? undefined : await readRequirements(tree, devPath, 'dev');
  const stale = [
    main.value && (await staleCompiled(tree, path, main.value)),
    dev?.value && (await staleCompiled(tree, devPath!, dev.value)),
  ];
  const diagnostics = [...main.diagnostics, ...(dev?.diagnostics ?? []), ...stale.flatMap(item => item ?? [])];
  if (main.value === undefined || diagnostics.length > 0) return { diagnostics };

  const local = await localCode(tree, [main.value, ...(dev?.value ? [dev.value] : [])]);
  if (local.value === undefined) return { diagnostics: local.diagnostics };
  const { declared, roots, dropped } = local.value;
  const place = { file: path };
  const names = new Set(main.value.dependencies.map(({ name }) => name));
  const own = declared.flatMap(({ requirement, at }): Dependency[] => {
    const read = readRequirement(requirement);
    if (read === undefined || names.has(read.name)) return [];
    names.add(read.name);
    return [{ name: read.name, group: 'main', ...(read.extras.length > 0 && { extras: read.extras }), place: at }];
  });
  const development = (dev?.value?.dependencies ?? []).filter(({ name }) => !names.has(name));
  return found({
    packageManager: { value: 'pip', place, why: await howPinned(tree, path, main.value) },
    requirements: {
      main: { value: path, place },
      ...(devPath !== undefined && { dev: { value: devPath, place: { file: devPath } } }),
      files: [...new Set([...main.value.files, ...(dev?.value?.files ?? [])])],
      ...(dropped.length > 0 && { dropped }),
      ...(declared.length > 0 &&
        !main.value.hashed && { declared: [...new Set(declared.map(item => item.requirement))] }),
    },
    dependencies: [...main.value.dependencies, ...own, ...development],
    ...(roots.length > 0 && { memberRoots: roots }),
    versions: pinnedVersions([...main.value.dependencies, ...(dev?.value?.dependencies ?? [])]),
    builds: settle(main.value.builds),
  });
}

/** The file with what the tests need: of several the one that names pytest. */
async function devRequirements(tree: Tree, main: string): Promise<string | undefined> {
  const paths = tree.paths.filter(path => path !== main && DEV_REQUIREMENTS.test(path)).sort();
  for (const path of paths) {
    const { value } = await readRequirements(tree, path, 'dev');
    if (value?.dependencies.some(({ name }) => name.startsWith('pytest'))) return path;
  }
  return paths[0];
}

/** In words: how far the files decide which versions are installed. */
async function howPinned(tree: Tree, path: string, { dependencies, hashed }: Requirements): Promise<string> {
  const input = path.replace(/\.txt$/, '.in');
  if (hashed) return 'every version pinned by hash';
  if (tree.paths.includes(input)) return `versions compiled from ${input}`;
  const open = dependencies.filter(({ pinned, source }) => pinned === undefined && source === undefined);
  if (open.length === 0) return 'versions pinned';
  return `${open.length} of ${dependencies.length} have no exact version: two builds may differ`;
}

/** A compiled file must name what its input asks for. */
async function staleCompiled(tree: Tree, path: string, compiled: Requirements): Promise<Diagnostic | undefined> {
  const input = path.replace(/\.txt$/, '.in');
  if (input === path || !tree.paths.includes(input)) return undefined;
  const asked = await readRequirements(tree, input, 'main');
  const missing = asked.value?.dependencies.find(({ name, pinned, source }) => {
    // The name of a repository need not be that of the package in it.
    if (source === 'git') return false;
    const lines = compiled.dependencies.filter(dependency => dependency.name === name);
    return lines.length === 0 || (pinned !== undefined && lines.every(line => exact(line.pinned) !== exact(pinned)));
  });
  if (!missing) return undefined;
  const command = /uv pip compile/.test((await tree.read(path)) ?? '') ? 'uv pip compile' : 'pip-compile';
  return worded('QS205', {
    place: missing.place,
    problem: `${path} was compiled from another ${input}: ${missing.name}${missing.pinned ? ` ${missing.pinned}` : ''} is not in it`,
    expected: `${path} compiled after the last change of ${input}`,
    fix: `run "${command} ${input}${command === 'pip-compile' ? '' : ` -o ${path}`}" and commit ${path}`,
  });
}

/** A version without the zeros at its end, which make it no other one: 22.1.0 is 22.1. */
function exact(version: string | undefined): string | undefined {
  return version?.replace(/(\.0+)+$/, '');
}

interface LocalCode {
  readonly declared: readonly { readonly requirement: string; readonly at: Dependency['place'] }[];
  readonly roots: readonly Sourced<string>[];
  readonly dropped: readonly Dependency['place'][];
}

async function localCode(tree: Tree, all: readonly Requirements[]): Promise<Finding<LocalCode>> {
  // The development file often includes the main one, and its lines with it.
  const lines = [
    ...new Map(all.flatMap(({ local }) => local.map(line => [`${line.place.file}:${line.place.line}`, line]))).values(),
  ];
  const projects = await Promise.all(lines.map(({ directory, extras }) => readLocalProject(tree, directory, extras)));
  const unreadable = lines.find((_, index) => projects[index] === undefined);
  if (unreadable) {
    return failed(
      worded('QS211', {
        place: unreadable.place,
        problem: `the line installs code from ${unreadable.directory || 'the source itself'}, and what that depends on cannot be read`,
        expected: 'a pyproject.toml, setup.cfg or setup.py there that lists its dependencies as literals',
        fix: `list its dependencies in ${unreadable.place.file} and remove the line; code in the source can be imported without it`,
      }),
    );
  }
  return found({
    declared: lines.flatMap(({ place }, index) =>
      projects[index]!.declared.map(requirement => ({ requirement, at: place })),
    ),
    roots: lines.flatMap(({ place }, index) =>
      projects[index]!.root === '' ? [] : [{ value: projects[index]!.root, place }],
    ),
    dropped: lines.map(({ place }) => place),
  });
}
